import type { NodeResponse } from './exchange.ts';

/** Sends an answer and keeps the headers that were set before it. Does nothing if one was sent already. */
export async function send(answer: Response, outgoing: NodeResponse): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  if (outgoing.headersSent || outgoing.writableEnded || outgoing.destroyed) return;
  outgoing.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    if (name === 'vary') outgoing.setHeader(name, withEarlier(outgoing, name, [value]).join(', '));
    else if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', withEarlier(outgoing, 'set-cookie', cookies));
  outgoing.end(body);
}

/** The answer where there is no `Request` to give to the authority. */
export function plainAnswer(status: 400 | 500): Response {
  const body = { error: status === 400 ? 'invalid_request' : 'server_error' };
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}

function withEarlier(outgoing: NodeResponse, name: string, values: readonly string[]): string[] {
  const earlier = outgoing.getHeader(name) ?? [];
  return [...(Array.isArray(earlier) ? earlier : [String(earlier)]), ...values];
}
