import type { Clock } from '../../platform/platform.ts';

/** A clock that stands still until the test moves it. */
export interface VirtualClock extends Clock {
  /** Lets time pass, firing timers in order. Before the first and after each one, `settled` is awaited. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock forward or back, as a user does. No time passes and no timer fires. */
  setWall(byMs: number): void;
  /** How many timers are set. */
  timers(): number;
}

/** Makes a clock. `settled` resolves when nothing goes on any more that needs no time. */
export function createVirtualClock(settled: () => Promise<void>): VirtualClock {
  let wallAt = 1_700_000_000_000;
  let monotonicAt = 1000;
  let ids = 0;
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();

  let advanced: Promise<void> = Promise.resolve();

  const pass = (ms: number) => {
    wallAt += ms;
    monotonicAt += ms;
  };

  const advanceAlone = async (ms: number): Promise<void> => {
    const endAt = monotonicAt + ms;
    await settled();
    for (;;) {
      const [id, next] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (id === undefined || next === undefined || next.at > endAt) break;
      timers.delete(id);
      pass(Math.max(next.at - monotonicAt, 0));
      next.callback();
      await settled();
    }
    pass(endAt - monotonicAt);
  };

  return {
    now: () => ({ wallAt, monotonicAt }),
    setTimer: (callback, delayMs) => {
      const id = ++ids;
      timers.set(id, { at: monotonicAt + delayMs, callback });
      return () => void timers.delete(id);
    },
    advance: (ms) => {
      // One after the other: otherwise time would go back at the end of the shorter one.
      const turn = advanced.then(() => advanceAlone(ms));
      advanced = turn.catch(() => {});
      return turn;
    },
    setWall: (byMs) => {
      wallAt += byMs;
    },
    timers: () => timers.size,
  };
}
