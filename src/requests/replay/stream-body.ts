import { discard } from '../../platform/bodies.ts';
import type { StreamReplay } from './replay-streams.ts';

/** A stream is recorded while it is sent, if streams are to be replayed. */
export function streamBody(body: ReadableStream<Uint8Array>, streams: StreamReplay | undefined) {
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
}

/** Whether a body is a stream, including one of another frame. */
export function isStream(body: BodyInit): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && 'getReader' in body;
}

/** Whether this browser sends a stream as one. Firefox sends the text `[object ReadableStream]`; WebKit throws. */
function areStreamsSent(): boolean {
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
}

/**
 * Whether the body of a request is a stream, whose clones would keep all of it in memory. No member says so,
 * but only a stream must not be sent without CORS (Fetch, constructor of `Request`).
 */
export function isStreamed(request: Request): boolean {
  if (!request.body) return false;
  const probe = request.clone();
  try {
    discard(new Request(probe, { mode: 'no-cors', method: 'POST', cache: 'default' }));
    return false;
  } catch {
    return true;
  } finally {
    discard(probe);
  }
}
