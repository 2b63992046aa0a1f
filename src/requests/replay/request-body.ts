import { copyOfForm, isTagged } from '../../platform/bodies.ts';
import type { StreamReplay } from './replay-streams.ts';
import { isStream, streamBody } from './stream-body.ts';

/** A body as it was when the call was made. */
export interface Body {
  /** What to send the first time. */
  first(): BodyInit;
  /** What to send again; `undefined` if it would not be the same. */
  again(): BodyInit | undefined;
  /** The call has to wait: from now on, nothing that the caller does to the body counts. */
  keep(): void;
  /** Nothing will be sent again. Absent if there is nothing to let go of. */
  release?(): void;
}

/** Throws a `TypeError` for a stream in a browser that would send something else in its place. */
export function bodyOf(body: BodyInit, streams?: StreamReplay): Body {
  return isStream(body) ? streamBody(body, streams) : valueBody(body);
}

/** What is copied within microseconds. */
const SMALL_BYTES = 65_536;

/**
 * Forms and small buffers are copied for the replay at once, because apps use them again. A larger buffer is
 * copied only if the call has to wait: until then it is trusted to stay as it is. Nobody can change a text or
 * a Blob.
 */
function valueBody(body: BodyInit): Body {
  const size = sizeOf(body);
  let copy = size === undefined || size <= SMALL_BYTES ? copyOf(body) : undefined;
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
  };
}

/** The size of a buffer, and of nothing else. */
function sizeOf(body: BodyInit): number | undefined {
  return (body as Partial<ArrayBuffer>).byteLength;
}

/** `undefined` for what nobody can change. */
function copyOf(body: BodyInit): BodyInit | undefined {
  if (isTagged('ArrayBuffer', body)) return (body as ArrayBuffer).slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  return copyOfForm(body);
}
