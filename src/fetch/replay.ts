/** What `fetch` is called with. */
type Sending = [input: RequestInfo | URL, init: RequestInit];

/** A call that can be sent, perhaps more than once, each time with a token of its own. */
export interface Sendable {
  readonly input: RequestInfo | URL;
  readonly init: RequestInit | undefined;
  /** What to send the first time. */
  first(headers: Headers | Record<string, string>): Sending;
  /** What to send again, byte for byte the same; `undefined` where that is no longer possible. */
  again(headers: Headers | Record<string, string>): Sending | undefined;
  /** Nothing will be sent again: lets go of what was kept for it. */
  release(): void;
}

/**
 * Keeps a call replayable. Texts, Blobs, FormData, URLSearchParams and buffers are sent again from `init`; a `Request` is
 * cloned before it is used; a stream is written down while it is sent, up to `streamReplayBytes`, and never beyond.
 * Throws a `TypeError` for a stream where the browser would send its name in its place.
 */
export const replayable = (
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  streamReplayBytes: number,
): Sendable => {
  const { body } = init ?? {};
  if (body instanceof ReadableStream) return replayableStream(input, init, body, streamReplayBytes);
  if (input instanceof Request && input.body !== null && (body === undefined || body === null)) {
    return replayableRequest(input, init);
  }
  const send = (headers: HeadersInit): Sending => [input, { ...init, headers }];
  return { input, init, first: send, again: send, release: () => {} };
};

const replayableRequest = (request: Request, init: RequestInit | undefined): Sendable => {
  // Throws for a request whose body is used up, as `fetch` would.
  const spare = request.clone();
  return {
    input: request,
    init,
    first: (headers) => [request, { ...init, headers }],
    again: (headers) => [spare, { ...init, headers }],
    // An unread branch would keep all that the other one has read.
    release: () => void spare.body?.cancel().catch(() => {}),
  };
};

const replayableStream = (
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  body: ReadableStream<Uint8Array>,
  limit: number,
): Sendable => {
  if (!streamsAreSent()) {
    throw new TypeError('This browser cannot send a stream as a body: read it into a Blob first.');
  }
  let kept: Uint8Array[] | undefined = [];
  let size = 0;
  let whole = false;
  const recorded = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        size += chunk.byteLength;
        if (size > limit) kept = undefined;
        kept?.push(chunk.slice());
        controller.enqueue(chunk);
      },
      flush: () => {
        whole = true;
      },
    }),
  );
  return {
    input,
    init,
    first: (headers) => [input, { ...init, headers, body: recorded }],
    again: (headers) =>
      whole && kept !== undefined ? [input, { ...init, headers, body: new Blob(kept as BlobPart[]) }] : undefined,
    release: () => {
      kept = undefined;
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
