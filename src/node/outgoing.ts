import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Incoming } from './incoming.ts';

/** The response that goes with a request of Node's. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

export type HeaderValue = number | string | readonly string[] | undefined;

/** A reply of Fastify. What is sent through it passes Fastify's own hooks. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  readonly sent: boolean;
  getHeader(name: string): HeaderValue;
  header(name: string, value: string | string[]): unknown;
  code(status: number): unknown;
  send(payload?: unknown): unknown;
}

/** Where a response goes, whichever framework hands it over. */
export interface Outgoing {
  /** Whether it was answered already, or the client has hung up. */
  isOver(): boolean;
  getHeader(name: string): HeaderValue;
  setHeader(name: string, value: string): void;
  /** Adds cookies to those that were set before. */
  setCookies(cookies: readonly string[]): void;
  end(status: number, body: Uint8Array): void;
}

/** Takes a response of Node's or a reply of Fastify. */
export function outgoingOf(response: NodeResponse | FastifyReply): Outgoing {
  return 'raw' in response ? throughFastify(response) : throughNode(response);
}

/** Sends a response and keeps the headers that were set before it. Does nothing if one was sent already. */
export async function send(response: Response, outgoing: Outgoing, incoming: Incoming): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (outgoing.isOver()) return;
  for (const [name, value] of response.headers) {
    if (name === 'vary') outgoing.setHeader(name, joined(outgoing.getHeader(name), value));
    else if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setCookies(cookies);
  // The rest of the body may never end.
  if (!incoming.complete && incoming.httpVersionMajor === 1) outgoing.setHeader('connection', 'close');
  outgoing.end(response.status, body);
}

/** The response where there is no `Request` to give to the authority. */
export function plainResponse(status: 400 | 500): Response {
  const body = { error: status === 400 ? 'invalid_request' : 'server_error' };
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}

function throughNode(response: NodeResponse): Outgoing {
  return {
    isOver: () => response.headersSent || response.writableEnded || response.destroyed,
    getHeader: (name) => response.getHeader(name),
    setHeader: (name, value) => void response.setHeader(name, value),
    setCookies(cookies) {
      const earlier = response.getHeader('set-cookie') ?? [];
      response.setHeader('set-cookie', [...(Array.isArray(earlier) ? earlier : [String(earlier)]), ...cookies]);
    },
    end(status, body) {
      response.statusCode = status;
      response.end(body);
    },
  };
}

function throughFastify(reply: FastifyReply): Outgoing {
  return {
    isOver: () => reply.sent || reply.raw.destroyed,
    getHeader: (name) => reply.getHeader(name),
    setHeader: (name, value) => void reply.header(name, value),
    // Fastify adds them by itself.
    setCookies: (cookies) => void reply.header('set-cookie', [...cookies]),
    end(status, body) {
      reply.code(status);
      reply.send(body.length > 0 ? body : undefined);
    },
  };
}

function joined(earlier: HeaderValue, value: string): string {
  return earlier === undefined ? value : [earlier, value].flat().join(', ');
}
