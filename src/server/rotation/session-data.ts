import { kindOf, MisuseError } from '../errors.ts';
import type { SessionData } from './session-record.ts';

const MAX_BYTES = 4096;
const MAX_DEPTH = 16;

/**
 * What an app keeps with a session, as a copy of its own; members that are `undefined` are left out.
 *
 * Throws a {@link MisuseError} unless it is a plain object that survives JSON and is not longer than 4 KiB as such: a record
 * is read at each call to an API.
 */
export function checkedSessionData(given: unknown): SessionData {
  if (!isPlainObject(given))
    throw new MisuseError(`The data of a session must be a plain object; found ${kindOf(given)}.`);
  assertJson(given, 0);
  const text = JSON.stringify(given);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_BYTES) {
    throw new MisuseError(
      `The data of a session must be at most ${MAX_BYTES} bytes of JSON; it is ${bytes}. Keep more in a table of your own, by \`sid\`.`,
    );
  }
  return JSON.parse(text);
}

function assertJson(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new MisuseError(`The data of a session must not be nested deeper than ${MAX_DEPTH}.`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (!Array.isArray(value) && !isPlainObject(value)) {
    throw new MisuseError(`The data of a session must be plain JSON; found ${kindOf(value)} in it.`);
  }
  // `undefined` in a list would become `null`.
  const parts = Array.isArray(value) ? value : Object.values(value).filter((member) => member !== undefined);
  for (const part of parts) assertJson(part, depth + 1);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another `Object.prototype`.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
