import type { KeyedRefresh, SessionRecord } from './session-record.ts';

/** A refresh token as presented: authentic, and of this session. */
export interface Presented {
  readonly generation: number;
  /** Hash of the request's idempotency key, if it has one; see `hashKey`. */
  readonly keyHash?: string | undefined;
}

// More than one browser refreshes within a window; a client that does it every few seconds loses the oldest.
const MAX_KEYED_REFRESHES = 16;
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
 * The keyed refresh that a request is a copy of, the latest one first; `undefined` when it is a new one.
 *
 * A copy has its key, and presents either what that refresh presented or, from a page that
 * inherited the key after the cookie had landed, what it was answered with.
 */
export function keyedRefreshOf(
  session: SessionRecord,
  { generation, keyHash }: Presented,
  now: number,
  retryWindowMs: number,
): KeyedRefresh | undefined {
  if (keyHash === undefined) return undefined;
  return session.keyedRefreshes.findLast(
    (keyedRefresh) =>
      keyedRefresh.keyHash === keyHash &&
      (keyedRefresh.presented === generation || keyedRefresh.answered === generation) &&
      isWithin(keyedRefresh.at, now, retryWindowMs),
  );
}

/**
 * The session, remembering that the token presented was answered with its current generation; the
 * same record if it knew, or where nothing is to be remembered.
 */
export function remember(
  session: SessionRecord,
  presented: Presented,
  now: number,
  retryWindowMs: number,
): SessionRecord {
  const { generation, keyHash } = presented;
  if (keyHash === undefined || retryWindowMs === 0) return session;
  const young = session.keyedRefreshes.filter(({ at }) => isWithin(at, now, retryWindowMs));
  const alike = young.filter((known) => known.presented === generation && known.answered === session.generation);
  if (alike.length >= MAX_PER_GENERATION || alike.some((known) => known.keyHash === keyHash)) return session;
  const keyedRefresh: KeyedRefresh = { keyHash, presented: generation, answered: session.generation, at: now };
  return { ...session, keyedRefreshes: [...young, keyedRefresh].slice(-MAX_KEYED_REFRESHES) };
}
