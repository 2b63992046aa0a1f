import { endFamily, type FamilyRecord } from './family.ts';

/** A refresh token as presented: authentic, and of this family. */
export interface Presented {
  readonly generation: number;
  /** Hash of the request's idempotency key, scoped to the family. */
  readonly keyHash?: string | undefined;
}

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

// Old ranges only matter while an access token of them could be alive, far less time than it takes to collect so many.
const MAX_DEAD_RANGES = 32;

/**
 * Decides on a refresh: a pure function of the family, the token presented, the time and the policy.
 *
 * In this order, the first that applies:
 *
 * 1. current generation: answered again for the key that created it (within the retry window), else rotated;
 * 2. parent with that same key: the successor again while it is unconfirmed, else a network duplicate;
 * 3. parent within the grace: the same successor again, never a second branch;
 * 4. parent later, successor unconfirmed: a new generation, and the undelivered one is dead;
 * 5. anything else is reuse, and the family ends.
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
  if (now >= family.expiresAt) return { action: 'reject', reason: 'expired' };

  const ageMs = now - family.rotatedAt;
  const hasCreatingKey =
    presented.keyHash !== undefined && presented.keyHash === family.keyHash && ageMs < policy.retryWindowMs;

  if (presented.generation === family.generation) {
    if (hasCreatingKey) return { action: 'repeat', family: confirm(family) };
    return { action: 'rotate', family: rotate(family, presented, now, policy) };
  }
  if (presented.generation === family.parent) {
    if (hasCreatingKey) return family.confirmed ? { action: 'duplicate' } : { action: 'repeat', family };
    if (ageMs < policy.graceMs) return { action: 'repeat', family };
    if (!family.confirmed && now - family.parentSpentAt < policy.recoveryMs) {
      return { action: 'recover', family: supersede(family, presented, now, policy) };
    }
  }
  return { action: 'reuse', family: endFamily(family, 'reused') };
}

/** The family, knowing that its current generation has arrived; the same record if it knew. */
export function confirm(family: FamilyRecord): FamilyRecord {
  return family.confirmed ? family : { ...family, confirmed: true };
}

/** Whether a generation was given up as undelivered. */
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
  return {
    ...family,
    generation: family.generation + 1,
    rotatedAt: now,
    confirmed: false,
    keyHash: presented.keyHash ?? null,
    expiresAt: Math.min(now + policy.idleTimeoutMs, family.absoluteExpiresAt),
  };
}

function withDead(dead: FamilyRecord['dead'], generation: number): FamilyRecord['dead'] {
  const latest = dead.at(-1);
  if (latest?.[1] === generation - 1) return [...dead.slice(0, -1), [latest[0], generation]];
  return [...dead, [generation, generation] as const].slice(-MAX_DEAD_RANGES);
}
