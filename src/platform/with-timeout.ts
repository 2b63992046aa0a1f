import type { Clock } from './platform.ts';

/** Waits for work to end, however it does, and for `ms` at most. */
export const withTimeout = (clock: Clock, work: Promise<unknown>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.setTimer(resolve, ms);
    const over = () => {
      cancel();
      resolve();
    };
    work.then(over, over);
  });
