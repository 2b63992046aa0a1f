import { answering, delay, type Fault } from '../browser/harness/faults.ts';
import type { Numbers } from './numbers.ts';

/** What becomes of one refresh. */
export type Fate = 'well' | 'unavailable' | 'lost';

/** Numbers from 0 to 1, always the same ones for a seed (mulberry32). */
const numbersFrom = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * The fates of `count` refreshes, in order. Never three faults in a row: after the third failure calls are told at once that
 * there is no token, as they should be, and this is about the faults that no call may notice.
 */
export const fatesOf = ({ seed, unavailableShare, lostShare }: Numbers, count: number): readonly Fate[] => {
  const next = numbersFrom(seed);
  const fates: Fate[] = [];
  for (let index = 0; index < count; index++) {
    const drawn = next();
    const isThird = index > 1 && fates[index - 1] !== 'well' && fates[index - 2] !== 'well';
    const fault = drawn < unavailableShare ? 'unavailable' : drawn < unavailableShare + lostShare ? 'lost' : 'well';
    fates.push(isThird ? 'well' : fault);
  }
  return fates;
};

export const faultOf = (fate: Fate, { refreshLatencyMs }: Numbers): Fault => ({
  ...(fate === 'unavailable' && answering(503)),
  before: delay(refreshLatencyMs),
  drop: fate === 'lost',
});
