import type { Body } from './body.ts';
import { type FastifyRequest, type NodeRequest, type Received, receive } from './incoming.ts';

// Narrower than what URL takes, which would read a path or a user's name in it.
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i;
// A framework that trusts a proxy takes it from a header.
const PROTOCOL = /^https?$/i;
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;
const CLIENT_ADDRESS = Symbol('clientAddress');

/**
 * The request as the Fetch API has it, without its body: for `authority.currentSession()`, and for `authority.guard()`
 * where `requireAuth()` does not fit.
 *
 * Its origin comes from the `Host` header, or from a target that is a whole URL, and from `req.protocol`, if the framework
 * sets that. Throws a `TypeError` for anything but a request of Node's, and for one whose host or path makes no URL.
 */
export function toRequest(request: NodeRequest | FastifyRequest): Request {
  return webRequest(receive(request), null);
}

/**
 * The client's address of a request that `authRoutes()`, `requireAuth()` or `toRequest()` has made, for callbacks of the
 * authority: `request.ip` of Express and Fastify, which read proxies' headers if you set `trust proxy` or `trustProxy`,
 * else the address of the socket. `undefined` for any other request.
 *
 * ```ts
 * createAuthority({ …, throttle: { address: new RateLimiterMemory({ points: 50, duration: 60 }), clientAddress } });
 * ```
 */
export function clientAddress(request: Request): string | undefined {
  return (request as { [CLIENT_ADDRESS]?: string })[CLIENT_ADDRESS];
}

/** The path that was asked for; `undefined` if the target is none. */
export function pathOf({ target }: Received): string | undefined {
  return target.startsWith('/') ? target.split('?')[0] : undefined;
}

/** Whether a `Request` can be made of it. Every browser's can; this keeps what others send from looking like a failure. */
export function isSound(received: Received): boolean {
  const { method = 'GET' } = received.incoming;
  const isHost = HOST.test(received.host) && URL.canParse(`http://${received.host}`);
  return isHost && PROTOCOL.test(received.protocol) && pathOf(received) !== undefined && !FORBIDDEN_METHOD.test(method);
}

/** The request with this body. Throws a `TypeError` where it is not sound. */
export function webRequest(received: Received, body: Body | null): Request {
  if (!isSound(received)) throw new TypeError('The request has no sound host or protocol, or asks for no path.');
  const { method = 'GET', headers: given } = received.incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    // A form that is written again has another boundary.
    const isOutdated = name === 'content-length' || (name === 'content-type' && body instanceof FormData);
    if (value !== undefined && !name.startsWith(':') && !isOutdated) headers.set(name, String(value));
  }
  const canHaveBody = method !== 'GET' && method !== 'HEAD';
  // Not resolved against a base: a target that begins with two slashes would name another host.
  const url = `${received.protocol}://${received.host}${received.target}`;
  const init = { method, headers, body: canHaveBody ? body : null, duplex: 'half' } as RequestInit;
  return Object.assign(new Request(url, init), { [CLIENT_ADDRESS]: received.clientAddress });
}
