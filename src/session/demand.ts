import { compareIdentities, type Identity } from './identity.ts';
import { cooldownLeftMs, type Refusal } from './refresh-loop-guard.ts';
import { isBreakerOpen } from './schedule.ts';
import type { AccessToken, Policy, State } from './state.ts';
import { elapsedMs, type Instant, isUsable, waitedMs } from './time.ts';

/** Who made a call: the user if they were known then, and the identity version of the state. */
export interface CallOwner {
  readonly identityVersion: number;
  readonly user?: Identity | undefined;
}

/** What a call demands, and who made it. `newerThan`: the token that was refused; only a later one will do. */
export interface Demand extends Refusal, CallOwner {
  readonly askedAt: Instant;
  /** How many refreshes were begun when the call was made. */
  readonly attempts: number;
  readonly minValidityMs?: number | undefined;
  /** Only a token of a refresh begun after the call will do. */
  readonly fresh?: boolean | undefined;
  /** Waits for the user to sign in again, where that is asked for. */
  readonly holds?: boolean | undefined;
}

/** How a need stands at a moment. */
export type Outcome =
  | { readonly is: 'token'; readonly token: AccessToken }
  /** Not yet; and in `inMs` no longer. */
  | { readonly is: 'wait'; readonly inMs: number }
  /** Kept until the user has signed in again, and for `inMs` at most. */
  | { readonly is: 'held'; readonly inMs: number }
  /** The session has ended. */
  | { readonly is: 'ended' }
  /** Somebody else is signed in now. */
  | { readonly is: 'other-user' }
  /** No token within the time allowed. */
  | { readonly is: 'unavailable' }
  /** A 401 asks for a refresh, and the last such refresh did not help: not before `inMs`. */
  | { readonly is: 'cooling-down'; readonly inMs: number };

/** Whose call it is, if it is made now. */
export const ownerOf = ({ identityVersion, user }: State<unknown>): CallOwner => ({ identityVersion, user });

/** What a call demands that is made now. */
export const demandAt = (state: State<unknown>, now: Instant, holds = false): Demand => ({
  ...ownerOf(state),
  askedAt: now,
  attempts: state.attempts,
  holds,
});

/** Whether the present session is that of the user who made the call. In another session, an unknown user is nobody's equal. */
export const isSameUser = ({ callsValidSince, user }: State<unknown>, demand: CallOwner): boolean =>
  demand.identityVersion >= callsValidSince ||
  (demand.user !== undefined && user !== undefined && compareIdentities(demand.user, user) === 'same');

/** The answer to a need: a token, a reason to go on waiting, or the end of the wait. Every need is answered in bounded time. */
export const judgeDemand = (state: State<unknown>, demand: Demand, now: Instant, policy: Policy): Outcome => {
  const { status } = state.session;
  const since = waitsSince(state, demand);
  if (status === 'unauthenticated' || status === 'relogin-required') {
    if (demand.fresh !== true || state.rejectedAttempt > demand.attempts || !isSameUser(state, demand)) {
      const heldMs = policy.holdTimeoutMs - elapsedMs(since, now);
      const isHeld = status === 'relogin-required' && demand.holds === true && isSameUser(state, demand) && heldMs > 0;
      return isHeld ? { is: 'held', inMs: heldMs } : { is: 'ended' };
    }
  } else if (!isSameUser(state, demand)) {
    return { is: 'other-user' };
  } else if (state.token !== undefined) {
    const { token } = state;
    const isNew = token.attempt > demand.attempts;
    const failing = state.failure !== undefined || isNew;
    const isTokenDemanded = demand.fresh
      ? isNew && !token.isFromOtherTab
      : demand.newerThan === undefined || token.tokenNumber > demand.newerThan;
    const minValidityMs = failing ? 0 : (demand.minValidityMs ?? 0);
    const lead = failing ? { ...policy, maxGuardMs: 0 } : policy;
    if (isTokenDemanded && isUsable(token, now, minValidityMs, lead)) return { is: 'token', token };
    const apartMs = demand.newerThan === undefined || isTokenDemanded ? 0 : cooldownLeftMs(state, demand, now, policy);
    if (apartMs > 0) return { is: 'cooling-down', inMs: apartMs };
  }
  const inMs = policy.refreshTimeoutMs - waitedMs(since, now);
  return inMs <= 0 || (state.started && isBreakerOpen(state, now, policy))
    ? { is: 'unavailable' }
    : { is: 'wait', inMs };
};

/** Since when a need waits for what it waits for now: time in which it was held does not count against its token. */
const waitsSince = ({ lockedOutAt }: State<unknown>, { askedAt, fresh }: Demand): Instant =>
  lockedOutAt === undefined || fresh === true || lockedOutAt.monotonicAt < askedAt.monotonicAt ? askedAt : lockedOutAt;
