import { checkNames } from '../spelling/unknown-names.ts';
import { kindOf } from './errors.ts';

/** The names of all members of a group of options. */
export type Names<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Throws a `TypeError` for anything but an object, since it would be ignored, and for a name that is no option. That error
 * names the nearest option. `path`: where the options are, such as `cookie.`.
 */
export function checkKnown<Options extends object>(
  given: Options | undefined,
  known: Names<Options>,
  path: string = '',
): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const what = path === '' ? 'Options' : `\`${path.slice(0, -1)}\``;
    const [example] = Object.keys(known);
    throw new TypeError(`${what} must be an object, like { ${example}: … }; found ${kindOf(given)}.`);
  }
  // An object of a class may have members for its own use.
  if ([Object.prototype, null].includes(Object.getPrototypeOf(given))) checkNames(given, known, path);
}

/** The value of an option that is text. Throws a `TypeError` that names the option for anything else, and for none. */
export function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`\`${name}\` must be a non-empty string; found ${kindOf(value)}.`);
}

/** The value of an option that is a duration. Throws a `TypeError` that names the option unless it is within the bounds. */
export function duration(name: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    const bounds = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`;
    throw new TypeError(`\`${name}\` must be a number of milliseconds${bounds}; found ${numberOrKind(value)}.`);
  }
  return value;
}

/** The value of an option that is a number of things. Throws a `TypeError` that names the option for anything else. */
export function count(name: string, value: number, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new TypeError(`\`${name}\` must be a whole number, ${min} or more; found ${numberOrKind(value)}.`);
}

/** Throws a `TypeError` that names the option unless its value is true or false. */
export function assertBoolean(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw new TypeError(`\`${name}\` must be true or false; found ${kindOf(value)}.`);
}

/** Throws a `TypeError` that names the option unless its value is one of a few words. */
export function assertOneOf(name: string, value: unknown, words: readonly string[]): void {
  if (words.some((word) => word === value)) return;
  const expected = words
    .map((word) => `\`${word}\``)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
  throw new TypeError(`\`${name}\` must be ${expected}; found ${shortTextOrKind(value)}.`);
}

/** Throws a `TypeError` that names the option unless its value is a list of what is expected, `least` elements or more. */
export function assertList(
  name: string,
  value: unknown,
  expected: string,
  isSound: (element: unknown) => boolean,
  least: number = 0,
): void {
  const isList = Array.isArray(value) && value.length >= least;
  const wrong = isList ? value.findIndex((element) => !isSound(element)) : -1;
  if (isList && wrong === -1) return;
  // With a colon it may be a header with its value.
  const shown = isList && String(value[wrong]).includes(':') ? kindOf(value[wrong]) : undefined;
  const found = isList ? `${shown ?? shortTextOrKind(value[wrong])} in it` : kindOf(value);
  throw new TypeError(`\`${name}\` must be a list of ${expected}; found ${found}.`);
}

/** Throws a `TypeError` that names the option unless its value is a function. `purpose`: what it is for. */
export function assertFunction(name: string, value: unknown, purpose: string = ''): void {
  if (typeof value === 'function') return;
  throw new TypeError(`\`${name}\` must be a function${purpose}; found ${kindOf(value)}.`);
}

/** Throws a `TypeError` that names the option or argument unless its value has these functions. `expected`: what it is. */
export function assertMembers(name: string, value: unknown, members: readonly string[], expected: string): void {
  // Their `has` and `entries` mean something else, so that nothing would ever be found in them. A class of the app's may
  // extend them.
  const isCollection = [Array, Map, Set].some(({ prototype }) => Object.getPrototypeOf(Object(value)) === prototype);
  const missing = members.filter((member) => typeof Object(value)[member] !== 'function');
  if (missing.length === 0 && !isCollection) return;
  const lacks = Object(value) === value && missing.length > 0;
  const without = lacks ? ` without ${missing.map((member) => `${member}()`).join(', ')}` : '';
  throw new TypeError(`\`${name}\` must be ${expected}; found ${kindOf(value)}${without}.`);
}

/** What was given for a number: it is no secret, and other values are not quoted. */
export function numberOrKind(value: unknown): string {
  return typeof value === 'number' ? String(value) : kindOf(value);
}

const MAX_QUOTED = 40;
// Without what stands in an address with a password, in a cookie, a header, or the settings of a connection.
const QUOTABLE = /^[^\p{C}\s@%=;]+$/u;

/**
 * What was given for a setting that is never a secret, such as a path: short text is quoted, without its query or fragment.
 *
 * Other text is not: it may be a secret in the wrong place, or an address with a password.
 */
export function shortTextOrKind(value: unknown): string {
  if (typeof value !== 'string' || value === '') return numberOrKind(value);
  const shown = value.replace(/([?#]).+$/s, '$1…');
  const mayBeQuoted = shown.length <= MAX_QUOTED && QUOTABLE.test(shown) && !value.includes('@');
  return mayBeQuoted ? `\`${shown}\`` : `text of ${value.length} characters`;
}

/** The `now` option as a clock, which throws a `TypeError` for a time that is no number. */
export function clock(options: { now?(): number }): () => number {
  if (options.now !== undefined) assertFunction('now', options.now);
  return () => {
    const now = options.now === undefined ? Date.now() : options.now();
    if (!Number.isFinite(now)) {
      throw new TypeError(`\`now\` must give epoch milliseconds; it gave ${numberOrKind(now)}.`);
    }
    return now;
  };
}

/** The time for an event that tells of a failure, which may be the clock's; never throws. */
export function eventTime(now: () => number): number {
  try {
    return now();
  } catch {
    return Date.now();
  }
}
