import type { Clock } from '../../platform/platform.ts';
import type { Instant } from '../../session/time.ts';

/** What is awaited: a token, which needs a refresh; a sign-in of the user; or a fact that comes by itself. */
type Awaited = 'token' | 'sign-in' | 'fact';

/**
 * A wait that goes on, and is judged again in `inMs` at the latest. `isRead`: it may have to make room for
 * other calls.
 */
export interface Waiting {
  readonly for: Awaited;
  readonly inMs: number;
  readonly isRead?: boolean | undefined;
}

/** Why a wait is ended from outside. */
export type Forced = 'aborted' | 'no-room';

/**
 * Judges a wait: how it goes on or, if it is over, a function that returns the result or throws. A forced one
 * is over.
 */
export type Judge<T, About = undefined> = (
  forced: Forced | undefined,
  about: About,
  now: Instant,
) => Waiting | (() => T | Promise<T>);

/** Everything that is kept of a wait. It is its own listener for its signal. */
interface Waiter extends EventListenerObject {
  readonly judge: Judge<unknown, never>;
  readonly about: unknown;
  readonly signal: AbortSignal | null | undefined;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  awaited: Awaited;
  isRead: boolean;
  /** By the monotonic clock. */
  dueAt: number;
  /** Set once it is over. */
  result: (() => unknown) | undefined;
}

type WithoutRoom = <W extends { readonly isRead: boolean }>(held: readonly W[]) => readonly W[];

/** The waits for something of the session. */
export interface Waiters {
  /**
   * Settles when the wait is over. `judge` is called at once when `signal` is aborted. It is passed what the
   * wait is `about`, so that thousands of waits can share one function.
   */
  wait<T>(judge: Judge<T>, signal?: AbortSignal | null): Promise<T>;
  wait<T, About>(judge: Judge<T, About>, signal: AbortSignal | null | undefined, about: About): Promise<T>;
  /** Judges every wait again. Those that are over get their results in order, once the code that runs now is done. */
  settle(): void;
  count(awaited: Awaited): number;
  /** In how many ms the next wait has to be judged; `Infinity` without any. */
  dueInMs(): number;
}

/**
 * `onChange` is called when what is awaited has changed, or is due earlier. `withoutRoom` picks, from those
 * that wait for a sign-in, those for which there is no room.
 */
export function createWaiters(clock: Clock, withoutRoom: WithoutRoom, onChange: () => void): Waiters {
  const waiters = new Set<Waiter>();
  const counts: Record<Awaited, number> = { token: 0, 'sign-in': 0, fact: 0 };
  let over: Waiter[] = [];
  /** When the first wait is due, when `dueInMs` was last called. */
  let firstDueAt = Number.POSITIVE_INFINITY;

  const end = ({ resolve, reject }: Pick<Waiter, 'resolve' | 'reject'>, result: () => unknown) => {
    try {
      resolve(result() as never);
    } catch (error) {
      reject(error);
    }
  };

  /** One microtask for all: thousands of calls may have waited for the same token. */
  const endAll = () => {
    const ended = over;
    over = [];
    for (const waiter of ended) end(waiter, waiter.result as () => unknown);
  };

  const update = (waiter: Waiter, now: Instant, forced?: Forced) => {
    const next = waiter.judge(forced, waiter.about as never, now);
    if (typeof next === 'function') {
      waiter.signal?.removeEventListener('abort', waiter);
      if (waiters.delete(waiter)) counts[waiter.awaited]--;
      if (forced !== undefined) return end(waiter, next);
      waiter.result = next;
      if (over.push(waiter) === 1) void Promise.resolve().then(endAll);
      return;
    }
    counts[waiter.awaited]--;
    counts[next.for]++;
    waiter.awaited = next.for;
    waiter.isRead = next.isRead === true;
    waiter.dueAt = now.monotonicAt + next.inMs;
  };

  function aborted(this: Waiter) {
    update(this, clock.now(), 'aborted');
    onChange();
  }

  const makeRoom = () => {
    if (counts['sign-in'] === 0) return;
    const held = [...waiters].filter(({ awaited }) => awaited === 'sign-in');
    for (const waiter of withoutRoom(held)) update(waiter, clock.now(), 'no-room');
  };

  return {
    wait: <T>(judge: Judge<T, never>, signal?: AbortSignal | null, about?: unknown) =>
      new Promise<T>((resolve, reject) => {
        const now = clock.now();
        const first = judge(signal?.aborted ? 'aborted' : undefined, about as never, now);
        if (typeof first === 'function') {
          end({ resolve, reject }, first);
          return;
        }
        const { for: awaited, inMs, isRead = false } = first;
        const dueAt = now.monotonicAt + inMs;
        const waiter: Waiter = {
          judge,
          about,
          signal,
          resolve,
          reject,
          awaited,
          isRead,
          dueAt,
          result: undefined,
          handleEvent: aborted,
        };
        signal?.addEventListener('abort', waiter);
        waiters.add(waiter);
        counts[awaited]++;
        makeRoom();
        if (counts[awaited] === 1 || awaited === 'sign-in' || dueAt < firstDueAt) onChange();
      }),
    settle: () => {
      const now = clock.now();
      for (const waiter of waiters) update(waiter, now);
      makeRoom();
    },
    count: (awaited) => counts[awaited],
    dueInMs: () => {
      firstDueAt = Number.POSITIVE_INFINITY;
      for (const { dueAt } of waiters) firstDueAt = Math.min(firstDueAt, dueAt);
      return firstDueAt - clock.now().monotonicAt;
    },
  };
}
