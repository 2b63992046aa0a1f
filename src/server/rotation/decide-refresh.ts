import { isWithin, keyedRefreshOf, type Presented, remember } from './keyed-refreshes.ts';
import { endRecord, type SessionRecord } from './session-record.ts';

/** The windows of rotation, in milliseconds; 0 switches one off. */
export interface RotationPolicy {
  readonly idleTimeoutMs: number;
  readonly graceMs: number;
  readonly retryWindowMs: number;
  readonly recoveryMs: number;
}

/**
 * What to do with a presented refresh token.
 *
 * `rotate`, `repeat` and `recover` are answered with the tokens of `session.generation`; a `session`
 * that is the very record decided upon needs no write.
 */
export type RefreshDecision =
  | { readonly action: 'rotate' | 'repeat' | 'recover' | 'reuse'; readonly session: SessionRecord }
  | { readonly action: 'duplicate' }
  | { readonly action: 'reject'; readonly reason: 'expired' | 'revoked' | 'reused' };

// A range takes two rotations and the grace between them, so an honest browser hardly ever collects as many.
const MAX_DEAD_RANGES = 32;

/**
 * Decides on a refresh: a pure function of the session, the token presented, the time and the policy.
 *
 * A keyed refresh is a refresh with an idempotency key; its copies within the retry window are retries
 * and what the network doubled. In this order, the first that applies:
 *
 * 1. current generation: answered again for a copy of the keyed refresh that it answered, else rotated;
 * 2. parent, in a copy of a keyed refresh that the current generation answered: the successor again
 *    while it is unconfirmed, else a network duplicate;
 * 3. parent within the grace: the same successor again, never a second branch;
 * 4. parent or older, in a copy of a keyed refresh from before: a network duplicate;
 * 5. parent later, successor unconfirmed: a new generation, and the undelivered one is dead;
 * 6. anything else is reuse, and the session ends.
 *
 * @see RFC 9700 section 4.14.2 (rotation and reuse detection; the windows are ours)
 */
export function decideRefresh(
  session: SessionRecord,
  presented: Presented,
  now: number,
  policy: RotationPolicy,
): RefreshDecision {
  if (session.state !== 'active') return { action: 'reject', reason: session.state };
  // Not `>=`: a time that is not a number is after every end.
  if (!(now < session.expiresAt)) return { action: 'reject', reason: 'expired' };

  const { generation, parent } = session;
  const known = keyedRefreshOf(session, presented, now, policy.retryWindowMs);

  if (presented.generation === generation) {
    if (known) return { action: 'repeat', session: confirm(session) };
    return { action: 'rotate', session: rotate(session, presented, now, policy) };
  }
  if (presented.generation === parent && known?.answered === generation) {
    return session.confirmed ? { action: 'duplicate' } : { action: 'repeat', session };
  }
  if (presented.generation === parent && isWithin(session.rotatedAt, now, policy.graceMs)) {
    return { action: 'repeat', session: remember(session, presented, now, policy.retryWindowMs) };
  }
  if (known && presented.generation < generation) return { action: 'duplicate' };
  const canRecover = !session.confirmed && isWithin(session.parentSpentAt, now, policy.recoveryMs);
  if (presented.generation === parent && canRecover) {
    return { action: 'recover', session: supersede(session, presented, now, policy) };
  }
  return { action: 'reuse', session: endRecord(session, 'reused') };
}

/** The session, knowing that its current generation has arrived; the same record if it knew. */
export function confirm(session: SessionRecord): SessionRecord {
  return session.confirmed ? session : { ...session, confirmed: true };
}

/** Whether a generation was given up as undelivered, or lies too far back to know. */
export function isDead(session: SessionRecord, generation: number): boolean {
  return session.dead.some(([first, last]) => first <= generation && generation <= last);
}

function rotate(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  return { ...successor(session, presented, now, policy), parent: session.generation, parentSpentAt: now };
}

function supersede(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  return { ...successor(session, presented, now, policy), dead: withDead(session.dead, session.generation) };
}

function successor(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  const next: SessionRecord = {
    ...session,
    generation: session.generation + 1,
    rotatedAt: now,
    confirmed: false,
    expiresAt: Math.min(now + policy.idleTimeoutMs, session.absoluteExpiresAt),
  };
  return remember(next, presented, now, policy.retryWindowMs);
}

function withDead(dead: SessionRecord['dead'], generation: number): SessionRecord['dead'] {
  const latest = dead.at(-1);
  if (latest?.[1] === generation - 1) return [...dead.slice(0, -1), [latest[0], generation]];
  const ranges = [...dead, [generation, generation] as const];
  if (ranges.length <= MAX_DEAD_RANGES) return ranges;
  // Forgetting a range would let its access tokens, which somebody else holds, pass for honest ones.
  const [, [, last] = [0, 0], ...others] = ranges;
  return [[1, last], ...others];
}
