/**
 * An access token is not acceptable, whatever the cause.
 *
 * Expired, forged, revoked and malformed tokens all read alike: the difference would only help
 * somebody who is guessing. Never carries the token.
 *
 * @see RFC 6750 section 3.1 (`invalid_token`)
 */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  readonly code = 'invalid_token';

  constructor() {
    super('The access token is invalid or has expired.');
  }
}

/**
 * Something that a decision depends on is unavailable: the session store, a rate limiter, the revocation list, the published
 * keys, or the key service that signs.
 *
 * Allow nothing then, and answer 503. `cause` is what went wrong; never carries a token.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly code = 'temporarily_unavailable';
}

/**
 * An option or a callback of the app is not what it must be, which shows only when it is used.
 *
 * A `TypeError` to everybody else. Its message quotes no value, so it may be logged.
 */
export class MisuseError extends TypeError {
  override readonly name = 'TypeError';
}

/** What a value is, for a message that must not quote it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === '') return 'empty text';
  for (const kind of [Date, Map, Promise, Set]) if (value instanceof kind) return `a ${kind.name}`;
  if (Number.isNaN(value)) return 'NaN';
  const kinds: Record<string, string> = { string: 'text', object: 'an object', function: 'a function' };
  return kinds[typeof value] ?? `a ${typeof value}`;
}
