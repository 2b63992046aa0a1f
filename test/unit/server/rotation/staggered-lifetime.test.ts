import { describe, expect, it } from 'vitest';
import { staggeredLifetimeMs } from '../../../../src/server/rotation/staggered-lifetime.ts';
import fc from '../../random.ts';
import { DAY, MINUTE, SECOND } from '../fixture.ts';

const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('staggeredLifetimeMs', () => {
  it('is 10 to 30 % shorter (S-21)', () => {
    expect(staggeredLifetimeMs(5 * MINUTE, 0)).toBe(210 * SECOND);
    fc.assert(
      fc.property(anyRandom, (random) => {
        const lifetimeMs = staggeredLifetimeMs(5 * MINUTE, random);
        expect(lifetimeMs).toBeGreaterThanOrEqual(210 * SECOND);
        expect(lifetimeMs).toBeLessThanOrEqual(270 * SECOND);
      }),
    );
  });

  it('is whole seconds, and at least one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: DAY / SECOND }), anyRandom, (seconds, random) => {
        const lifetimeMs = staggeredLifetimeMs(seconds * SECOND, random);
        expect(lifetimeMs % SECOND).toBe(0);
        expect(lifetimeMs).toBeGreaterThanOrEqual(SECOND);
      }),
    );
  });
});
