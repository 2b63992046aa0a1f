/** Whether a body is a stream, including one of another frame. */
export const isStream = (body: unknown): body is ReadableStream<Uint8Array> =>
  typeof body === 'object' && body !== null && 'getReader' in body;

/**
 * Whether the body of a request is a stream, whose clones would keep all of it in memory. No member says so, but only a stream
 * may not be sent without CORS (Fetch, constructor of `Request`).
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

/** Throws a `TypeError` in a browser that would send something else in the place of a stream. */
export const refuseUnsentStream = (): void => {
  if (!streamsAreSent()) {
    throw new TypeError('This browser cannot send a stream as a body: read it into a Blob first.');
  }
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

const discard = ({ body }: Request): void => void body?.cancel().catch(() => {});
