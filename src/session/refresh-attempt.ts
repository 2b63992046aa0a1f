import type { SessionEvent } from './events.ts';
import { intervalLeftMs, isLostOnWake } from './schedule.ts';
import type { Policy, State } from './state.ts';
import { judgeTicket } from './ticket.ts';
import { type Instant, waitedMs } from './time.ts';

/** Changes what is known of the refreshes. */
export function updateRefresh<Claims>(state: State<Claims>, changes: Partial<State<Claims>['refresh']>): State<Claims> {
  return {
    ...state,
    refresh: { ...state.refresh, ...changes },
  };
}

/** Begins a refresh. */
export function beginRefresh<Claims>(state: State<Claims>, now: Instant, policy: Policy): State<Claims> {
  return updateRefresh(state, {
    phase: 'asked',
    identityVersion: state.identityVersion,
    attempt: state.refresh.attempt + 1,
    begunAt: now,
    sentAt: undefined,
    hasSkippedInterval: intervalLeftMs(state, now, policy) > 0,
  });
}

/**
 * A refresh is sent now, or is over, whatever came of it. If it is an older one that comes in late, the
 * newest stays in flight.
 */
export function noteProgress<Claims>(
  state: State<Claims>,
  { type, attempt }: Extract<SessionEvent<Claims>, { attempt: number }>,
  now: Instant,
): State<Claims> {
  const { refresh } = state;
  if (attempt !== refresh.attempt || refresh.phase === 'idle') return state;
  if (type !== 'refresh-sent') return updateRefresh(state, { phase: 'idle' });
  return updateRefresh(state, { phase: refresh.phase === 'slow' ? 'slow' : 'sent', sentAt: now });
}

/** The refresh in flight is slow, or is presumed lost. */
export function noteOverdue<Claims>(
  state: State<Claims>,
  due: 'slow' | 'lost',
  now: Instant,
  policy: Policy,
): State<Claims> {
  const { refresh, failure } = state;
  const isLost = due === 'lost';
  const next = isLost ? presumeLost(state) : updateRefresh(state, { phase: 'slow' });
  // That a request did not outlast the machine's sleep is not a problem that the app has to show.
  const isSlow = waitedMs(refresh.begunAt ?? now, now) >= Math.min(policy.refreshTimeoutMs, policy.presumedLostMs);
  if (!isSlow || judgeTicket(state, refresh) !== 'current') return next;
  const count = (failure?.count ?? 0) + (isLost ? 1 : 0);
  const problem = Object.freeze({ kind: 'timeout', attempts: Math.max(count, 1) } as const);
  return { ...next, failure: { count, failedAt: now, delayMs: 0, mandatedMs: 0, problem } };
}

/** The page has woken: a refresh that has been under way for long is presumed lost. */
export function wake<Claims>(state: State<Claims>, now: Instant, policy: Policy): State<Claims> {
  return isLostOnWake(state, now, policy) ? presumeLost(state) : state;
}

function presumeLost<Claims>(state: State<Claims>): State<Claims> {
  return updateRefresh(state, { phase: 'idle', lost: state.refresh.attempt });
}

/** One more failure in a row. */
export function noteFailure<Claims>(
  state: State<Claims>,
  { problem, delayMs, mandatedMs }: Extract<SessionEvent<Claims>, { type: 'refresh-failed' }>,
  failedAt: Instant,
): State<Claims> {
  const count = (state.failure?.count ?? 0) + 1;
  const retryAt = Math.ceil(failedAt.wallAt + delayMs);
  const shown = Object.freeze({ ...problem, attempts: count, retryAt });
  return { ...state, failure: { count, failedAt, delayMs, mandatedMs, problem: shown } };
}

/** An attempt may well succeed now: nothing but the server's own `Retry-After` delays it. */
export function shortenBackoff<Claims>(state: State<Claims>): State<Claims> {
  const { failure } = state;
  return failure === undefined ? state : { ...state, failure: { ...failure, delayMs: failure.mandatedMs } };
}
