import { isRequest } from './origins.ts';
import type { StreamReplay } from './replay-streams.ts';
import { bodyOf } from './request-body.ts';
import { isStream, isStreamed, refuseUnsentStream } from './stream-body.ts';

/** What `fetch` is called with. */
type Sending = [input: RequestInfo | URL, init?: RequestInit | undefined];

/** A call that can be sent, perhaps more than once, each time with a token of its own. */
export interface Sendable {
  readonly method: string;
  readonly isKeepalive: boolean;
  /** What to send the first time. Without `authorization` the call is sent without a token. */
  first(authorization: string | undefined): Sending;
  /** What to send again, byte for byte the same; `undefined` where that is no longer possible. */
  again(authorization: string): Sending | undefined;
  /** Whether `again` is still possible. */
  canRepeat(): boolean;
  /** The call has to wait: from now on, nothing that the caller does to its body counts. */
  keep(): void;
  /** Nothing will be sent again: lets go of what was kept for it. */
  release(): void;
}

/**
 * Keeps a call as it was made, and replayable. Texts, Blobs, FormData, URLSearchParams and buffers are sent again from
 * `init`, which has been read already; a `Request` is cloned before it is used; a stream is recorded while it is sent, if
 * `streams` are to be replayed. `href` is where the call goes; `headers` are a copy of the caller's. Throws a
 * `TypeError` for a stream where the browser would send its name in its place.
 */
export const replayable = (
  input: RequestInfo | URL,
  href: string,
  init: RequestInit,
  headers: Headers | undefined,
  streams?: StreamReplay,
): Sendable => {
  const request = isRequest(input) ? input : undefined;
  const method = String(init.method ?? request?.method ?? 'GET');
  const isKeepalive = Boolean(init.keepalive ?? request?.keepalive);
  // A body that is `null` is none: then that of the `Request` counts.
  const isItsOwn = request !== undefined && init.body == null;
  const streamed = isItsOwn && isStreamed(request);
  if (isItsOwn && !streamed) return { method, isKeepalive, ...ofRequest(request, init, headers) };
  const where = request ?? href;
  const kept = streamed ? streamOf(request, init) : init;
  const { body } = kept;
  if (body == null) return new Bodiless(method, isKeepalive, where, kept, headers);
  const sending: SendBody = (authorization, sent) => {
    const [, init] = sendingOf(where, kept, headers, authorization);
    return [where, { ...init, ...(sent !== undefined && { body: sent }) }];
  };
  if (isStream(body)) return { method, isKeepalive, ...ofStream(body, sending, streams) };
  return { method, isKeepalive, ...ofBody(body, sending) };
};

const sendingOf = (
  where: RequestInfo,
  init: RequestInit,
  headers: Headers | undefined,
  authorization: string | undefined,
): Sending => {
  if (authorization !== undefined) headers?.set('authorization', authorization);
  const sent = headers ?? (authorization === undefined ? undefined : { authorization });
  return [where, sent === undefined ? { ...init } : { ...init, headers: sent }];
};

/** Most calls have no body. A class, since thousands of them may wait, and each closure would be kept for each. */
class Bodiless implements Sendable {
  readonly method: string;
  readonly isKeepalive: boolean;
  readonly #where: RequestInfo;
  readonly #init: RequestInit;
  readonly #headers: Headers | undefined;

  constructor(
    method: string,
    isKeepalive: boolean,
    where: RequestInfo,
    init: RequestInit,
    headers: Headers | undefined,
  ) {
    this.method = method;
    this.isKeepalive = isKeepalive;
    this.#where = where;
    this.#init = init;
    this.#headers = headers;
  }

  first(authorization: string | undefined): Sending {
    return sendingOf(this.#where, this.#init, this.#headers, authorization);
  }

  again(authorization: string): Sending {
    return this.first(authorization);
  }

  canRepeat(): boolean {
    return true;
  }

  keep(): void {}

  release(): void {}
}

type Repeatable = Omit<Sendable, 'method' | 'isKeepalive'>;

type SendBody = (authorization: string | undefined, body?: BodyInit) => Sending;

const always = (): boolean => true;
const nothing = (): void => {};

const ofBody = (body: BodyInit, sending: SendBody): Repeatable => {
  const { first, again, canRepeat, keep } = bodyOf(body);
  return {
    first: (authorization) => sending(authorization, first()),
    again: (authorization) => (canRepeat() ? sending(authorization, again()) : undefined),
    canRepeat,
    keep,
    release: nothing,
  };
};

const ofStream = (body: ReadableStream<Uint8Array>, sending: SendBody, streams?: StreamReplay): Repeatable => {
  refuseUnsentStream();
  const recorded = streams?.record(body);
  const stream = recorded?.stream ?? body;
  return {
    first: (authorization) => sending(authorization, stream),
    again: (authorization) => {
      const whole = recorded?.whole();
      return whole && sending(authorization, whole);
    },
    canRepeat: () => recorded?.whole() !== undefined,
    keep: nothing,
    release: () => {
      recorded?.forget();
      // A stream that was sent is locked, and this does nothing.
      void stream.cancel().catch(() => {});
    },
  };
};

const ofRequest = (request: Request, asked: RequestInit, headers: Headers | undefined): Repeatable => {
  // An `init` that says nothing is none: any other makes `fetch` forget the referrer of the request.
  const init = Object.keys(asked).length > 0 ? { ...asked } : undefined;
  // Throws for a request that is used up, and uses this one up, at once: as `fetch` does.
  const kept = request.clone();
  discard(request);
  const send = (authorization: string | undefined): Sending => {
    const attempt = kept.clone();
    if (authorization === undefined) return [attempt, init];
    if (init?.headers === undefined || headers === undefined) {
      attempt.headers.set('authorization', authorization);
      return [attempt, init];
    }
    headers.set('authorization', authorization);
    return [attempt, { ...init, headers }];
  };
  return {
    first: send,
    again: send,
    canRepeat: always,
    keep: nothing,
    // An unread body would keep all that its clones have read.
    release: () => discard(kept),
  };
};

const discard = ({ body }: Request): void => void body?.cancel().catch(() => {});

/** What a streamed `Request` is sent by: an `init` that has its stream, and what an `init` would make `fetch` forget. */
const streamOf = (request: Request, init: RequestInit): RequestInit => ({
  referrer: request.referrer,
  referrerPolicy: request.referrerPolicy,
  ...init,
  body: request.body,
  ...{ duplex: 'half' },
});
