import type { Clock } from '../../platform/platform.ts';

/** A clock that can be stopped for good: its timers are cleared then, and no other is set. */
export function createEndableClock(clock: Clock): Clock & { end(): void } {
  const timers = new Set<() => void>();
  let isEnded = false;
  return {
    now: clock.now,
    setTimer: (callback, delayMs) => {
      if (isEnded) return () => {};
      const clear = clock.setTimer(() => {
        timers.delete(clear);
        callback();
      }, delayMs);
      timers.add(clear);
      return () => {
        timers.delete(clear);
        clear();
      };
    },
    end: () => {
      isEnded = true;
      for (const clear of timers) clear();
      timers.clear();
    },
  };
}
