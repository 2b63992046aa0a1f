/** A body that can be sent more than once. */
export interface Body {
  /** What to send the first time. */
  first(): BodyInit;
  /** What to send again. */
  again(): BodyInit;
  /** Whether `again` is what the call was made with, as far as that can be seen. */
  canRepeat(): boolean;
  /** The call has to wait: from now on, nothing that the caller does to the body counts. */
  keep(): void;
}

/** What is copied within microseconds. */
const smallBytes = 65_536;

/**
 * A body as it was when the call was made. Forms and small buffers are copied for the replay at once, since apps use them
 * again. A larger buffer is copied only where the call has to wait: until then it is trusted to stay as it is.
 */
export const bodyOf = (body: BodyInit): Body => {
  const size = sizeOf(body);
  let copy = size === undefined || size <= smallBytes ? copyOf(body) : undefined;
  let first = body;
  // A buffer that was handed over to somebody else is empty.
  const isWhole = () => copy !== undefined || sizeOf(body) === size;
  return {
    first: () => first,
    again: () => copy ?? body,
    canRepeat: isWhole,
    keep: () => {
      if (isWhole()) copy ??= copyOf(body);
      first = copy ?? body;
    },
  };
};

/** The size of a buffer, and of nothing else. */
const sizeOf = (body: BodyInit): number | undefined =>
  isBuffer(body) || ArrayBuffer.isView(body) ? body.byteLength : undefined;

/** By its tag, since it may be of another frame. */
const isBuffer = (body: BodyInit): body is ArrayBuffer =>
  Object.prototype.toString.call(body) === '[object ArrayBuffer]';

/** `undefined` for what nobody can change. */
const copyOf = (body: BodyInit): BodyInit | undefined => {
  if (isBuffer(body)) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  const isForm = body instanceof FormData;
  if (!isForm && !(body instanceof URLSearchParams)) return undefined;
  const copy = isForm ? new FormData() : new URLSearchParams();
  for (const [name, value] of body) copy.append(name, value as string);
  return copy;
};
