import type { Locks } from '../../../src/platform/platform.ts';
import { createLock, type LockResult } from '../../../src/tabs/lock.ts';
import { createFakePlatform } from '../fake-platform.ts';
import { createFakeLocks } from './fake-locks.ts';

export const name = 'silent-refresh:test';
export const waitMs = 3000;

export const createPages = () => {
  const { clock, advance, timers } = createFakePlatform(() => Promise.reject(new Error()));
  const manager = createFakeLocks((_tab, _brings, deliver) => deliver());
  const page = (tab: string, locks: Locks | undefined = manager.of(tab, (run) => run())) =>
    createLock(locks, clock, () => name, hold);
  return { manager, advance, timers, page };
};

/** Until it ends, however it does. */
export const hold = (exchange: Promise<unknown>): Promise<void> =>
  exchange.then(
    () => {},
    () => {},
  );

/** An exchange that ends when it is told to, and the turns it was told of. */
export const createExchange = () => {
  const begun: LockResult[] = [];
  let end = (_: string) => {};
  let fail = (_: unknown) => {};
  const run = (turn: LockResult) => {
    begun.push(turn);
    return new Promise<string>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
  };
  return { run, begun, end: (result = 'done') => end(result), fail: (error: unknown) => fail(error) };
};

/** Locks that answer every request in their own way. */
export const locksThat = (request: Locks['request']): Locks => ({ request });
