import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elapsedMs, type Instant, waitedMs } from '../../../src/session/expiry.ts';
import { policy } from './fixture.ts';
import { type Happening, histories, playHistory, type Settled } from './model.ts';

const runs = { numRuns: 1000 };
const DEFINITIVE = ['expired', 'revoked', 'reused', 'anonymous'];

/** Checks a law on every step of every history. The law says whether it had anything to say; that has to happen often. */
const holds = (leastOften: number, createLaw: () => (step: Happening) => boolean): void => {
  let spoken = 0;
  fc.assert(
    fc.property(histories, (moves) => {
      const law = createLaw();
      playHistory(
        moves,
        (step) => {
          if (law(step)) spoken++;
        },
        () => {},
      );
    }),
    runs,
  );
  expect(spoken).toBeGreaterThan(leastOften);
};

const holdsOfCalls = (leastOften: number, law: (settled: Settled) => boolean): void => {
  let spoken = 0;
  fc.assert(
    fc.property(histories, (moves) => {
      playHistory(
        moves,
        () => {},
        (settled) => {
          if (law(settled)) spoken++;
        },
      );
    }),
    runs,
  );
  expect(spoken).toBeGreaterThan(leastOften);
};

const beginsIn = ({ effects }: Happening): number => effects.filter(({ type }) => type === 'exchange').length;

describe('in every history', () => {
  it('an exchange begins only when the one before was answered, given up or past the ceiling', () => {
    holds(300, () => {
      let running: Instant | undefined;
      return (step) => {
        const { event, before, after, now } = step;
        const isAnswer = 'exchange' in event && event.exchange === before.exchanges;
        // What was begun in another epoch will not count.
        const isGivenUp = event.type === 'restored' || after.epoch !== before.epoch;
        if (isAnswer || isGivenUp) running = undefined;
        if (beginsIn(step) === 0) return false;
        expect(running === undefined || waitedMs(running, now) >= policy.exchangeCeilingMs).toBe(true);
        expect(beginsIn(step)).toBe(1);
        running = now;
        return true;
      };
    });
  });

  it('two exchanges keep the least distance', () => {
    holds(300, () => {
      let last: Instant | undefined;
      return (step) => {
        if (beginsIn(step) === 0) return false;
        const spoken = last !== undefined;
        if (last !== undefined) expect(waitedMs(last, step.now)).toBeGreaterThanOrEqual(policy.minDistanceMs);
        last = step.now;
        return spoken;
      };
    });
  });

  it('nothing begins before the start or after the stop', () => {
    holds(500, () => (step) => {
      if (step.after.started) return false;
      expect(beginsIn(step)).toBe(0);
      return true;
    });
  });

  it('a token is held by an authenticated session alone', () => {
    holds(300, () => ({ after }) => {
      if (after.session.status === 'authenticated') return false;
      expect(after.token).toBeUndefined();
      return true;
    });
  });

  it('RT-18 a result of another epoch changes neither session nor token nor user', () => {
    holds(60, () => ({ event, before, after }) => {
      if (!('epoch' in event) || event.epoch === before.epoch) return false;
      expect(after.session).toBe(before.session);
      expect(after.token).toBe(before.token);
      expect(after.user).toBe(before.user);
      return true;
    });
  });

  it('a new token comes from a sign-in or from a result of its own epoch, and from nowhere else', () => {
    holds(300, () => ({ event, before, after }) => {
      if (after.token === undefined || after.token === before.token) return false;
      const ofThisEpoch = (event.type === 'refreshed' || event.type === 'found') && event.epoch === before.epoch;
      expect(ofThisEpoch || event.type === 'signed-in').toBe(true);
      return true;
    });
  });

  it('a failure never ends a session', () => {
    holds(100, () => ({ event, before, after }) => {
      if (event.type !== 'refresh-failed') return false;
      expect(after.session.status).toBe(before.session.status);
      expect(after.token).toBe(before.token);
      return true;
    });
  });

  it('a definitive no ends a session exactly once', () => {
    holds(60, () => ({ before, effects }) => {
      const ends = effects.filter(
        (effect) =>
          effect.type === 'tell' && effect.event.type === 'session-ended' && DEFINITIVE.includes(effect.event.reason),
      );
      expect(ends.length).toBeLessThanOrEqual(1);
      if (ends.length === 1) expect(['loading', 'authenticated']).toContain(before.session.status);
      return ends.length === 1;
    });
  });

  it('whoever leaves is seen off before another user is shown', () => {
    holds(40, () => {
      let present: { readonly sub: string | undefined } | undefined;
      return ({ effects }) => {
        let changed = false;
        for (const effect of effects) {
          if (effect.type === 'user-left') {
            changed = true;
            present = undefined;
          }
          if (effect.type !== 'show' || effect.session.status !== 'authenticated') continue;
          const { sub } = effect.session.claims;
          expect(present === undefined || present.sub === sub).toBe(true);
          present = { sub };
        }
        return changed;
      };
    });
  });

  it('what is shown is frozen, is what is known, and holds no token', () => {
    holds(300, () => ({ effects, after }) => {
      const shown = effects.flatMap((effect) => (effect.type === 'show' ? [effect.session] : []));
      expect(shown.every(Object.isFrozen)).toBe(true);
      expect(JSON.stringify([effects.filter(({ type }) => type === 'show' || type === 'tell')])).not.toContain(
        'token-',
      );
      if (shown.length > 0) expect(shown.at(-1)).toBe(after.session);
      return shown.length > 0;
    });
  });

  it('nothing is left to be done at once: every plan is for later', () => {
    holds(300, () => ({ event, after, now, effects }) => {
      if (effects.length === 0) return false;
      const exchangesNow = after.begunAt !== undefined && waitedMs(after.begunAt, now) >= policy.exchangeCeilingMs;
      expect(after.started && after.inFlight && exchangesNow, event.type).toBe(false);
      return true;
    });
  });
});

describe('every call', () => {
  it('gets its answer within refreshTimeoutMs', () => {
    holdsOfCalls(80, ({ answer, askedAt, now }) => {
      expect(waitedMs(askedAt, now)).toBeLessThanOrEqual(policy.refreshTimeoutMs);
      return answer.is === 'unavailable';
    });
  });

  it('of a known user is never given the token of another', () => {
    holdsOfCalls(30, ({ answer, owner }) => {
      if (answer.is !== 'token' || owner === 'anyone') return false;
      expect(answer.token.value).toMatch(`token-${owner}-`);
      return true;
    });
  });

  it('is told where somebody else is signed in', () => {
    let others = 0;
    holdsOfCalls(20, ({ answer, owner }) => {
      if (answer.is === 'other-user') others++;
      return answer.is === 'token' && owner === 'anyone';
    });
    expect(others).toBeGreaterThan(2);
  });

  it('that gets a token gets one that has not run out', () => {
    holdsOfCalls(80, ({ answer, now }) => {
      if (answer.is !== 'token' || answer.token.lifetimeMs === undefined) return false;
      expect(elapsedMs(answer.token.obtainedAt, now)).toBeLessThan(answer.token.lifetimeMs);
      return true;
    });
  });
});
