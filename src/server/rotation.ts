import { exchangeOf, isWithin, type Presented, remember } from './exchanges.ts';
import { endFamily, type FamilyRecord } from './family.ts';

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
 * `rotate`, `repeat` and `recover` are answered with the tokens of `family.generation`; a `family`
 * that is the very record decided upon needs no write.
 */
export type RefreshDecision =
  | { readonly action: 'rotate' | 'repeat' | 'recover' | 'reuse'; readonly family: FamilyRecord }
  | { readonly action: 'duplicate' }
  | { readonly action: 'reject'; readonly reason: 'expired' | 'revoked' | 'reused' };

// A range takes two rotations and the grace between them, so an honest browser hardly ever collects as many.
const MAX_DEAD_RANGES = 32;

/**
 * Decides on a refresh: a pure function of the family, the token presented, the time and the policy.
 *
 * An exchange is a refresh with an idempotency key; its copies within the retry window are retries
 * and what the network doubled. In this order, the first that applies:
 *
 * 1. current generation: answered again for a copy of the exchange that it answered, else rotated;
 * 2. parent, in a copy of an exchange that the current generation answered: the successor again
 *    while it is unconfirmed, else a network duplicate;
 * 3. parent within the grace: the same successor again, never a second branch;
 * 4. parent or older, in a copy of an exchange from before: a network duplicate;
 * 5. parent later, successor unconfirmed: a new generation, and the undelivered one is dead;
 * 6. anything else is reuse, and the family ends.
 *
 * @see RFC 9700 section 4.14.2 (rotation and reuse detection; the windows are ours)
 */
export function decideRefresh(
  family: FamilyRecord,
  presented: Presented,
  now: number,
  policy: RotationPolicy,
): RefreshDecision {
  if (family.state !== 'active') return { action: 'reject', reason: family.state };
  // Not `>=`: a time that is not a number is after every end.
  if (!(now < family.expiresAt)) return { action: 'reject', reason: 'expired' };

  const { generation, parent } = family;
  const known = exchangeOf(family, presented, now, policy.retryWindowMs);

  if (presented.generation === generation) {
    if (known) return { action: 'repeat', family: confirm(family) };
    return { action: 'rotate', family: rotate(family, presented, now, policy) };
  }
  if (presented.generation === parent && known?.answered === generation) {
    return family.confirmed ? { action: 'duplicate' } : { action: 'repeat', family };
  }
  if (presented.generation === parent && isWithin(family.rotatedAt, now, policy.graceMs)) {
    return { action: 'repeat', family: remember(family, presented, now, policy.retryWindowMs) };
  }
  if (known && presented.generation < generation) return { action: 'duplicate' };
  const canRecover = !family.confirmed && isWithin(family.parentSpentAt, now, policy.recoveryMs);
  if (presented.generation === parent && canRecover) {
    return { action: 'recover', family: supersede(family, presented, now, policy) };
  }
  return { action: 'reuse', family: endFamily(family, 'reused') };
}

/** The family, knowing that its current generation has arrived; the same record if it knew. */
export function confirm(family: FamilyRecord): FamilyRecord {
  return family.confirmed ? family : { ...family, confirmed: true };
}

/** Whether a generation was given up as undelivered, or lies too far back to know. */
export function isDead(family: FamilyRecord, generation: number): boolean {
  return family.dead.some(([first, last]) => first <= generation && generation <= last);
}

function rotate(family: FamilyRecord, presented: Presented, now: number, policy: RotationPolicy): FamilyRecord {
  return { ...successor(family, presented, now, policy), parent: family.generation, parentSpentAt: now };
}

function supersede(family: FamilyRecord, presented: Presented, now: number, policy: RotationPolicy): FamilyRecord {
  return { ...successor(family, presented, now, policy), dead: withDead(family.dead, family.generation) };
}

function successor(family: FamilyRecord, presented: Presented, now: number, policy: RotationPolicy): FamilyRecord {
  const next: FamilyRecord = {
    ...family,
    generation: family.generation + 1,
    rotatedAt: now,
    confirmed: false,
    expiresAt: Math.min(now + policy.idleTimeoutMs, family.absoluteExpiresAt),
  };
  return remember(next, presented, now, policy.retryWindowMs);
}

function withDead(dead: FamilyRecord['dead'], generation: number): FamilyRecord['dead'] {
  const latest = dead.at(-1);
  if (latest?.[1] === generation - 1) return [...dead.slice(0, -1), [latest[0], generation]];
  const ranges = [...dead, [generation, generation] as const];
  if (ranges.length <= MAX_DEAD_RANGES) return ranges;
  // Forgetting a range would let its access tokens, which somebody else holds, pass for honest ones.
  const [, [, last] = [0, 0], ...others] = ranges;
  return [[1, last], ...others];
}
