import { MisuseError } from '../errors.ts';
import { errorAnswer } from './answers.ts';
import { asciiLowerCase, trimSpaces } from './header-text.ts';

/** The value a body was read as, or the answer to give because it could not be. */
export type Reading = { readonly value: unknown } | { readonly refusal: Response };

const MAX_BYTES = 64 * 1024;
const FIRST_BYTES = 1024;
const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Reads credentials: JSON as it is, a form as an object of its fields. At most 64 KiB, and for no longer than that. */
export async function readCredentials(request: Request, timeoutMs: number): Promise<Reading> {
  const type = request.headers.get('Content-Type') ?? '';
  const essence = asciiLowerCase(trimSpaces(type.split(';')[0] ?? ''));
  const isForm = FORMS.includes(essence);
  if (!isForm && essence !== 'application/json') return { refusal: errorAnswer(415, 'unsupported_media_type') };
  return read(request, timeoutMs, async (bytes) =>
    isForm
      ? Object.fromEntries(await new Response(bytes, { headers: { 'Content-Type': type } }).formData())
      : JSON.parse(new TextDecoder().decode(bytes)),
  );
}

/** Reads a JSON body whatever its type says; no body reads as `undefined`. At most 64 KiB, and for no longer than that. */
export function readJson(request: Request, timeoutMs: number): Promise<Reading> {
  return read(request, timeoutMs, (bytes) =>
    bytes.length === 0 ? undefined : JSON.parse(new TextDecoder().decode(bytes)),
  );
}

async function read(
  request: Request,
  timeoutMs: number,
  parse: (bytes: Uint8Array<ArrayBuffer>) => unknown,
): Promise<Reading> {
  if (request.bodyUsed || request.body?.locked) {
    throw new MisuseError(
      'Something read the request body before the authority did. Give `handle` a request that nobody has read.',
    );
  }
  try {
    const bytes = await boundedBytes(request, timeoutMs);
    if (bytes === 'too-long') return { refusal: errorAnswer(413, 'content_too_large') };
    if (bytes === 'too-slow') return { refusal: errorAnswer(408, 'request_timeout') };
    return { value: await parse(bytes) };
  } catch {
    // Also a client that hung up half-way: nothing is wrong on our side, and nobody reads the answer.
    return { refusal: errorAnswer(400, 'invalid_request') };
  }
}

// One buffer that doubles: a body in one-byte chunks must not cost one object for each byte.
async function boundedBytes(
  { body }: Request,
  timeoutMs: number,
): Promise<Uint8Array<ArrayBuffer> | 'too-long' | 'too-slow'> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  // Not awaited: whoever made the stream may never settle its `cancel()`. It ends a pending `read()` at once.
  const giveUp = () => void reader.cancel().catch(() => undefined);
  let isTooSlow = false;
  // biome-ignore lint/style/noRestrictedGlobals: the server half has no platform to ask
  const timer = setTimeout(() => {
    isTooSlow = true;
    giveUp();
  }, timeoutMs);
  try {
    let buffer = new Uint8Array(FIRST_BYTES);
    let length = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const end = length + part.value.length;
      if (end > MAX_BYTES) {
        giveUp();
        return 'too-long';
      }
      if (end > buffer.length) {
        const larger = new Uint8Array(Math.min(MAX_BYTES, Math.max(end, 2 * buffer.length)));
        larger.set(buffer);
        buffer = larger;
      }
      buffer.set(part.value, length);
      length = end;
    }
    return isTooSlow ? 'too-slow' : buffer.subarray(0, length);
  } finally {
    // biome-ignore lint/style/noRestrictedGlobals: the server half has no platform to ask
    clearTimeout(timer);
  }
}
