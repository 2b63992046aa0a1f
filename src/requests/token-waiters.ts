import type { Clock } from '../platform/platform.ts';

/** What somebody waits for: a token that is to be asked for, a user who has to sign in again, or a fact that comes by itself. */
type Awaited = 'token' | 'sign-in' | 'fact';

/** A wait that goes on, and is to be judged again in `inMs` at the latest. `isRead`: it may make room for others. */
export interface Waiting {
  readonly for: Awaited;
  readonly inMs: number;
  readonly isRead?: boolean | undefined;
}

/** What ends a wait from outside. */
export type Forced = 'aborted' | 'no-room';

/** Judges a wait: how it goes on, or, once it is over, what gives the result or throws. Forced, it is over. */
export type Judge<T> = (forced?: Forced) => Waiting | (() => T);

interface Waiter {
  wish: Awaited;
  isRead: boolean;
  /** By the monotonic clock. */
  dueAt: number;
  settle(forced?: Forced): void;
}

type WithoutRoom = <W extends { readonly isRead: boolean }>(held: readonly W[]) => readonly W[];

/** Everybody who waits for something of the session. */
export interface Waiters {
  /** Resolves when the wait is over. `judge` is told at once when `signal` is aborted. */
  wait<T>(judge: Judge<T>, signal?: AbortSignal | null): Promise<T>;
  /** Judges every wait anew. */
  settle(): void;
  count(wish: Awaited): number;
  /** In how many ms the next wait is to be judged; `Infinity` where nobody waits. */
  dueInMs(): number;
}

/**
 * `onChange` is called when what is waited for has changed, or is due earlier. `withoutRoom` says who may not wait for a
 * sign-in, of those who do.
 */
export const createWaiters = (clock: Clock, withoutRoom: WithoutRoom, onChange: () => void): Waiters => {
  const waiters = new Set<Waiter>();
  const counts: Record<Awaited, number> = { token: 0, 'sign-in': 0, fact: 0 };
  /** When the first wait is due, as far as somebody asked for it. */
  let firstDueAt = Number.POSITIVE_INFINITY;

  const leave = (waiter: Waiter) => {
    if (waiters.delete(waiter)) counts[waiter.wish]--;
  };

  const makeRoom = () => {
    if (counts['sign-in'] === 0) return;
    const held = [...waiters].filter(({ wish }) => wish === 'sign-in');
    for (const waiter of withoutRoom(held)) waiter.settle('no-room');
  };

  return {
    wait: <T>(judge: Judge<T>, signal?: AbortSignal | null) =>
      new Promise<T>((resolve, reject) => {
        const end = (result: () => T) => {
          try {
            resolve(result());
          } catch (error) {
            reject(error);
          }
        };
        const first = judge(signal?.aborted ? 'aborted' : undefined);
        if (typeof first === 'function') {
          end(first);
          return;
        }
        const aborted = () => {
          waiter.settle('aborted');
          onChange();
        };
        const waiter: Waiter = {
          wish: first.for,
          isRead: first.isRead === true,
          dueAt: clock.now().monotonicAt + first.inMs,
          settle: (forced) => {
            const next = judge(forced);
            if (typeof next === 'function') {
              signal?.removeEventListener('abort', aborted);
              leave(waiter);
              end(next);
              return;
            }
            counts[waiter.wish]--;
            counts[next.for]++;
            waiter.wish = next.for;
            waiter.isRead = next.isRead === true;
            waiter.dueAt = clock.now().monotonicAt + next.inMs;
          },
        };
        signal?.addEventListener('abort', aborted);
        waiters.add(waiter);
        counts[first.for]++;
        makeRoom();
        if (counts[first.for] === 1 || first.for === 'sign-in' || waiter.dueAt < firstDueAt) onChange();
      }),
    settle: () => {
      for (const waiter of waiters) waiter.settle();
      makeRoom();
    },
    count: (wish) => counts[wish],
    dueInMs: () => {
      firstDueAt = Number.POSITIVE_INFINITY;
      for (const { dueAt } of waiters) firstDueAt = Math.min(firstDueAt, dueAt);
      return firstDueAt - clock.now().monotonicAt;
    },
  };
};
