import { compareIdentities, type Identity } from './identity.ts';
import { cooldownLeftMs, type Refusal } from './refresh-loop-guard.ts';
import { isBreakerOpen } from './schedule.ts';
import type { AccessToken, Policy, State } from './state.ts';
import { elapsedMs, type Instant, isUsable, remainingMs, waitedMs } from './time.ts';

/** Who made a call: the user if they were known then, and the identity version of the state. */
export interface CallOwner {
  readonly identityVersion: number;
  readonly user?: Identity | undefined;
}

/** What a call demands. `newerThan`: the token that was refused; only a later one will do. */
export interface Demand extends Refusal, CallOwner {
  readonly askedAt: Instant;
  /** The newest refresh when the call was made. */
  readonly attempt: number;
  readonly minValidityMs?: number | undefined;
  /** Only a token of a refresh that began after the call will do. */
  readonly fresh?: boolean | undefined;
  /** The call may be held until its user has signed in again. */
  readonly holds?: boolean | undefined;
}

/** How a demand stands at a moment. */
export type Outcome =
  | { readonly is: 'token'; readonly token: AccessToken }
  /** There is no token yet. The demand must be judged again in `inMs`. */
  | { readonly is: 'wait'; readonly inMs: number }
  /** The call is held until the user has signed in again, for `inMs` at most. */
  | { readonly is: 'held'; readonly inMs: number }
  /** The session has ended. */
  | { readonly is: 'ended' }
  /** Somebody else is signed in now. */
  | { readonly is: 'other-user' }
  /** There was no token in the time allowed. */
  | { readonly is: 'unavailable' }
  /** A 401 asks for a refresh, but the last one did not help: it has to wait for `inMs`. */
  | { readonly is: 'cooling-down'; readonly inMs: number };

/** Whose call it is, if it is made now. */
export function ownerOf({ identityVersion, user }: State<unknown>): CallOwner {
  return { identityVersion, user };
}

/** What a call demands that is made now. */
export function demandAt(state: State<unknown>, now: Instant, holds = false): Demand {
  const { identityVersion, user, refresh } = state;
  return { identityVersion, user, askedAt: now, attempt: refresh.attempt, holds };
}

/**
 * Whether the user who made the call is signed in now. A user who is not known never counts as the same one
 * in another session.
 */
export function isSameUser({ callsValidSince, user }: State<unknown>, owner: CallOwner): boolean {
  return (
    owner.identityVersion >= callsValidSince ||
    (owner.user !== undefined && user !== undefined && compareIdentities(owner.user, user) === 'same')
  );
}

/** Judges a demand. Every demand ends in bounded time. */
export function judgeDemand(state: State<unknown>, demand: Demand, now: Instant, policy: Policy): Outcome {
  const { session, token, refresh } = state;
  const since = waitsSince(state, demand);
  if (session.status === 'unauthenticated' || session.status === 'relogin-required') {
    if (demand.fresh !== true || refresh.rejected > demand.attempt || !isSameUser(state, demand)) {
      const heldMs = policy.holdTimeoutMs - elapsedMs(since, now);
      const isHeld = session.status === 'relogin-required' && demand.holds && isSameUser(state, demand) && heldMs > 0;
      return isHeld ? { is: 'held', inMs: heldMs } : { is: 'ended' };
    }
  } else if (!isSameUser(state, demand)) {
    return { is: 'other-user' };
  } else if (token !== undefined) {
    const isNew = token.attempt > demand.attempt;
    // There is no better token, so this one is used to its end.
    const isBest = state.failure !== undefined || isNew;
    const isWanted = demand.fresh
      ? isNew && !token.isFromOtherTab
      : demand.newerThan === undefined || token.tokenNumber > demand.newerThan;
    const isLongEnough = isBest ? remainingMs(token, now) > 0 : isUsable(token, now, demand.minValidityMs ?? 0, policy);
    if (isWanted && isLongEnough) return { is: 'token', token };
    const cooldownMs = demand.newerThan === undefined || isWanted ? 0 : cooldownLeftMs(state, demand, now, policy);
    if (cooldownMs > 0) return { is: 'cooling-down', inMs: cooldownMs };
  }
  const inMs = policy.refreshTimeoutMs - waitedMs(since, now);
  return inMs <= 0 || (state.page.isStarted && isBreakerOpen(state, now, policy))
    ? { is: 'unavailable' }
    : { is: 'wait', inMs };
}

/** Since when a call waits for its token: the time in which it was held does not count. */
function waitsSince({ lockedOutAt }: State<unknown>, { askedAt, fresh }: Demand): Instant {
  return lockedOutAt === undefined || fresh === true || lockedOutAt.monotonicAt < askedAt.monotonicAt
    ? askedAt
    : lockedOutAt;
}
