import { describe, expect, it } from 'vitest';
import { decideUse } from '../../../../src/server/rotation/decide-use.ts';
import { endRecord, type SessionRecord, startSession } from '../../../../src/server/rotation/session-record.ts';

const timeouts = { idleTimeoutMs: 1_000, absoluteTimeoutMs: 2_000 };
const session: SessionRecord = { ...startSession('s', 'ann', 0, timeouts), generation: 5, parent: 3, dead: [[4, 4]] };

describe('decideUse', () => {
  it('RT-9 confirms the current generation at its first use', () => {
    expect(decideUse(session, 5, 1)).toEqual({ action: 'accept', session: { ...session, confirmed: true } });
  });

  it('writes nothing at the second use', () => {
    const confirmed = { ...session, confirmed: true };
    const decision = decideUse(confirmed, 5, 1);
    expect(decision.action === 'accept' && decision.session).toBe(confirmed);
  });

  it('accepts an older generation without confirming the current one', () => {
    const decision = decideUse(session, 3, 1);
    expect(decision.action === 'accept' && decision.session).toBe(session);
  });

  it('RT-8 takes the use of an undelivered generation for reuse', () => {
    expect(decideUse(session, 4, 1)).toEqual({ action: 'reuse', session: { ...session, state: 'reused' } });
  });

  it('refuses a generation the session has not reached', () => {
    expect(decideUse(session, 6, 1)).toEqual({ action: 'refuse' });
  });

  it.each(['revoked', 'reused'] as const)('RT-11 refuses every token of a session that is %s', (state) => {
    for (const generation of [3, 4, 5]) {
      expect(decideUse(endRecord(session, state), generation, 1)).toEqual({ action: 'refuse' });
    }
  });

  it('refuses a session that has expired', () => {
    expect(decideUse(session, 5, 1_000)).toEqual({ action: 'refuse' });
  });
});
