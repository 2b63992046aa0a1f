import type { Clock, Locks } from '../platform/platform.ts';

/**
 * How an exchange came to its turn: at once; after another page's, or as that has had the lock for too long; or while another
 * page's may be under way, which still has the lock.
 */
export type Turn = 'at-once' | 'waited' | 'unlocked';

/** Runs an exchange while no other page of the session runs one. `hurry` ends the waiting: the exchange runs at once. */
export type WithLock = <T>(exchange: (turn: Turn) => Promise<T>, waitMs: number, hurry?: AbortSignal) => Promise<T>;

/**
 * One exchange at a time among all pages of the session. Nobody waits for ever: behind a page that is frozen or hostile
 * the others wait `waitMs`, then take turns by a second lock, then go on without one. A lock is an optimisation; what keeps
 * the session is the key that a repeated exchange bears. A lock is held until the exchange is over, or has taken as long as
 * `hold` waits for it.
 */
export const createLock = (
  locks: Locks | undefined,
  clock: Clock,
  name: () => string,
  hold: (exchange: Promise<unknown>) => Promise<void>,
): WithLock => {
  /** Undefined where the lock was not to be had. The exchange counts, whatever becomes of the lock while it runs. */
  const holding = async <T>(
    key: string,
    exchange: () => Promise<T>,
    wait: AbortSignal | 'never',
  ): Promise<{ readonly result: T } | undefined> => {
    let running: Promise<T> | undefined;
    const held = async (isGranted: boolean) => {
      if (!isGranted) return;
      running = (async () => exchange())();
      await hold(running);
    };
    await locks?.request(key, wait, held).catch(() => {});
    return running === undefined ? undefined : { result: await running };
  };

  const within = async <T>(
    key: string,
    exchange: () => Promise<T>,
    waitMs: number,
    hurry: AbortSignal | undefined,
    late: () => void,
  ): Promise<{ readonly result: T } | undefined> => {
    const wait = new AbortController();
    const stop = () => wait.abort();
    const cancel = clock.setTimer(() => {
      late();
      stop();
    }, waitMs);
    hurry?.addEventListener('abort', stop);
    const rest = () => {
      cancel();
      hurry?.removeEventListener('abort', stop);
    };
    try {
      return await holding(
        key,
        () => {
          rest();
          return exchange();
        },
        wait.signal,
      );
    } finally {
      rest();
    }
  };

  return async (exchange, waitMs, hurry) => {
    if (locks === undefined) return exchange('at-once');
    const key = name();
    let isLate = false;
    const late = () => {
      isLate = true;
    };
    const turnNow = () => (isLate ? 'unlocked' : 'waited');
    let found = await holding(key, () => exchange('at-once'), 'never');
    for (const lock of [key, `${key}:second`]) {
      if (found === undefined && hurry?.aborted !== true) {
        found = await within(lock, () => exchange(turnNow()), waitMs, hurry, late);
      }
    }
    return found === undefined ? exchange(turnNow()) : found.result;
  };
};
