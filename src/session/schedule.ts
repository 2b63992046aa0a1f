import type { Policy, State } from './state.ts';
import { judgeTicket } from './ticket.ts';
import { elapsedMs, hasSlept, type Instant, refreshDueInMs, remainingMs, waitedMs } from './time.ts';

/** What is due next, and in how many ms (0 = now). */
export type Due = { readonly due: 'refresh' | 'slow' | 'lost'; readonly inMs: number } | undefined;

export function isInFlight({ refresh }: State<unknown>): boolean {
  return refresh.phase !== 'idle';
}

/** Whether calls fail at once, because the last refreshes failed and the next attempt is not due yet. */
export function isBreakerOpen(state: State<unknown>, now: Instant, policy: Policy): boolean {
  return !isInFlight(state) && (state.failure?.count ?? 0) >= policy.breakerThreshold && backoffLeftMs(state, now) > 0;
}

/**
 * What is due next: to begin a refresh, to say that the one in flight is slow, or to presume it lost. It
 * follows from the state alone, so one timer is enough.
 */
export function nextDue(state: State<unknown>, now: Instant, policy: Policy): Due {
  if (!state.page.isStarted) return undefined;
  if (isInFlight(state)) {
    const slowInMs = slowDueInMs(state, now, policy);
    const lostInMs = lostDueInMs(state, now, policy);
    return slowInMs <= lostInMs ? { due: 'slow', inMs: slowInMs } : { due: 'lost', inMs: lostInMs };
  }
  const demandedInMs = refreshDemandedInMs(state, now, policy);
  if (demandedInMs === undefined) return undefined;
  const intervalMs = maySkipInterval(state, now) ? 0 : intervalLeftMs(state, now, policy);
  return { due: 'refresh', inMs: Math.max(demandedInMs, backoffLeftMs(state, now), intervalMs, 0) };
}

/** Whether the refresh in flight is so old that, now that the page has woken, a response is unlikely. */
export function isLostOnWake(state: State<unknown>, now: Instant, policy: Policy): boolean {
  return isInFlight(state) && elapsedMs(sentAt(state, now), now) >= policy.presumedLostOnWakeMs;
}

/** In how many ms the least interval between two refreshes is over. */
export function intervalLeftMs({ refresh }: State<unknown>, now: Instant, policy: Policy): number {
  return refresh.begunAt === undefined ? 0 : Math.max(policy.minIntervalMs - waitedMs(refresh.begunAt, now), 0);
}

/**
 * Whether a refresh is demanded now. One that has begun may not be any more: another tab may have given its
 * token.
 */
export function isRefreshDue(state: State<unknown>, now: Instant, policy: Policy): boolean {
  return (refreshDemandedInMs(state, now, policy) ?? 1) <= 0;
}

function backoffLeftMs({ failure }: State<unknown>, now: Instant): number {
  return failure === undefined ? 0 : failure.delayMs - elapsedMs(failure.failedAt, now);
}

function slowDueInMs(state: State<unknown>, now: Instant, policy: Policy): number {
  const { refresh, failure } = state;
  const isNews = refresh.phase !== 'slow' && failure === undefined && judgeTicket(state, refresh) === 'current';
  return isNews
    ? Math.max(policy.refreshTimeoutMs - waitedMs(refresh.begunAt ?? now, now), 0)
    : Number.POSITIVE_INFINITY;
}

/**
 * By the larger of the two clocks: a request that was under way when the machine fell asleep has lost its
 * connection.
 */
function lostDueInMs(state: State<unknown>, now: Instant, policy: Policy): number {
  const since = sentAt(state, now);
  const allowedMs = hasSlept(since, now) ? policy.presumedLostOnWakeMs : policy.presumedLostMs;
  return Math.max(allowedMs - elapsedMs(since, now), 0);
}

/** When the newest refresh was sent, or else when it began to wait for that. */
function sentAt({ refresh }: State<unknown>, now: Instant): Instant {
  return refresh.sentAt ?? refresh.begunAt ?? now;
}

/** A call has a live token and demands another one, as after a 401. It may skip the interval, once. */
function maySkipInterval({ isTokenDemanded, token, failure, refresh }: State<unknown>, now: Instant): boolean {
  return (
    isTokenDemanded &&
    token !== undefined &&
    remainingMs(token, now) > 0 &&
    failure === undefined &&
    !refresh.hasSkippedInterval
  );
}

/** In how many ms a refresh is demanded, regardless of any back-off or interval; `undefined` = none is. */
function refreshDemandedInMs(state: State<unknown>, now: Instant, policy: Policy): number | undefined {
  const { session, page, token, failure } = state;
  if (
    state.isTokenDemanded ||
    session.status === 'loading' ||
    state.mustRevalidate === 'due' ||
    state.mustVerifySignOut
  )
    return 0;
  if (session.status !== 'authenticated' || !(page.visible || policy.refreshWhenHidden)) return undefined;
  // A refresh that failed is tried again although its token is good for a while: a call demanded it, or the
  // app shows a problem.
  return token === undefined || failure !== undefined ? 0 : refreshDueInMs(token, now);
}
