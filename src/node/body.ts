import type { Received } from './exchange.ts';

/** A body as `Request` takes it, and whether there is more than was read. */
export interface Body {
  readonly content: Uint8Array<ArrayBuffer> | string | FormData;
  readonly isCut: boolean;
}

// One more than the authority takes, so that it answers 413 itself.
const MAX_BYTES = 64 * 1024 + 1;

/**
 * The body of a request: its bytes or, if a body parser has read them, what it made of them, serialized again. `undefined`
 * if the client has hung up. Rejects with a `TypeError` if something has read the bytes and kept nothing.
 */
export async function bodyOf({ incoming, parsedBody }: Received): Promise<Body | undefined> {
  const { readableDidRead, readableEnded, destroyed } = incoming;
  if (!readableDidRead && !readableEnded) return destroyed ? undefined : readBytes(incoming);
  // It ended without a byte: there was no body, whatever a parser has made of that.
  if (!readableDidRead) return { content: '', isCut: false };
  return { content: written(parsedBody, incoming.headers['content-type'] ?? ''), isCut: false };
}

// Not by `for await` or a web stream: to leave either of them half-way destroys the socket that the answer goes to.
function readBytes(incoming: Received['incoming']): Promise<Body | undefined> {
  return new Promise((resolve) => {
    const bytes = new Uint8Array(MAX_BYTES);
    let length = 0;
    const onData = (chunk: Uint8Array) => {
      const fitting = chunk.subarray(0, MAX_BYTES - length);
      bytes.set(fitting, length);
      length += fitting.length;
      if (length < MAX_BYTES) return;
      incoming.off('data', onData);
      // What is left is read and dropped, or the answer would wait behind it.
      incoming.resume();
      resolve({ content: bytes, isCut: true });
    };
    const gone = () => resolve(undefined);
    incoming.on('data', onData);
    incoming.on('end', () => resolve({ content: bytes.subarray(0, length), isCut: false }));
    incoming.on('error', gone);
    incoming.on('close', gone);
  });
}

function written(parsed: unknown, type: string): Body['content'] {
  if (parsed === undefined || parsed === null) {
    throw new TypeError(
      'Another middleware has read the body of the request and left nothing in `req.body`: mount authRoutes() before it.',
    );
  }
  if (typeof parsed === 'string') return parsed;
  if (parsed instanceof Uint8Array) return new Uint8Array(parsed);
  const [essence = ''] = type.split(';');
  if (/^ *multipart\/form-data *$/i.test(essence)) return formOf(parsed);
  if (/^ *application\/x-www-form-urlencoded *$/i.test(essence))
    return new URLSearchParams(fieldsOf(parsed)).toString();
  return JSON.stringify(parsed);
}

function formOf(parsed: object): FormData {
  const form = new FormData();
  for (const [name, value] of fieldsOf(parsed)) form.append(name, value);
  return form;
}

// The last value of a name counts, as in a form that the authority reads itself.
function fieldsOf(parsed: object): [string, string][] {
  return Object.entries(parsed).map(([name, value]) => [name, String(Array.isArray(value) ? value.at(-1) : value)]);
}
