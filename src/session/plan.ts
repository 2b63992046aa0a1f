import { elapsedMs, type Instant, refreshDueInMs, waitedMs } from './expiry.ts';
import type { Policy, State } from './state.ts';

/** What is due next, and in how many ms (0 = now). */
export type Plan = { readonly due: 'exchange' | 'timeout' | 'ceiling'; readonly inMs: number } | undefined;

/** Whether calls are told at once that no token is to be had, since the next attempt is still to come. */
export const isBreakerOpen = (state: State<unknown>, now: Instant, policy: Policy): boolean =>
  !state.inFlight &&
  state.failure !== undefined &&
  state.failure.count >= policy.breakerThreshold &&
  elapsedMs(state.failure.failedAt, now) < state.failure.delayMs;

/**
 * What is to be done next by itself: begin an exchange, say that the one in flight takes long, or give it up. A function
 * of the state alone, so there is one alarm and it is always right.
 */
export const planNext = (state: State<unknown>, now: Instant, policy: Policy): Plan => {
  if (!state.started) return undefined;
  const sinceBegun = state.begunAt === undefined ? Number.POSITIVE_INFINITY : waitedMs(state.begunAt, now);
  if (state.inFlight) {
    // That an exchange of another epoch takes long is of no interest to this one.
    const slow = state.failure === undefined && state.begunIn === state.epoch;
    const allowedMs = slow ? policy.refreshTimeoutMs : policy.exchangeCeilingMs;
    return { due: slow ? 'timeout' : 'ceiling', inMs: Math.max(allowedMs - sinceBegun, 0) };
  }
  const wishInMs = wishForExchange(state, now, policy);
  if (wishInMs === undefined) return undefined;
  const { failure } = state;
  const backoffMs = failure === undefined ? 0 : failure.delayMs - elapsedMs(failure.failedAt, now);
  return { due: 'exchange', inMs: Math.max(wishInMs, backoffMs, policy.minDistanceMs - sinceBegun, 0) };
};

/** Whether an exchange that was begun is still wanted: another page may have handed its token over meanwhile. */
export const isExchangeDue = (state: State<unknown>, now: Instant, policy: Policy): boolean => {
  const inMs = wishForExchange(state, now, policy);
  return inMs !== undefined && inMs <= 0;
};

/** In how many ms somebody wants an exchange, before any distance is kept; `undefined` = nobody does. */
const wishForExchange = (state: State<unknown>, now: Instant, policy: Policy): number | undefined => {
  if (state.wanted || state.session.status === 'loading' || state.unasked === 'due') return 0;
  if (state.session.status !== 'authenticated' || !(state.visible || policy.refreshWhenHidden)) return undefined;
  // A refresh that failed is tried again, though its token is good for a while: somebody wanted it, or sees the problem.
  return state.token === undefined || state.failure !== undefined ? 0 : refreshDueInMs(state.token, now);
};
