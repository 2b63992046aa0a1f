import type { Clock } from '../platform/platform.ts';
import { withTimeout } from '../platform/with-timeout.ts';

/** Runs a request once the one before is over, or after `waitMs`. With 0 it runs before the call returns. */
export type Enqueue = <T>(request: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * Sends one auth request of this page at a time (sign-in, refresh, sign-out), since each response may set the
 * cookie. A request that never ends keeps its slot for `maxHoldMs`, counted from when it was sent.
 */
export function createRequestQueue(clock: Clock, maxHoldMs: number): Enqueue {
  let lastSlot: Promise<unknown> | undefined;
  return (request, waitMs) => {
    const before = lastSlot;
    const ready = before === undefined || waitMs === 0 ? undefined : withTimeout(clock, before, waitMs);
    const running = ready === undefined ? request() : ready.then(request);
    const over =
      ready === undefined
        ? withTimeout(clock, running, maxHoldMs)
        : ready.then(() => withTimeout(clock, running, maxHoldMs));
    const slot = Promise.all([before, over]).then(() => {
      if (lastSlot === slot) lastSlot = undefined;
    });
    lastSlot = slot;
    return running;
  };
}
