import type { Clock, Locks } from '../platform/platform.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { createLock, type LockResult } from './lock.ts';
import { createRequestQueue, type Enqueue } from './request-queue.ts';

/** How long a request waits for another one of this page. */
export const SLOT_WAIT_MS = 3000;

export interface AuthRequestSlotsParts {
  readonly clock: Clock;
  readonly locks: Locks | undefined;
  /** The name of the lock. */
  readonly name: () => string;
  /** How long a request waits for another tab's. */
  readonly lockWaitMs: number;
  /** How long a request without a response may keep the others waiting. */
  readonly presumedLostMs: number;
}

/** One auth request at a time: in this page by a queue, among all tabs by a lock. */
export interface AuthRequestSlots {
  /** For sign-in and sign-out. With 0 ms the request waits for nobody. */
  readonly enqueue: Enqueue;
  /** For a refresh. The result comes when the refresh is over, which may be long after its slot has ended. */
  enqueueRefresh<T>(refresh: (lock: LockResult) => Promise<T>): Promise<T>;
  /** The refresh waits no longer for its slot. */
  endWait(): void;
  /** The refresh waits no longer for its slot, and does not keep the others waiting. */
  endSlot(): void;
}

export function createAuthRequestSlots(parts: AuthRequestSlotsParts): AuthRequestSlots {
  const { clock, lockWaitMs, presumedLostMs } = parts;
  const queue = createRequestQueue(clock, presumedLostMs);
  const withLock = createLock(parts.locks, clock, parts.name, (request) => withTimeout(clock, request, presumedLostMs));
  let wait = new AbortController();
  let endSlot = () => {};

  /** The request waits for nobody, but the others wait for it: its response may set the cookie. */
  const atOnce = <T>(request: (lock: LockResult) => Promise<T>): Promise<T> => {
    const running = queue(() => request('at-once'), 0);
    void withLock(() => withTimeout(clock, running, SLOT_WAIT_MS), lockWaitMs);
    return running;
  };

  const inSlot = <T>(request: (lock: LockResult) => Promise<T>, waitMs: number, hurry?: AbortSignal): Promise<T> =>
    waitMs === 0 ? atOnce(request) : queue(() => withLock(request, Math.min(lockWaitMs, waitMs), hurry), waitMs);

  return {
    enqueue: (request, waitMs) => inSlot(request, waitMs),
    enqueueRefresh: async (refresh) => {
      wait = new AbortController();
      const ended = new Promise<void>((resolve) => {
        endSlot = resolve;
      });
      // In an object, so that the slot can end while the refresh goes on.
      const { running } = await inSlot(
        async (lock) => {
          const running = refresh(lock);
          await Promise.race([running, ended]);
          return { running };
        },
        SLOT_WAIT_MS,
        wait.signal,
      );
      return running;
    },
    endWait: () => wait.abort(),
    endSlot: () => {
      wait.abort();
      endSlot();
    },
  };
}
