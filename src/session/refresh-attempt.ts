import type { SessionEvent } from './events.ts';
import { intervalLeftMs, isLostOnWake } from './schedule.ts';
import type { Policy, State } from './state.ts';
import { judgeTicket } from './ticket.ts';
import { type Instant, waitedMs } from './time.ts';

/** Begins a refresh. */
export const beginRefresh = <Claims>(state: State<Claims>, now: Instant, policy: Policy): State<Claims> => ({
  ...state,
  refresh: {
    ...state.refresh,
    phase: 'asked',
    identityVersion: state.identityVersion,
    attempt: state.refresh.attempt + 1,
    begunAt: now,
    sentAt: undefined,
    hasSkippedInterval: intervalLeftMs(state, now, policy) > 0,
  },
});

/** The request of a refresh is sent now. */
export const noteSent = <Claims>(state: State<Claims>, attempt: number, now: Instant): State<Claims> => {
  const { refresh } = state;
  if (refresh.attempt !== attempt || refresh.phase === 'idle') return state;
  return { ...state, refresh: { ...refresh, phase: refresh.phase === 'slow' ? 'slow' : 'sent', sentAt: now } };
};

/** A refresh is over. If it is an older one that comes in late, the newest stays in flight. */
export const endRefresh = <Claims>(state: State<Claims>, attempt = state.refresh.attempt): State<Claims> =>
  attempt === state.refresh.attempt ? { ...state, refresh: { ...state.refresh, phase: 'idle' } } : state;

/** The refresh in flight is slow, or is presumed lost. */
export const noteOverdue = <Claims>(
  state: State<Claims>,
  due: 'slow' | 'lost',
  now: Instant,
  policy: Policy,
): State<Claims> => {
  const { refresh } = state;
  const next: State<Claims> =
    due === 'lost' ? presumeLost(state) : { ...state, refresh: { ...refresh, phase: 'slow' } };
  // That a request did not outlast the machine's sleep is not a problem that the app has to show.
  const isSlow = waitedMs(refresh.begunAt ?? now, now) >= Math.min(policy.refreshTimeoutMs, policy.presumedLostMs);
  if (!isSlow || judgeTicket(state, refresh) !== 'current') return next;
  const count = (state.failure?.count ?? 0) + (due === 'lost' ? 1 : 0);
  const problem = Object.freeze({ kind: 'timeout', attempts: Math.max(count, 1) } as const);
  return { ...next, failure: { count, failedAt: now, delayMs: 0, mandatedMs: 0, problem } };
};

/** The page has woken: a refresh that has been under way for long is presumed lost. */
export const wake = <Claims>(state: State<Claims>, now: Instant, policy: Policy): State<Claims> =>
  isLostOnWake(state, now, policy) ? presumeLost(state) : state;

const presumeLost = <Claims>(state: State<Claims>): State<Claims> => ({
  ...state,
  refresh: { ...state.refresh, phase: 'idle', lost: state.refresh.attempt },
});

/** One more failure in a row. */
export const noteFailure = <Claims>(
  state: State<Claims>,
  { problem, delayMs, mandatedMs }: Extract<SessionEvent<Claims>, { type: 'refresh-failed' }>,
  now: Instant,
): State<Claims> => {
  const count = (state.failure?.count ?? 0) + 1;
  const retryAt = Math.ceil(now.wallAt + delayMs);
  return {
    ...state,
    failure: {
      count,
      failedAt: now,
      delayMs,
      mandatedMs,
      problem: Object.freeze({ ...problem, attempts: count, retryAt }),
    },
  };
};

/** An attempt may well succeed now: nothing but the server's own `Retry-After` delays it. */
export const shortenBackoff = <Claims>(state: State<Claims>): State<Claims> => {
  const { failure } = state;
  return failure === undefined ? state : { ...state, failure: { ...failure, delayMs: failure.mandatedMs } };
};
