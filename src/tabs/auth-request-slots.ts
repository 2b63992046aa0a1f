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
  /** For a refresh. Resolves when the refresh is over, which may be long after its slot has ended. */
  enqueueRefresh(refresh: (lock: LockResult) => Promise<unknown>): Promise<void>;
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
      let running: Promise<unknown> | undefined;
      const untilSlotEnds = (lock: LockResult) => {
        running = refresh(lock);
        return Promise.race([running, ended]);
      };
      await inSlot(untilSlotEnds, SLOT_WAIT_MS, wait.signal);
      await running;
    },
    endWait: () => wait.abort(),
    endSlot: () => {
      wait.abort();
      endSlot();
    },
  };
}
