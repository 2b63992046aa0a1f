import type { Clock } from '../../platform/platform.ts';

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
export type Judge<T, About = undefined> = (forced: Forced | undefined, about: About) => Waiting | (() => T);

/** All that is kept of a wait. It listens to its signal itself. */
interface Waiter extends EventListenerObject {
  readonly judge: Judge<unknown, never>;
  readonly about: unknown;
  readonly signal: AbortSignal | null | undefined;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  wish: Awaited;
  isRead: boolean;
  /** By the monotonic clock. */
  dueAt: number;
}

type WithoutRoom = <W extends { readonly isRead: boolean }>(held: readonly W[]) => readonly W[];

/** Everybody who waits for something of the session. */
export interface Waiters {
  /**
   * Resolves when the wait is over. `judge` is told at once when `signal` is aborted. It is handed what the wait is `about`, so
   * that thousands of waits can share one.
   */
  wait<T>(judge: Judge<T>, signal?: AbortSignal | null): Promise<T>;
  wait<T, About>(judge: Judge<T, About>, signal: AbortSignal | null | undefined, about: About): Promise<T>;
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

  const end = ({ resolve, reject }: Pick<Waiter, 'resolve' | 'reject'>, result: () => unknown) => {
    try {
      resolve(result() as never);
    } catch (error) {
      reject(error);
    }
  };

  const update = (waiter: Waiter, forced?: Forced) => {
    const next = waiter.judge(forced, waiter.about as never);
    if (typeof next === 'function') {
      waiter.signal?.removeEventListener('abort', waiter);
      if (waiters.delete(waiter)) counts[waiter.wish]--;
      end(waiter, next);
      return;
    }
    counts[waiter.wish]--;
    counts[next.for]++;
    waiter.wish = next.for;
    waiter.isRead = next.isRead === true;
    waiter.dueAt = clock.now().monotonicAt + next.inMs;
  };

  function aborted(this: Waiter) {
    update(this, 'aborted');
    onChange();
  }

  const makeRoom = () => {
    if (counts['sign-in'] === 0) return;
    const held = [...waiters].filter(({ wish }) => wish === 'sign-in');
    for (const waiter of withoutRoom(held)) update(waiter, 'no-room');
  };

  return {
    wait: <T>(judge: Judge<T, never>, signal?: AbortSignal | null, about?: unknown) =>
      new Promise<T>((resolve, reject) => {
        const first = judge(signal?.aborted ? 'aborted' : undefined, about as never);
        if (typeof first === 'function') {
          end({ resolve, reject }, first);
          return;
        }
        const { for: wish, inMs, isRead = false } = first;
        const dueAt = clock.now().monotonicAt + inMs;
        const waiter: Waiter = { judge, about, signal, resolve, reject, wish, isRead, dueAt, handleEvent: aborted };
        signal?.addEventListener('abort', waiter);
        waiters.add(waiter);
        counts[wish]++;
        makeRoom();
        if (counts[wish] === 1 || wish === 'sign-in' || dueAt < firstDueAt) onChange();
      }),
    settle: () => {
      for (const waiter of waiters) update(waiter);
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
