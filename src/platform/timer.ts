import type { Clock } from './platform.ts';

/** A timer of more than 2^31 − 1 ms fires at once in every engine, so a long wait is made of slices. */
const sliceMs = 43_200_000;

/** One alarm: setting it replaces the one before, and `undefined` takes it away. */
export const createTimer = (clock: Clock, ring: () => void): ((inMs: number | undefined) => void) => {
  let cancel: (() => void) | undefined;
  return (inMs) => {
    cancel?.();
    // A ring before its time does no harm: whoever hears it asks anew what is due.
    cancel = inMs === undefined ? undefined : clock.setTimer(ring, Math.min(Math.ceil(inMs), sliceMs));
  };
};
