/** A JSON answer. */
export function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  });
}

/** An error as RFC 6749 section 5.2 writes it. */
export function errorAnswer(
  status: number,
  error: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
): Response {
  return json(status, { error, ...more }, headers);
}

/** An answer without a body. */
export function noContent(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers });
}

/** The answer with cookies set on it. */
export function withCookies(answer: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) answer.headers.append('Set-Cookie', cookie);
  return answer;
}

/**
 * The answer, given the headers that each one must have: it may be stored nowhere, is what it says it is, and is embedded
 * by nobody.
 *
 * @see RFC 6749 section 5.1 (no-store)
 */
export function sealed(answer: Response, more: Record<string, string> = {}): Response {
  const { headers } = answer;
  headers.set('Cache-Control', 'no-store');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.append('Vary', 'Origin');
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return answer;
}
