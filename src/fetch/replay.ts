import { isRequest } from './origins.ts';

/** What `fetch` is called with. */
type Sending = [input: RequestInfo | URL, init?: RequestInit | undefined];

/** A call that can be sent, perhaps more than once, each time with a token of its own. */
export interface Sendable {
  readonly method: string;
  readonly isKeepalive: boolean;
  /** What to send the first time; without `authorization` the call goes out bare. */
  first(authorization: string | undefined): Sending;
  /** What to send again, byte for byte the same; `undefined` where that is no longer possible. */
  again(authorization: string): Sending | undefined;
  /** Whether `again` is still possible. */
  canRepeat(): boolean;
  /** Nothing will be sent again: lets go of what was kept for it. */
  release(): void;
}

/**
 * Keeps a call as it was made, and replayable. Texts, Blobs, FormData, URLSearchParams and buffers are sent again from
 * `init`; a `Request` is cloned before it is used; a stream is written down while it is sent, up to `streamReplayBytes`, and
 * never beyond. `href` is where the call goes; `headers` are a copy of the caller's. Throws a `TypeError` for a stream where
 * the browser would send its name in its place.
 */
export const replayable = (
  input: RequestInfo | URL,
  href: string,
  init: RequestInit | undefined,
  headers: Headers | undefined,
  streamReplayBytes: number,
): Sendable => {
  const request = isRequest(input) ? input : undefined;
  const streams = request !== undefined && !init?.body && isStreamed(request);
  if (request !== undefined && !init?.body && !streams) return replayableRequest(request, init, headers);
  const where = request ?? href;
  const kept = streams ? streamOf(request, init) : { ...init };
  const { method = request?.method ?? 'GET', keepalive: isKeepalive = request?.keepalive === true, body } = kept;
  const send = (authorization: string | undefined, own = asMade): Sending => {
    if (authorization !== undefined) headers?.set('authorization', authorization);
    const sent = headers ?? (authorization === undefined ? undefined : { authorization });
    return [where, { ...kept, ...(sent && { headers: sent }), ...(own && { body: own }) }];
  };
  // A call may wait for its token: its body is the one that it was made with.
  const asMade = body && copyOf(body);
  if (typeof ReadableStream === 'undefined' || !(body instanceof ReadableStream))
    return { method, isKeepalive, first: send, again: send, canRepeat: always, release: nothing };
  const recorded = record(body, streamReplayBytes);
  return {
    method,
    isKeepalive,
    first: (authorization) => send(authorization, recorded.stream),
    again: (authorization) => {
      const whole = recorded.whole();
      return whole && send(authorization, whole);
    },
    canRepeat: () => recorded.whole() !== undefined,
    release: recorded.forget,
  };
};

const always = (): boolean => true;
const nothing = (): void => {};

const copyOf = (body: BodyInit): BodyInit => {
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  const isForm = body instanceof FormData;
  if (!isForm && !(body instanceof URLSearchParams)) return body;
  const copy = isForm ? new FormData() : new URLSearchParams();
  for (const [name, value] of body) copy.append(name, value as string);
  return copy;
};

const replayableRequest = (
  request: Request,
  asked: RequestInit | undefined,
  headers: Headers | undefined,
): Sendable => {
  const init = asked && { ...asked };
  // Throws for a request that is used up, and uses this one up, at once: as `fetch` does.
  const kept = request.clone();
  discard(request);
  const send = (authorization: string | undefined): Sending => {
    const attempt = kept.clone();
    if (authorization === undefined) return [attempt, init];
    if (init?.headers === undefined || headers === undefined) {
      // The request takes the header itself: an `init` would make `fetch` forget its referrer.
      attempt.headers.set('authorization', authorization);
      return [attempt, init];
    }
    headers.set('authorization', authorization);
    return [attempt, { ...init, headers }];
  };
  return {
    method: init?.method ?? request.method,
    isKeepalive: init?.keepalive ?? request.keepalive,
    first: (authorization) => send(authorization),
    again: (authorization) => send(authorization),
    canRepeat: always,
    // An unread body would keep all that its clones have read.
    release: () => discard(kept),
  };
};

const discard = ({ body }: Request): void => void body?.cancel().catch(() => {});

/** What a streamed `Request` is sent by: an `init` that has its stream, and what an `init` would make `fetch` forget. */
const streamOf = (request: Request, init: RequestInit | undefined): RequestInit => ({
  referrer: request.referrer,
  referrerPolicy: request.referrerPolicy,
  ...init,
  body: request.body,
  ...{ duplex: 'half' },
});

/**
 * Whether the body of a request is a stream, whose clones would keep all of it. No member says so; but only a stream may
 * not be sent without CORS (Fetch, constructor of `Request`).
 */
const isStreamed = (request: Request): boolean => {
  if (!request.body || request.bodyUsed) return false;
  const probe = request.clone();
  try {
    discard(new Request(probe, { mode: 'no-cors', method: 'POST', cache: 'default' }));
    return false;
  } catch {
    return true;
  } finally {
    discard(probe);
  }
};

/** Writes a stream down while it is read. */
const record = (body: ReadableStream<Uint8Array>, limit: number) => {
  if (!streamsAreSent()) {
    throw new TypeError('This browser cannot send a stream as a body: read it into a Blob first.');
  }
  let kept: Uint8Array[] | undefined = [];
  let size = 0;
  let ended = false;
  const stream = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        size += chunk.byteLength;
        if (size > limit) kept = undefined;
        kept?.push(chunk.slice());
        controller.enqueue(chunk);
      },
      flush: () => {
        ended = true;
      },
    }),
  );
  return {
    stream,
    /** All of it, if it has ended within the limit. */
    whole: () => (ended && kept !== undefined ? new Blob(kept as BlobPart[]) : undefined),
    forget: () => {
      kept = undefined;
      // Where it was sent it is locked, and this does nothing.
      void stream.cancel().catch(() => {});
    },
  };
};

/** Whether a stream is sent as one. Firefox sends the text `[object ReadableStream]`; WebKit throws. */
const streamsAreSent = (): boolean => {
  try {
    let asked = false;
    const { headers } = new Request('https://localhost/', {
      method: 'POST',
      body: new ReadableStream(),
      get duplex() {
        asked = true;
        return 'half' as const;
      },
    } as RequestInit);
    return asked && !headers.has('content-type');
  } catch {
    return false;
  }
};
