import type { Exchange, FamilyRecord } from './family.ts';

/** A refresh token as presented: authentic, and of this family. */
export interface Presented {
  readonly generation: number;
  /** Hash of the request's idempotency key, scoped to the family. */
  readonly keyHash?: string | undefined;
}

// More than one browser refreshes within a window; a client that does it every few seconds loses the oldest.
const MAX_EXCHANGES = 16;
// Many tabs that present one token at once must not fight over the record for each one's key.
const MAX_PER_GENERATION = 4;

/**
 * Whether something that happened then is younger than a window.
 *
 * A clock that was set back makes nothing younger than new, so a window of 0 is never open; and no
 * window is open at a time that is not a number.
 */
export function isWithin(at: number, now: number, windowMs: number): boolean {
  return Math.max(0, now - at) < windowMs;
}

/**
 * The exchange that a request is a copy of, the latest one first; `undefined` when it is a new one.
 *
 * A copy has its key, and presents either what the exchange presented or, from a page that
 * inherited the key after the cookie had landed, what it was answered with.
 */
export function exchangeOf(
  family: FamilyRecord,
  { generation, keyHash }: Presented,
  now: number,
  retryWindowMs: number,
): Exchange | undefined {
  if (keyHash === undefined) return undefined;
  return family.exchanges.findLast(
    (exchange) =>
      exchange.keyHash === keyHash &&
      (exchange.presented === generation || exchange.answered === generation) &&
      isWithin(exchange.at, now, retryWindowMs),
  );
}

/**
 * The family, remembering that the token presented was answered with its current generation; the
 * same record if it knew, or where nothing is to be remembered.
 */
export function remember(family: FamilyRecord, presented: Presented, now: number, retryWindowMs: number): FamilyRecord {
  const { generation, keyHash } = presented;
  if (keyHash === undefined || retryWindowMs === 0) return family;
  const young = family.exchanges.filter(({ at }) => isWithin(at, now, retryWindowMs));
  const alike = young.filter((known) => known.presented === generation && known.answered === family.generation);
  if (alike.length >= MAX_PER_GENERATION || alike.some((known) => known.keyHash === keyHash)) return family;
  const exchange: Exchange = { keyHash, presented: generation, answered: family.generation, at: now };
  return { ...family, exchanges: [...young, exchange].slice(-MAX_EXCHANGES) };
}
