import { constants } from 'node:http2';
import type { Incoming, Outgoing } from './listener.ts';

/** All bytes of a body. */
export const bodyOf = async (incoming: Incoming): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** The address that a request was sent to. */
export const urlOf = (incoming: Incoming): URL => {
  const scheme = 'encrypted' in incoming.socket ? 'https' : 'http';
  return new URL(incoming.url ?? '/', `${scheme}://${incoming.headers.host ?? incoming.headers[':authority']}`);
};

/** A request as the Web's APIs know it. */
export const requestOf = (incoming: Incoming, body: Buffer): Request => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (!name.startsWith(':') && value !== undefined) headers.set(name, String(value));
  }
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD' && body.length > 0;
  return new Request(urlOf(incoming), {
    method: incoming.method ?? 'GET',
    headers,
    body: hasBody ? new Uint8Array(body) : null,
  });
};

/** Gives an answer. */
export const send = async (response: Response, outgoing: Outgoing): Promise<void> => {
  const bytes = Buffer.from(await response.arrayBuffer());
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  outgoing.end(bytes);
};

/** Cuts the connection, without an answer; of one that is shared with other requests, the one stream. */
export const cut = (incoming: Incoming): void => {
  // With an error: without one, WebKit waits for an answer for ever.
  if ('stream' in incoming) incoming.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else incoming.socket.destroy();
};
