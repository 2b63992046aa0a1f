import { intervalLeftMs, isAnswered, isAwaited, isLostOnWake } from './schedule.ts';
import { type Step, showProblem, tell } from './snapshot.ts';
import type { Failure, Policy, State } from './state.ts';
import { type Instant, waitedMs } from './time.ts';

/** Notes when a refresh was begun, so that the next one keeps its distance. */
export const begin = <Claims>(state: State<Claims>, now: Instant, policy: Policy): Step<Claims> => {
  const attempt = state.attempts + 1;
  const hurried = intervalLeftMs(state, now, policy) > 0;
  return [
    {
      ...state,
      attempts: attempt,
      begunAt: now,
      sentAt: undefined,
      begunIn: state.identityVersion,
      hurried,
      inFlight: true,
    },
    [{ type: 'refresh', attempt, identityVersion: state.identityVersion }],
  ];
};

/** Says that the refresh in flight takes long, or presumes it lost. */
export const overdue = <Claims>(
  state: State<Claims>,
  due: 'timeout' | 'lost',
  now: Instant,
  policy: Policy,
): Step<Claims> => {
  const [next, effects]: Step<Claims> = due === 'lost' ? giveUp(state) : [state, []];
  // That a request did not outlast a sleep is no problem that a screen has to show.
  const isSlow = waitedMs(state.begunAt ?? now, now) >= Math.min(policy.refreshTimeoutMs, policy.presumedLostMs);
  if (!isAwaited(state) || !isSlow) return [next, effects];
  const count = (state.failure?.count ?? 0) + (due === 'lost' ? 1 : 0);
  const problem = Object.freeze({ kind: 'timeout', attempts: Math.max(count, 1) } as const);
  const [failed, told] = fail(next, { count, failedAt: now, delayMs: 0, mandatedMs: 0, problem });
  return [failed, [...effects, ...told]];
};

/** The page has woken: what was under way for long is hardly ever answered. */
export const wake = <Claims>(state: State<Claims>, now: Instant, policy: Policy): Step<Claims> =>
  isLostOnWake(state, now, policy) ? giveUp(state) : [state, []];

/** The refresh in flight is presumed lost. It goes on all the same: its response may still come, and counts if it is the first. */
const giveUp = <Claims>(state: State<Claims>): Step<Claims> => [
  { ...state, inFlight: false },
  [{ type: 'presumed-lost' }],
];

/** Whether a no, or a failure, says anything: of the newest refresh of this session, unless its question has its answer. */
export const counts = (
  state: State<unknown>,
  { identityVersion, attempt }: { readonly identityVersion: number; readonly attempt: number },
): boolean => identityVersion === state.identityVersion && attempt === state.attempts && !isAnswered(state, attempt);

/** One more failure in a row, shown and told. */
export const fail = <Claims>(
  state: State<Claims>,
  { count, failedAt, delayMs, mandatedMs, problem }: Failure,
): Step<Claims> => {
  const [next, shown] = showProblem({ ...state, failure: { count, failedAt, delayMs, mandatedMs, problem } });
  return [next, [...shown, tell({ type: 'refresh-failed', problem })]];
};

/** The newest refresh is over; an older one that comes in late leaves it in flight. */
export const settle = <Claims>(state: State<Claims>, attempt: number): State<Claims> =>
  attempt === state.attempts ? { ...state, inFlight: false } : state;

/** There is reason to believe that an attempt would succeed now: only the server's own `Retry-After` still counts. */
export const unbroken = <Claims>(state: State<Claims>): State<Claims> =>
  state.failure === undefined ? state : { ...state, failure: { ...state.failure, delayMs: state.failure.mandatedMs } };
