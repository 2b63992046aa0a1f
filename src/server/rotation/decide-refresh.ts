import { isWithin, keyedRefreshOf, type Presented, remember } from './keyed-refreshes.ts';
import { endRecord, type SessionRecord, type Timeouts } from './session-record.ts';

/** The windows of rotation, in milliseconds, and the limit of replays; 0 switches one off. */
export interface RotationPolicy {
  readonly idleTimeoutMs: number;
  /** Of a session whose cookie ends with the browser. */
  readonly shortSession: Pick<Timeouts, 'idleTimeoutMs'>;
  readonly graceMs: number;
  readonly retryWindowMs: number;
  readonly recoveryMs: number;
  /** The generation in a row at which a replay within the grace counts as reuse; replays are counted even if it is 0. */
  readonly maxReplaysInARow: number;
}

/**
 * What to do with a presented refresh token.
 *
 * `rotate`, `repeat`, `replay`, `recover` and `catch-up` are answered with the tokens of `session.generation`; a
 * `session` that is the very record decided upon needs no write. `repeat` is for a copy of a refresh that was answered with
 * them before, `replay` for another refresh.
 */
export type RefreshDecision =
  | { readonly action: 'rotate' | 'repeat' | 'replay' | 'recover' | 'catch-up'; readonly session: SessionRecord }
  | { readonly action: 'reuse'; readonly session: SessionRecord; readonly reason: ReuseReason }
  | { readonly action: 'duplicate' }
  | { readonly action: 'reject'; readonly reason: 'expired' | 'revoked' | 'reused' };

/** What shows a reuse: a token that may not come again, or its replay in too many generations in a row. */
export type ReuseReason = 'spent' | 'replays-in-a-row';

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
 * 3. parent within the grace: the same successor again, never a second branch; but reuse where that happens in too many
 *    generations in a row;
 * 4. parent or older, in a copy of a keyed refresh from before: a network duplicate;
 * 5. parent later, successor unconfirmed: a new generation, and the undelivered one is dead;
 * 6. a generation ahead of the record: the store was set back; the session goes on from what was presented;
 * 7. an older one within the retry window after that: a network duplicate, since the store has lost what would tell;
 * 8. anything else is reuse, and the session ends.
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
    return replay(session, presented, now, policy);
  }
  if (known && presented.generation < generation) return { action: 'duplicate' };
  const canRecover = !session.confirmed && isWithin(session.parentSpentAt, now, policy.recoveryMs);
  if (presented.generation === parent && canRecover) {
    return { action: 'recover', session: supersede(session, presented, now, policy) };
  }
  if (presented.generation > generation) {
    return { action: 'catch-up', session: catchUp(session, presented, now, policy) };
  }
  if (session.storeBehindAt !== null && isWithin(session.storeBehindAt, now, policy.retryWindowMs)) {
    return { action: 'duplicate' };
  }
  return reuse(session, 'spent');
}

/** The session, knowing that its current generation has arrived; the same record if it knew. */
export function confirm(session: SessionRecord): SessionRecord {
  return session.confirmed ? session : { ...session, confirmed: true };
}

/** Whether a generation was given up as undelivered, or lies too far back to know. */
export function isDead(session: SessionRecord, generation: number): boolean {
  return session.dead.some(([first, last]) => first <= generation && generation <= last);
}

function reuse(session: SessionRecord, reason: ReuseReason): RefreshDecision {
  return { action: 'reuse', session: endRecord(session, 'reused'), reason };
}

// Whoever follows a session by a copied token needs such a replay in each generation: there is no other way to the
// successor that somebody else was given. A browser does it by accident, and hardly ever in one generation after the other.
function replay(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): RefreshDecision {
  const { generation, parent, replayedGeneration: last, replaysInARow } = session;
  if (last === generation) {
    return { action: 'replay', session: remember(session, presented, now, policy.retryWindowMs) };
  }
  const follows = last !== null && parent !== null && last >= parent;
  // An undelivered successor of the same parent is no further generation.
  const isSameStep = follows && last !== parent;
  const counted = follows ? replaysInARow + (isSameStep ? 0 : 1) : 1;
  if (policy.maxReplaysInARow > 0 && counted >= policy.maxReplaysInARow) return reuse(session, 'replays-in-a-row');
  const counting = { ...session, replaysInARow: counted, replayedGeneration: generation };
  return { action: 'replay', session: remember(counting, presented, now, policy.retryWindowMs) };
}

// The next number may have been given out before, and its token is the same: still one branch.
function catchUp(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  return rotate({ ...session, generation: presented.generation, storeBehindAt: now }, presented, now, policy);
}

function rotate(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  return { ...successor(session, presented, now, policy), parent: session.generation, parentSpentAt: now };
}

function supersede(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  return { ...successor(session, presented, now, policy), dead: withDead(session.dead, session.generation) };
}

function successor(session: SessionRecord, presented: Presented, now: number, policy: RotationPolicy): SessionRecord {
  const { idleTimeoutMs } = session.remembered ? policy : policy.shortSession;
  const next: SessionRecord = {
    ...session,
    generation: session.generation + 1,
    rotatedAt: now,
    confirmed: false,
    expiresAt: Math.min(now + idleTimeoutMs, session.absoluteExpiresAt),
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
