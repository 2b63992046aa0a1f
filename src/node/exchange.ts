import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

type Incoming = IncomingMessage | Http2ServerRequest;

/** A request as `node:http`, `node:http2`, Express and Connect hand it over. */
export type NodeRequest = Incoming & {
  /** The whole URL, where a router has cut the path it is mounted at off `url`. */
  readonly originalUrl?: string | undefined;
  /** `http` or `https`; Express says so by its `trust proxy` setting. */
  readonly protocol?: string | undefined;
  /** What a body parser has made of the body. */
  readonly body?: unknown;
};

/** The response that goes with a {@link NodeRequest}. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** A request of Fastify, which has Node's in it. */
export interface FastifyRequest {
  readonly raw: Incoming;
  readonly protocol?: string | undefined;
  readonly body?: unknown;
}

/** A reply of Fastify, which has Node's response in it. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  /** What hooks and plugins have set so far. */
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  hijack(): unknown;
}

/**
 * What handles a request: a listener of `http.createServer()`, middleware of Express and Connect, and a route or a
 * `preHandler` hook of Fastify.
 */
export type Handler = (
  request: NodeRequest | FastifyRequest,
  response: NodeResponse | FastifyReply,
  next?: (error?: Error) => void,
) => void;

/** A request, whichever framework hands it over. */
export interface Received {
  readonly incoming: Incoming;
  /** Path and query, with what a router has cut off. */
  readonly target: string;
  /** Whether a router has cut the path it is mounted at off the URL. */
  readonly isMounted: boolean;
  readonly protocol: string;
  /** What a body parser has made of the body; `undefined` where there was none. */
  readonly parsedBody: unknown;
}

/** Reads what a framework hands over. Throws a `TypeError` for anything but a request of Node's. */
export function receive(request: NodeRequest | FastifyRequest): Received {
  const incoming = incomingOf(request);
  const url = incoming.url ?? '';
  const { originalUrl = url } = request as NodeRequest;
  return {
    incoming,
    target: originalUrl,
    isMounted: originalUrl !== url,
    protocol: request.protocol ?? ('encrypted' in incoming.socket ? 'https' : 'http'),
    parsedBody: request.body,
  };
}

/** Node's response, with the headers set so far; the framework leaves it to us from now on. */
export function takeOver(response: NodeResponse | FastifyReply): NodeResponse {
  if (!('hijack' in response)) return response;
  response.hijack();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value !== undefined) response.raw.setHeader(name, value);
  }
  return response.raw;
}

function incomingOf(request: NodeRequest | FastifyRequest): Incoming {
  const incoming = typeof request === 'object' && request !== null && 'raw' in request ? request.raw : request;
  if (
    typeof incoming?.headers !== 'object' ||
    typeof incoming.url !== 'string' ||
    incoming.headers instanceof Headers
  ) {
    throw new TypeError(
      "silent-refresh/node takes requests of Node's http server, Express, Connect or Fastify. Give a Request of the Fetch API to the authority itself.",
    );
  }
  return incoming;
}
