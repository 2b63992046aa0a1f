/**
 * The request with these headers set, forbidden ones (`Cookie`, `Origin`) included. `Request` itself leaves them out in a
 * browser, and in DOMs for tests.
 */
export function withHeaders(request: Request, values: Readonly<Record<string, string>>): Request {
  const headers = new Headers([...request.headers]);
  for (const [name, value] of Object.entries(values)) headers.set(name, value);
  return Object.defineProperty(request, 'headers', { value: headers });
}

/** The response as script sees it in a browser: without its cookies. */
export function asScriptSees({ body, status, statusText, headers }: Response): Response {
  const visible = [...headers].filter(([name]) => name.toLowerCase() !== 'set-cookie');
  return new Response(body, { status, statusText, headers: visible });
}

/** Rejects as `fetch` does when its signal is aborted, and for a response that stands for a network error. */
export async function fetched(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  if (signal.aborted) throw signal.reason;
  const response = await new Promise<Response>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
  if (response.type === 'error') throw new TypeError('Failed to fetch');
  return response;
}
