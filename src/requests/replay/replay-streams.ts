/** A stream that is recorded while it is sent. */
interface RecordedStream {
  /** What to send in the place of the original. */
  readonly stream: ReadableStream<Uint8Array>;
  /** All of it, if it has ended within the limit. */
  whole(): Blob | undefined;
  /** Lets go of what was recorded. */
  forget(): void;
}

/** What `replayStreams()` returns: give it to the option `streams`. */
export interface StreamReplay {
  readonly maxBytes: number;
  record(body: ReadableStream<Uint8Array>): RecordedStream;
}

/**
 * For the option `streams`: keeps a copy of a body that is a stream while it is sent, so that the call can be
 * sent again after a 401. A stream of more than `maxBytes` (default 1 048 576) is not kept, and its 401 is
 * the caller's.
 */
export function replayStreams({ maxBytes = 1_048_576 }: { readonly maxBytes?: number } = {}): StreamReplay {
  return { maxBytes, record: (body) => record(body, maxBytes) };
}

function record(body: ReadableStream<Uint8Array>, limit: number): RecordedStream {
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
    whole: () => (ended && kept !== undefined ? new Blob(kept as BlobPart[]) : undefined),
    forget: () => {
      kept = undefined;
    },
  };
}
