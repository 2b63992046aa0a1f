import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** A request of `node:http` or, by its compatibility API, of `node:http2`. */
export type Incoming = IncomingMessage | Http2ServerRequest;

/** A request as `node:http`, Express and Connect hand it over. */
export type NodeRequest = Incoming & {
  /** The whole URL, where a router has cut the path it is mounted at off `url`. */
  readonly originalUrl?: string | undefined;
  /** `http` or `https`; Express says so by its `trust proxy` setting. */
  readonly protocol?: string | undefined;
  /** The client's address; Express says so by its `trust proxy` setting. */
  readonly ip?: string | undefined;
  /** What a body parser has made of the body. */
  readonly body?: unknown;
};

/** A request of Fastify, which has Node's in it. */
export interface FastifyRequest {
  readonly raw: Incoming;
  readonly protocol?: string | undefined;
  readonly ip?: string | undefined;
  readonly body?: unknown;
}

/** A request, whichever framework hands it over. */
export interface Received {
  readonly incoming: Incoming;
  /** The host that was asked, with its port: of the target if that names one, else of the `Host` header. */
  readonly host: string;
  /** Path and query, with what a router has cut off. */
  readonly target: string;
  /** Whether a router has cut the path it is mounted at off the URL. */
  readonly isMounted: boolean;
  readonly protocol: string;
  /** `undefined` once the client has hung up. */
  readonly clientAddress: string | undefined;
  /** What a body parser has made of the body; `undefined` where there was none. */
  readonly parsedBody: unknown;
}

// What a client sends to a proxy, and a server has to take as well: RFC 9112 section 3.2.2.
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

/** Reads what a framework hands over. Throws a `TypeError` for anything but a request of Node's. */
export function receive(request: NodeRequest | FastifyRequest): Received {
  const incoming = incomingOf(request);
  const url = incoming.url ?? '';
  const { originalUrl = url } = request as NodeRequest;
  return {
    incoming,
    ...addressOf(originalUrl, incoming.headers),
    isMounted: originalUrl !== url,
    protocol: request.protocol ?? ('encrypted' in incoming.socket ? 'https' : 'http'),
    clientAddress: request.ip ?? incoming.socket.remoteAddress,
    parsedBody: request.body,
  };
}

// The scheme of an absolute target says no more than the client claims, as its host does. Whether the connection is secure
// is for the socket or the framework to say.
function addressOf(target: string, headers: Incoming['headers']): Pick<Received, 'host' | 'target'> {
  const [, host, path = ''] = ABSOLUTE.exec(target) ?? [];
  if (host === undefined) return { host: headers.host ?? String(headers[':authority'] ?? ''), target };
  return { host, target: path.startsWith('/') ? path : `/${path}` };
}

function incomingOf(request: NodeRequest | FastifyRequest): Incoming {
  const incoming = typeof request === 'object' && request !== null && 'raw' in request ? request.raw : request;
  if (
    typeof incoming?.headers !== 'object' ||
    typeof incoming.url !== 'string' ||
    incoming.headers instanceof Headers
  ) {
    throw new TypeError(
      `silent-refresh/node takes requests of Node's http server, Express, Connect or Fastify; found a value of type ${typeof request}. Give a Request of the Fetch API to the authority itself.`,
    );
  }
  return incoming;
}
