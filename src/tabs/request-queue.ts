import type { Clock } from '../platform/platform.ts';
import { withTimeout } from '../platform/with-timeout.ts';

/** Runs an exchange when the one before is over, or `waitMs` have passed; at 0 it runs within the call. */
export type Enqueue = <T>(exchange: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * One exchange with the auth server at a time, since each may set the cookie: sign-in, refresh and sign-out take turns. An
 * exchange that never ends holds the others up for a bounded time only, which counts from its own beginning.
 */
export const createRequestQueue = (clock: Clock, maxHoldMs: number): Enqueue => {
  let last: Promise<unknown> | undefined;
  return (exchange, waitMs) => {
    const before = last;
    const ready = before === undefined || waitMs === 0 ? undefined : withTimeout(clock, before, waitMs);
    const turn = ready === undefined ? exchange() : ready.then(exchange);
    const over =
      ready === undefined ? withTimeout(clock, turn, maxHoldMs) : ready.then(() => withTimeout(clock, turn, maxHoldMs));
    const held = Promise.all([before, over]).then(() => {
      if (last === held) last = undefined;
    });
    last = held;
    return turn;
  };
};
