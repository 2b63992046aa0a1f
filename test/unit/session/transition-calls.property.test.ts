import { describe, expect, it, vi } from 'vitest';
import { sessionOf } from '../../../src/session/snapshot.ts';
import { elapsedMs, waitedMs } from '../../../src/session/time.ts';
import fc from '../random.ts';
import { playHistory, rules, type Settled } from './model.ts';
import { histories, lockedOutHistories, type Move } from './moves.ts';

// A thousand histories take a second, and more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** Checks a law on the end of every call. The law says whether it had anything to say; that has to happen often. */
const holds = (
  leastOften: number,
  law: (settled: Settled) => boolean,
  source: fc.Arbitrary<Move[]> = histories,
): void => {
  let spoken = 0;
  fc.assert(
    fc.property(source, (moves) => {
      playHistory(moves, {
        onSettled: (settled) => {
          if (law(settled)) spoken++;
        },
      });
    }),
    { numRuns: 1000 },
  );
  expect(spoken).toBeGreaterThan(leastOften);
};

const wasHeld = ({ phases }: Settled): boolean => phases.some((phase) => phase.for === 'held');

/** How long a call has waited, and was held, by the clock that nobody sets. */
const spent = ({ phases, now }: Settled, what: 'wait' | 'held'): number[] =>
  phases.flatMap((phase, nth) => (phase.for === what ? [waitedMs(phase.since, phases[nth + 1]?.since ?? now)] : []));

describe('every call', () => {
  it('gets its answer within refreshTimeoutMs', () => {
    holds(80, (settled) => {
      if (wasHeld(settled)) return false;
      expect(waitedMs(settled.demand.askedAt, settled.now)).toBeLessThanOrEqual(rules.refreshTimeoutMs);
      return settled.answer.is === 'unavailable';
    });
  });

  it('of a known user is never given the token of another', () => {
    holds(30, ({ answer, owner }) => {
      if (answer.is !== 'token' || owner === 'anyone' || owner === undefined) return false;
      expect(answer.token.value).toMatch(`token-${owner}-`);
      return true;
    });
  });

  it('is told where somebody else is signed in', () => {
    let others = 0;
    holds(20, ({ answer, owner }) => {
      if (answer.is === 'other-user') others++;
      return answer.is === 'token' && owner === 'anyone';
    });
    expect(others).toBeGreaterThan(2);
  });

  it('that gets a token gets one that has not run out', () => {
    holds(80, ({ answer, now }) => {
      if (answer.is !== 'token' || answer.token.lifetimeMs === undefined) return false;
      expect(elapsedMs(answer.token.obtainedAt, now)).toBeLessThan(answer.token.lifetimeMs);
      return true;
    });
  });
});

describe('every call of somebody locked out', () => {
  const check = (leastOften: number, law: (settled: Settled) => boolean) => holds(leastOften, law, lockedOutHistories);

  it('is held for no longer than holdTimeoutMs, and waits for a token no longer than refreshTimeoutMs', () => {
    check(100, (settled) => {
      const [held, waits] = [spent(settled, 'held'), spent(settled, 'wait')];
      expect(Math.max(...held, 0)).toBeLessThanOrEqual(rules.holdTimeoutMs);
      expect(Math.max(...waits, 0)).toBeLessThanOrEqual(rules.refreshTimeoutMs);
      return held.length > 0;
    });
  });

  it('takes no longer, before it is held and while it is, than the sum of both', () => {
    let waitedBefore = 0;
    check(100, (settled) => {
      const firstHeld = settled.phases.findIndex((phase) => phase.for === 'held');
      if (firstHeld < 0) return false;
      const until = settled.phases[firstHeld + 1]?.since ?? settled.now;
      const mostMs = rules.holdTimeoutMs + rules.refreshTimeoutMs;
      expect(waitedMs(settled.demand.askedAt, until)).toBeLessThanOrEqual(mostMs);
      if (firstHeld > 0) waitedBefore++;
      return true;
    });
    expect(waitedBefore).toBeGreaterThan(200);
  });

  it('is held until its time is up by one of the clocks, if nothing else happens', () => {
    const reasons = { byWall: 0, byMonotonic: 0 };
    check(50, (settled) => {
      const { answer, state, phases, now } = settled;
      const phase = phases.at(-1);
      // Where another page has signed in, an unknown user is nobody's equal any more.
      if (state.identityVersion !== settled.demand.identityVersion) return false;
      if (phase?.for !== 'held' || answer.is !== 'ended' || state.session.status !== 'relogin-required') return false;
      expect(elapsedMs(phase.since, now)).toBeGreaterThanOrEqual(rules.holdTimeoutMs);
      if (waitedMs(phase.since, now) >= rules.holdTimeoutMs) reasons.byMonotonic++;
      else reasons.byWall++;
      return true;
    });
    expect(reasons.byWall).toBeGreaterThan(8);
    expect(reasons.byMonotonic).toBeGreaterThan(20);
  });

  it('that asked for it is held, and one that did not is told of the end', () => {
    const kinds = { held: 0, ended: 0 };
    check(50, (settled) => {
      const { demand, answer, state } = settled;
      if (wasHeld(settled)) {
        expect(demand.holds).toBe(true);
        kinds.held++;
      }
      if (demand.holds || demand.fresh || answer.is !== 'ended' || state.session.status !== 'relogin-required')
        return false;
      kinds.ended++;
      return true;
    });
    expect(kinds.held).toBeGreaterThan(100);
  });

  it('that was held gets the token of the same user, never one of somebody else or of who is unknown', () => {
    let others = 0;
    check(50, (settled) => {
      const { answer, demand, owner, state } = settled;
      if (!wasHeld(settled)) return false;
      const { session } = state;
      if (answer.is === 'other-user' || (session.status === 'unauthenticated' && session.reason === 'user-changed'))
        others++;
      if (answer.is !== 'token') return false;
      // The session of an unknown user may go on; a new one is nobody's that a call knows.
      if (owner === undefined) expect(state.identityVersion).toBe(demand.identityVersion);
      expect(answer.token.value).toMatch(`token-${owner}-`);
      return true;
    });
    expect(others).toBeGreaterThan(20);
  });

  it('that was held is told of a sign-out', () => {
    check(20, (settled) => {
      const { answer, state } = settled;
      if (!wasHeld(settled) || state.session.status !== 'unauthenticated') return false;
      expect(answer.is).toBe('ended');
      return true;
    });
  });

  it('is counted while it is held, and no longer', () => {
    let shown = 0;
    fc.assert(
      fc.property(lockedOutHistories, (moves) => {
        playHistory(moves, {
          onRest: (state, calls) => {
            const count = calls.filter(({ phases }) => phases.at(-1)?.for === 'held').length;
            expect(state.heldCalls).toBe(count);
            const session = sessionOf(state);
            if (session.status !== 'relogin-required') return;
            expect(session.heldCalls).toBe(count);
            if (count > 1) shown++;
          },
        });
      }),
      { numRuns: 1000 },
    );
    expect(shown).toBeGreaterThan(100);
  });
});
