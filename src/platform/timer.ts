import type { Clock } from './platform.ts';

/** A timer of more than 2^31 − 1 ms fires at once in every engine, so a long wait is made of slices. */
const SLICE_MS = 43_200_000;

/** One timer: setting it replaces the one before, and `undefined` cancels it. */
export function createTimer(clock: Clock, callback: () => void): (inMs: number | undefined) => void {
  let cancel: (() => void) | undefined;
  return (inMs) => {
    cancel?.();
    // An early call does no harm: the callback checks what is due.
    cancel = inMs === undefined ? undefined : clock.setTimer(callback, Math.min(Math.ceil(inMs), SLICE_MS));
  };
}
