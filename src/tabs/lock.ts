import type { Clock, Locks } from '../platform/platform.ts';

/**
 * How a request got the lock.
 * - `at-once`: it was free.
 * - `waited`: another tab had it.
 * - `unlocked`: not at all, or the second lock alone. Another tab still has it and may be sending a request.
 */
export type LockResult = 'at-once' | 'waited' | 'unlocked';

/**
 * Runs a request while no other tab of the session runs one. Aborting `hurry` ends the waiting: the request
 * runs at once.
 */
export type WithLock = <T>(
  request: (lock: LockResult) => Promise<T>,
  waitMs: number,
  hurry?: AbortSignal,
) => Promise<T>;

/** The result of a request that ran with the lock, or why it did not get the lock. */
type Outcome<T> = { readonly result: T } | 'refused' | 'hurried' | 'late';

/** A lock manager gets at least this long to say whether a lock is free, even if `waitMs` is shorter. */
const MIN_ANSWER_MS = 100;

/**
 * One auth request at a time among all tabs of the session.
 * - No tab waits for ever. If the tab with the lock is frozen or hostile, the others wait `waitMs`, then use
 *   a second lock among themselves, then go on without one.
 * - If the lock manager does not even say whether the lock is free, it is not asked again for this request.
 * - The lock is held until the request is over, or for as long as `hold` waits for it.
 *
 * The lock only saves requests. What keeps the session alive when requests overlap is their idempotency key.
 */
export function createLock(
  locks: Locks | undefined,
  clock: Clock,
  name: () => string,
  hold: (request: Promise<unknown>) => Promise<void>,
): WithLock {
  /**
   * A lock that is granted after the waiting is over is released. Once the request runs, its result counts,
   * even if the browser takes the lock away.
   */
  const ask = async <T>(
    manager: Locks,
    key: string,
    request: () => Promise<T>,
    waitMs: number,
    hurry: AbortSignal | undefined,
    isFirst: boolean,
  ): Promise<Outcome<T>> => {
    const wait = new AbortController();
    let running: Promise<T> | undefined;
    let why: 'refused' | 'hurried' | 'late' | undefined;
    let stopWaiting = () => {};
    const waitingIsOver = new Promise<void>((resolve) => {
      const end = (reason: 'hurried' | 'late') => {
        why = reason;
        wait.abort();
        resolve();
      };
      const cancel = clock.setTimer(() => end('late'), waitMs);
      const hurried = () => end('hurried');
      hurry?.addEventListener('abort', hurried);
      stopWaiting = () => {
        cancel();
        hurry?.removeEventListener('abort', hurried);
      };
    });
    const held = async (isGranted: boolean) => {
      if (!isGranted || why !== undefined) return;
      stopWaiting();
      running = (async () => request())();
      await hold(running);
    };
    // Our own timer ends the waiting as well: a manager that never answers may ignore the signal, too.
    await Promise.race([manager.request(key, isFirst ? 'never' : wait.signal, held).catch(() => {}), waitingIsOver]);
    stopWaiting();
    if (running !== undefined) return { result: await running };
    why ??= 'refused';
    return why;
  };

  return async (request, waitMs, hurry) => {
    if (locks === undefined) return request('at-once');
    const key = name();
    const first = await ask(locks, key, () => request('at-once'), Math.max(waitMs, MIN_ANSWER_MS), hurry, true);
    if (typeof first === 'object') return first.result;
    let got: LockResult = first === 'late' ? 'unlocked' : 'waited';
    for (const lock of first === 'late' ? [] : [key, `${key}:second`]) {
      if (hurry?.aborted === true) break;
      const found = await ask(locks, lock, () => request(got), waitMs, hurry, false);
      if (typeof found === 'object') return found.result;
      if (found === 'late') got = 'unlocked';
    }
    return request(got);
  };
}
