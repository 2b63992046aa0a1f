import type { Clock, Locks } from '../platform/platform.ts';

/**
 * How an exchange came to its turn: at once; after another page's, or as that has had the lock for too long; or while another
 * page's may be under way, which still has the lock.
 */
export type Turn = 'at-once' | 'waited' | 'unlocked';

/** Runs an exchange while no other page of the session runs one. `hurry` ends the waiting: the exchange runs at once. */
export type WithLock = <T>(exchange: (turn: Turn) => Promise<T>, waitMs: number, hurry?: AbortSignal) => Promise<T>;

/** The result of an exchange that ran with the lock; or why it did not get it. */
type Outcome<T> = { readonly result: T } | 'refused' | 'hurried' | 'late';

/** A lock manager may take this long to say whether a lock is free, however short the waiting for one is to be. */
const leastAnswerMs = 100;

/**
 * One exchange at a time among all pages of the session. Nobody waits for ever: behind a page that is frozen or hostile
 * the others wait `waitMs`, then take turns by a second lock, then go on without one. A lock manager that does not even say
 * whether the lock is free is asked no more. A lock is an optimisation; what keeps the session is the key that a repeated
 * exchange bears. A lock is held until the exchange is over, or has taken as long as `hold` waits for it.
 */
export const createLock = (
  locks: Locks | undefined,
  clock: Clock,
  name: () => string,
  hold: (exchange: Promise<unknown>) => Promise<void>,
): WithLock => {
  /** What is granted after the waiting is over is let go of. The exchange counts, whatever becomes of the lock while it runs. */
  const ask = async <T>(
    manager: Locks,
    key: string,
    exchange: () => Promise<T>,
    waitMs: number,
    hurry: AbortSignal | undefined,
    isFirst: boolean,
  ): Promise<Outcome<T>> => {
    const wait = new AbortController();
    let running: Promise<T> | undefined;
    let why: 'refused' | 'hurried' | 'late' | undefined;
    let rest = () => {};
    const waitingIsOver = new Promise<void>((resolve) => {
      const end = (reason: 'hurried' | 'late') => {
        why = reason;
        wait.abort();
        resolve();
      };
      const cancel = clock.setTimer(() => end('late'), waitMs);
      const hurried = () => end('hurried');
      hurry?.addEventListener('abort', hurried);
      rest = () => {
        cancel();
        hurry?.removeEventListener('abort', hurried);
      };
    });
    const held = async (isGranted: boolean) => {
      if (!isGranted || why !== undefined) return;
      rest();
      running = (async () => exchange())();
      await hold(running);
    };
    // By its own timer, too: a manager that never answers may not heed the signal either.
    await Promise.race([manager.request(key, isFirst ? 'never' : wait.signal, held).catch(() => {}), waitingIsOver]);
    rest();
    if (running !== undefined) return { result: await running };
    why ??= 'refused';
    return why;
  };

  return async (exchange, waitMs, hurry) => {
    if (locks === undefined) return exchange('at-once');
    const key = name();
    const first = await ask(locks, key, () => exchange('at-once'), Math.max(waitMs, leastAnswerMs), hurry, true);
    if (typeof first === 'object') return first.result;
    let turn: Turn = first === 'late' ? 'unlocked' : 'waited';
    for (const lock of first === 'late' ? [] : [key, `${key}:second`]) {
      if (hurry?.aborted === true) break;
      const found = await ask(locks, lock, () => exchange(turn), waitMs, hurry, false);
      if (typeof found === 'object') return found.result;
      if (found === 'late') turn = 'unlocked';
    }
    return exchange(turn);
  };
};
