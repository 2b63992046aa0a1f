import type { Clock } from '../platform/platform.ts';

/** Runs an exchange when the one before is over, or `waitMs` have passed; at 0 it runs within the call. */
export type TakeTurn = <T>(exchange: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * One exchange with the auth server at a time, since each may set the cookie: sign-in, refresh and sign-out take turns. An
 * exchange that never ends holds the others up for a bounded time only.
 */
export const createTurns = (clock: Clock, maxHoldMs: number): TakeTurn => {
  let last: Promise<unknown> | undefined;
  const within = (promise: Promise<unknown>, ms: number): Promise<unknown> =>
    new Promise<void>((resolve) => {
      const cancel = clock.setTimer(resolve, ms);
      const over = () => {
        cancel();
        resolve();
      };
      promise.then(over, over);
    });
  return (exchange, waitMs) => {
    const before = last;
    const turn = before === undefined || waitMs === 0 ? exchange() : within(before, waitMs).then(exchange);
    const held = Promise.all([before, within(turn, maxHoldMs)]).then(() => {
      if (last === held) last = undefined;
    });
    last = held;
    return turn;
  };
};
