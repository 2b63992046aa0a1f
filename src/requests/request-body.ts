import { copyOfForm, discard } from '../platform/bodies.ts';
import type { StreamReplay } from './replay-streams.ts';

/** A body as it was when the call was made. */
export interface Body {
  /** What to send the first time. */
  first(): BodyInit;
  /** What to send again; `undefined` if it would not be the same. */
  again(): BodyInit | undefined;
  /** The call has to wait: from now on, nothing that the caller does to the body counts. */
  keep(): void;
  /** Nothing will be sent again. */
  release(): void;
}

/** Throws a `TypeError` for a stream in a browser that would send something else in its place. */
export const bodyOf = (body: BodyInit, streams?: StreamReplay): Body =>
  isStream(body) ? streamBody(body, streams) : valueBody(body);

/** What is copied within microseconds. */
const smallBytes = 65_536;

/**
 * Forms and small buffers are copied for the replay at once, because apps use them again. A larger buffer is copied only if the
 * call has to wait: until then it is trusted to stay as it is. Nobody can change a text or a Blob.
 */
const valueBody = (body: BodyInit): Body => {
  const size = sizeOf(body);
  let copy = size === undefined || size <= smallBytes ? copyOf(body) : undefined;
  let first = body;
  // A buffer that was transferred meanwhile is empty.
  const again = () => copy ?? (sizeOf(body) === size ? body : undefined);
  return {
    first: () => first,
    again,
    keep: () => {
      if (again() === body) copy = copyOf(body);
      first = copy ?? body;
    },
    release: () => {},
  };
};

/** The size of a buffer, and of nothing else. */
const sizeOf = (body: BodyInit): number | undefined =>
  isBuffer(body) || ArrayBuffer.isView(body) ? body.byteLength : undefined;

/** By its tag, since it may come from another frame. */
const isBuffer = (body: BodyInit): body is ArrayBuffer =>
  Object.prototype.toString.call(body) === '[object ArrayBuffer]';

/** `undefined` for what nobody can change. */
const copyOf = (body: BodyInit): BodyInit | undefined => {
  if (isBuffer(body)) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  return copyOfForm(body);
};

/** A stream is recorded while it is sent, if streams are to be replayed. */
const streamBody = (body: ReadableStream<Uint8Array>, streams: StreamReplay | undefined): Body => {
  if (!areStreamsSent()) {
    throw new TypeError('This browser cannot send a stream as a body: read it into a Blob first.');
  }
  const recorded = streams?.record(body);
  const stream = recorded?.stream ?? body;
  return {
    first: () => stream,
    again: () => recorded?.whole(),
    keep: () => {},
    release: () => {
      recorded?.forget();
      // A stream that was sent is locked, and this does nothing.
      void stream.cancel().catch(() => {});
    },
  };
};

/** Whether a body is a stream, including one of another frame. */
const isStream = (body: unknown): body is ReadableStream<Uint8Array> =>
  typeof body === 'object' && body !== null && 'getReader' in body;

/** Whether this browser sends a stream as one. Firefox sends the text `[object ReadableStream]`; WebKit throws. */
const areStreamsSent = (): boolean => {
  try {
    let hasAsked = false;
    const { headers } = new Request('https://localhost/', {
      method: 'POST',
      body: new ReadableStream(),
      get duplex() {
        hasAsked = true;
        return 'half' as const;
      },
    } as RequestInit);
    return hasAsked && !headers.has('content-type');
  } catch {
    return false;
  }
};

/**
 * Whether the body of a request is a stream, whose clones would keep all of it in memory. No member says so, but only a stream
 * must not be sent without CORS (Fetch, constructor of `Request`).
 */
export const isStreamed = (request: Request): boolean => {
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
