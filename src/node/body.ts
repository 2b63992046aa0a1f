import type { Incoming, Received } from './incoming.ts';

/** A body as `Request` takes it. */
export type Body = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | string | FormData;

/**
 * The body of a request: its bytes as they come or, if a body parser has read them, what it made of them, serialized again.
 * Throws a `TypeError` if something has read the bytes and kept nothing.
 */
export function bodyOf({ incoming, parsedBody }: Received): Body {
  if (incoming.readableDidRead) return serialized(parsedBody, incoming.headers['content-type'] ?? '');
  // It ended without a byte: there was no body, whatever a parser has made of that.
  return incoming.readableEnded ? '' : streamOf(incoming);
}

// Not `Readable.toWeb()`: to leave that half-way destroys the socket that the response goes to.
function streamOf(incoming: Incoming): ReadableStream<Uint8Array> {
  let isOver = false;
  const endBy = (end: () => void) => () => {
    if (!isOver) end();
    isOver = true;
  };
  return new ReadableStream(
    {
      start(controller) {
        const fail = endBy(() => controller.error(new Error('The client has hung up.')));
        if (incoming.destroyed) return fail();
        incoming.pause();
        incoming.on('data', (chunk: Uint8Array) => {
          if (isOver) return;
          incoming.pause();
          controller.enqueue(chunk);
        });
        const close = endBy(() => controller.close());
        incoming.on('end', close).on('error', fail).on('close', fail);
      },
      pull: () => void incoming.resume(),
      // What is left is read and dropped, or the response would wait behind it.
      cancel: endBy(() => incoming.resume()),
    },
    { highWaterMark: 0 },
  );
}

function serialized(parsed: unknown, type: string): Body {
  if (parsed === undefined) {
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

function formOf(parsed: unknown): FormData {
  const form = new FormData();
  for (const [name, value] of fieldsOf(parsed)) form.append(name, value);
  return form;
}

// The last value of a name counts, as in a form that the authority reads itself. A parser that makes objects of names like
// `user[id]` has taken them apart.
function fieldsOf(parsed: unknown, nameOf = (key: string) => key): [string, string][] {
  return Object.entries(Object(parsed)).flatMap(([key, value]): [string, string][] => {
    const name = nameOf(key);
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    return typeof last === 'object' && last !== null
      ? fieldsOf(last, (inner) => `${name}[${inner}]`)
      : [[name, String(last)]];
  });
}
