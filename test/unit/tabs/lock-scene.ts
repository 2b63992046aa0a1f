import type { Locks } from '../../../src/platform/platform.ts';
import { createLock, type LockResult } from '../../../src/tabs/lock.ts';
import { createTabLocks } from '../../../src/testing/browser/tab-locks.ts';
import { createFakePlatform } from '../fake-platform.ts';

export const name = 'silent-refresh:test';
export const waitMs = 3000;

/** Pages that want one lock of the test kit's lock manager, or of another one. */
export const createPages = () => {
  const { clock, advance, timers } = createFakePlatform(() => Promise.reject(new Error()));
  const manager = createTabLocks((_tab, _brings, deliver) => deliver());
  const page = (tab: string, locks: Locks | undefined = manager.of(tab, (run) => run())) =>
    createLock(locks, clock, () => name, hold);
  return { manager, advance, timers, page };
};

/** Resolves when it has settled. */
export const hold = (request: Promise<unknown>): Promise<void> =>
  request.then(
    () => {},
    () => {},
  );

/** A request that ends when the test says so, and how it got the lock each time it ran. */
export const createAuthRequest = () => {
  const begun: LockResult[] = [];
  let end = (_: string) => {};
  let fail = (_: unknown) => {};
  const run = (lock: LockResult) => {
    begun.push(lock);
    return new Promise<string>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
  };
  return { run, begun, end: (result = 'done') => end(result), fail: (error: unknown) => fail(error) };
};

/** Locks with another `request`. */
export const locksThat = (request: Locks['request']): Locks => ({ request });
