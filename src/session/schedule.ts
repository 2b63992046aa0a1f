import type { Policy, State } from './state.ts';
import { elapsedMs, hasSlept, type Instant, refreshDueInMs, remainingMs, waitedMs } from './time.ts';

/** What is due next, and in how many ms (0 = now). */
export type Due = { readonly due: 'refresh' | 'timeout' | 'lost'; readonly inMs: number } | undefined;

/** Whether calls are told at once that no token is to be had, since the next attempt is still to come. */
export const isBreakerOpen = (state: State<unknown>, now: Instant, policy: Policy): boolean =>
  !state.inFlight &&
  state.failure !== undefined &&
  state.failure.count >= policy.breakerThreshold &&
  elapsedMs(state.failure.failedAt, now) < state.failure.delayMs;

/**
 * What is to be done next by itself: begin a refresh, say that the one in flight takes long, or presume it lost. A function
 * of the state alone, so there is one alarm and it is always right.
 */
export const nextDue = (state: State<unknown>, now: Instant, policy: Policy): Due => {
  if (!state.started) return undefined;
  if (state.inFlight) {
    const slowInMs = slowInFlightMs(state, now, policy);
    const lostInMs = lostInFlightMs(state, now, policy);
    return slowInMs <= lostInMs ? { due: 'timeout', inMs: slowInMs } : { due: 'lost', inMs: lostInMs };
  }
  const wishInMs = refreshDemandedInMs(state, now, policy);
  if (wishInMs === undefined) return undefined;
  const { failure } = state;
  const backoffMs = failure === undefined ? 0 : failure.delayMs - elapsedMs(failure.failedAt, now);
  const distanceMs = isUrgent(state, now) ? 0 : intervalLeftMs(state, now, policy);
  return { due: 'refresh', inMs: Math.max(wishInMs, backoffMs, distanceMs, 0) };
};

/** Whether the refresh in flight is so old that, now that the page has woken, nobody should count on its answer. */
export const isLostOnWake = (state: State<unknown>, now: Instant, policy: Policy): boolean =>
  state.inFlight && elapsedMs(askedAt(state, now), now) >= policy.presumedLostOnWakeMs;

/** In how many ms the next refresh is at the least distance from the one before. */
export const intervalLeftMs = ({ begunAt }: State<unknown>, now: Instant, policy: Policy): number =>
  begunAt === undefined ? 0 : Math.max(policy.minIntervalMs - waitedMs(begunAt, now), 0);

/** Whether a refresh that was begun is still wanted: another page may have handed its token over meanwhile. */
export const isRefreshDue = (state: State<unknown>, now: Instant, policy: Policy): boolean => {
  const inMs = refreshDemandedInMs(state, now, policy);
  return inMs !== undefined && inMs <= 0;
};

/** Whether that refresh was begun before one was last answered with tokens. */
export const isAnswered = ({ answered }: State<unknown>, attempt: number): boolean => attempt <= answered;

/** Whether the refresh in flight is of any interest: of this session, and with a question that has no answer yet. */
export const isAwaited = (state: State<unknown>): boolean =>
  state.begunIn === state.identityVersion && !isAnswered(state, state.attempts);

/** In how many ms it is to be said that the refresh in flight takes long. */
const slowInFlightMs = (state: State<unknown>, now: Instant, policy: Policy): number => {
  if (state.failure !== undefined || !isAwaited(state)) return Number.POSITIVE_INFINITY;
  return Math.max(policy.refreshTimeoutMs - waitedMs(state.begunAt ?? now, now), 0);
};

/** By the larger of the two clocks: a request that was under way when the machine fell asleep has no connection any more. */
const lostInFlightMs = (state: State<unknown>, now: Instant, policy: Policy): number => {
  const since = askedAt(state, now);
  const allowedMs = hasSlept(since, now) ? policy.presumedLostOnWakeMs : policy.presumedLostMs;
  return Math.max(allowedMs - elapsedMs(since, now), 0);
};

const askedAt = ({ sentAt, begunAt }: State<unknown>, now: Instant): Instant => sentAt ?? begunAt ?? now;

/** Somebody has a token that is alive and needs another one, as after a 401: that may be asked for at once, once. */
const isUrgent = ({ isTokenDemanded, token, failure, hurried }: State<unknown>, now: Instant): boolean =>
  isTokenDemanded && token !== undefined && remainingMs(token, now) > 0 && failure === undefined && !hurried;

/** In how many ms somebody wants a refresh, before any distance is kept; `undefined` = nobody does. */
const refreshDemandedInMs = (state: State<unknown>, now: Instant, policy: Policy): number | undefined => {
  if (
    state.isTokenDemanded ||
    state.session.status === 'loading' ||
    state.mustRevalidate === 'due' ||
    state.mustVerifySignOut
  )
    return 0;
  if (state.session.status !== 'authenticated' || !(state.visible || policy.refreshWhenHidden)) return undefined;
  // A refresh that failed is tried again, though its token is good for a while: somebody wanted it, or sees the problem.
  return state.token === undefined || state.failure !== undefined ? 0 : refreshDueInMs(state.token, now);
};
