import { describe, expect, it } from 'vitest';
import { decideUse } from '../../../src/server/access-use.ts';
import { endFamily, type FamilyRecord, startFamily } from '../../../src/server/family.ts';

const timeouts = { idleTimeoutMs: 1_000, absoluteTimeoutMs: 2_000 };
const family: FamilyRecord = { ...startFamily('s', 'ann', 0, timeouts), generation: 5, parent: 3, dead: [[4, 4]] };

describe('decideUse', () => {
  it('RT-9 confirms the current generation at its first use', () => {
    expect(decideUse(family, 5, 1)).toEqual({ action: 'accept', family: { ...family, confirmed: true } });
  });

  it('writes nothing at the second use', () => {
    const confirmed = { ...family, confirmed: true };
    const decision = decideUse(confirmed, 5, 1);
    expect(decision.action === 'accept' && decision.family).toBe(confirmed);
  });

  it('accepts an older generation without confirming the current one', () => {
    const decision = decideUse(family, 3, 1);
    expect(decision.action === 'accept' && decision.family).toBe(family);
  });

  it('RT-8 takes the use of an undelivered generation for reuse', () => {
    expect(decideUse(family, 4, 1)).toEqual({ action: 'reuse', family: { ...family, state: 'reused' } });
  });

  it('refuses a generation the family has not reached', () => {
    expect(decideUse(family, 6, 1)).toEqual({ action: 'refuse' });
  });

  it.each(['revoked', 'reused'] as const)('RT-11 refuses every token of a family that is %s', (state) => {
    for (const generation of [3, 4, 5]) {
      expect(decideUse(endFamily(family, state), generation, 1)).toEqual({ action: 'refuse' });
    }
  });

  it('refuses a family that has expired', () => {
    expect(decideUse(family, 5, 1_000)).toEqual({ action: 'refuse' });
  });
});
