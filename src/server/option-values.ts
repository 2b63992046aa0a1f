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
    throw new TypeError(
      `\`${name}\` must be a number of milliseconds from ${min} to ${max}; found ${numberOrKind(value)}.`,
    );
  }
  return value;
}

/** The value of an option that is a number of things. Throws a `TypeError` that names the option for anything else. */
export function count(name: string, value: number, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new TypeError(`\`${name}\` must be a whole number, ${min} or more; found ${numberOrKind(value)}.`);
}

/** What was given for a number: it is no secret, and other values are not quoted. */
export function numberOrKind(value: unknown): string {
  return typeof value === 'number' ? String(value) : kindOf(value);
}

/** The `now` option as a clock, which throws a `TypeError` for a time that is no number. */
export function clock(options: { now?(): number }): () => number {
  return () => {
    const now = options.now === undefined ? Date.now() : options.now();
    if (!Number.isFinite(now)) throw new TypeError('`now` must give epoch milliseconds.');
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
