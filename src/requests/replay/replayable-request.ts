import { discard } from '../../platform/bodies.ts';
import { isRequest } from '../origins.ts';
import type { StreamReplay } from './replay-streams.ts';
import { type Body, bodyOf } from './request-body.ts';
import { isStreamed } from './stream-body.ts';

/**
 * A call as it was made, which can be sent, perhaps more than once, each time with another token. Thousands
 * may wait.
 */
export interface ReplayableRequest {
  readonly method: string;
  /** Where the call goes; or a `Request`. One without a `body` here brings its own: clones of it are sent. */
  readonly target: RequestInfo;
  /** What the caller's `init` said, or what stands for a streamed `Request`. */
  readonly init: RequestInit;
  /** A copy of the caller's. */
  readonly headers: Headers | undefined;
  readonly body: Body | undefined;
}

/** What `fetch` is called with. */
type FetchArguments = [input: RequestInfo | URL, init?: RequestInit | undefined];

/**
 * Keeps a call as it was made, and replayable. Texts, Blobs, FormData, URLSearchParams and buffers are sent
 * again from `init`, which has been read already; a `Request` is cloned before it is used; a stream is
 * recorded while it is sent, if `streams` are to be replayed. `href` is where the call goes; `headers` are a
 * copy of the caller's. Throws a `TypeError` for a stream that the browser would not send as one.
 */
export function replayable(
  input: RequestInfo | URL,
  href: string,
  init: RequestInit,
  headers: Headers | undefined,
  streams?: StreamReplay,
): ReplayableRequest {
  const request = isRequest(input) ? input : undefined;
  const method = String(init.method ?? request?.method ?? 'GET');
  // A body that is `null` is none: then that of the `Request` counts.
  if (request === undefined || init.body != null) {
    const body = init.body == null ? undefined : bodyOf(init.body, streams);
    return { method, target: request ?? href, init, headers, body };
  }
  if (isStreamed(request)) {
    const body = bodyOf(request.body as ReadableStream, streams);
    return { method, target: request, init: streamedInit(request, init), headers, body };
  }
  // Throws for a request that is used up, and uses this one up, at once: as `fetch` does.
  const target = request.clone();
  discard(request);
  return { method, target, init, headers, body: undefined };
}

/** What an `init` with the stream of a `Request` would make `fetch` forget. */
function streamedInit({ referrer, referrerPolicy }: Request, init: RequestInit): RequestInit {
  return {
    referrer,
    referrerPolicy,
    ...init,
    ...{ duplex: 'half' },
  };
}

/**
 * What to send: without `authorization`, without a token. `isReplay`: again, byte for byte the same; only if
 * the call `canReplay`.
 */
export function sendingOf(call: ReplayableRequest, authorization?: string, isReplay = false): FetchArguments {
  const { target, init, headers, body } = call;
  if (authorization !== undefined) headers?.set('authorization', authorization);
  const sent: RequestInit = { ...init };
  if (typeof target === 'object' && body === undefined) {
    const request = target.clone();
    if (init.headers !== undefined) sent.headers = headers as Headers;
    // The request takes the header itself: any `init` with members would make `fetch` forget its referrer.
    else if (authorization !== undefined) request.headers.set('authorization', authorization);
    return [request, Object.keys(init).length > 0 ? sent : undefined];
  }
  if (headers !== undefined) sent.headers = headers;
  else if (authorization !== undefined) sent.headers = { authorization };
  if (body !== undefined) sent.body = (isReplay && body.again()) || body.first();
  return [target, sent];
}

/** Whether `fetch` lets the call outlive the page. */
export function isKeepalive({ init, target }: ReplayableRequest): boolean {
  return Boolean(init.keepalive ?? (target as Partial<Request>).keepalive);
}

/** Whether a call can still be sent again as it was made. */
export function canReplay({ body }: ReplayableRequest): boolean {
  return body === undefined || body.again() !== undefined;
}

/** Whether a call keeps something that it has to `release`. Most do not. */
export function mustRelease({ target, body }: ReplayableRequest): boolean {
  return body === undefined ? typeof target === 'object' : body.release !== undefined;
}

/** Nothing will be sent again. An unread body would keep all that its clones have read. */
export function release({ target, body }: ReplayableRequest): void {
  if (body !== undefined) body.release?.();
  else if (typeof target === 'object') discard(target);
}
