import { describe, expect, it, vi } from 'vitest';
import { isInFlight, nextDue } from '../../../src/session/schedule.ts';
import { sessionOf } from '../../../src/session/snapshot.ts';
import { INITIAL_STATE, type State } from '../../../src/session/state.ts';
import { elapsedMs, hasSlept, type Instant, waitedMs } from '../../../src/session/time.ts';
import fc from '../random.ts';
import { type Happening, playHistory, rules } from './model.ts';
import { histories, lockedOutHistories, type Move, signedOutHistories } from './moves.ts';

// A thousand histories take a second, and more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const DEFINITIVE = ['expired', 'revoked', 'reused', 'anonymous'];

/** Checks a law on every step of every history. The law says whether it had anything to say; that has to happen often. */
const holds = (
  leastOften: number,
  createLaw: () => (step: Happening) => boolean,
  source: fc.Arbitrary<Move[]> = histories,
): void => {
  let spoken = 0;
  fc.assert(
    fc.property(source, (moves) => {
      const law = createLaw();
      playHistory(moves, {
        onHappening: (step) => {
          if (law(step)) spoken++;
        },
      });
    }),
    { numRuns: 1000 },
  );
  expect(spoken).toBeGreaterThan(leastOften);
};

/** All but the refreshes. */
const knownOf = (state: State<unknown>) => ({
  ...state,
  refresh: undefined,
});

const isLockedOut = ({ session }: State<unknown>): boolean => session.status === 'relogin-required';

const endsIn = (effects: Happening['effects']) =>
  effects.flatMap((effect) => (effect.type === 'tell' && effect.event.type === 'session-ended' ? [effect.event] : []));

const beginsIn = ({ effects }: Happening): number => effects.filter(({ type }) => type === 'refresh').length;

describe('in every history', () => {
  it('a refresh begins only when the one before was answered, given up or presumed lost (C-9)', () => {
    holds(300, () => {
      let running: Instant | undefined;
      return (step) => {
        const { event, before, after, now } = step;
        const isAnswer = 'attempt' in event && event.attempt === before.refresh.attempt;
        // What was begun in another session will not count.
        const isGivenUp = event.type === 'restored' || after.identityVersion !== before.identityVersion;
        if (isAnswer || isGivenUp) running = undefined;
        if (running !== undefined && step.effects.some(({ type }) => type === 'presumed-lost')) {
          const wakes = ['online', 'resumed'].includes(event.type) || hasSlept(running, now);
          const leastMs = wakes ? rules.presumedLostOnWakeMs : rules.presumedLostMs;
          expect(elapsedMs(running, now)).toBeGreaterThanOrEqual(leastMs);
          running = undefined;
        }
        if (beginsIn(step) === 0) return false;
        expect(running).toBeUndefined();
        expect(beginsIn(step)).toBe(1);
        running = now;
        return true;
      };
    });
  });

  it('two refreshes keep the least distance, but for one that somebody with a token asks for at once (C-42)', () => {
    let skipped = 0;
    holds(300, () => {
      let last: Instant | undefined;
      return (step) => {
        const { before, after, now } = step;
        if (beginsIn(step) === 0) return false;
        const spoken = last !== undefined;
        const isNear = last !== undefined && waitedMs(last, now) < rules.minIntervalMs;
        expect(after.refresh.hasSkippedInterval).toBe(isNear);
        if (isNear) {
          skipped++;
          expect([before.refresh.hasSkippedInterval, after.isTokenDemanded, after.token === undefined]).toEqual([
            false,
            true,
            false,
          ]);
        }
        last = now;
        return spoken;
      };
    });
    expect(skipped).toBeGreaterThan(30);
  });

  it('nothing begins before the start or after the stop', () => {
    holds(200, () => (step) => {
      if (step.after.page.isStarted) return false;
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

  it('RT-18 a result of another session changes nothing but what is in flight', () => {
    holds(60, () => ({ event, before, after }) => {
      if (!('identityVersion' in event) || event.identityVersion === before.identityVersion) return false;
      expect(knownOf(after)).toEqual(knownOf(before));
      expect(after.session).toBe(before.session);
      return true;
    });
  });

  it('a new token comes from a sign-in or from a result of its own session, and from nowhere else', () => {
    holds(300, () => ({ event, before, after }) => {
      if (after.token === undefined || after.token === before.token) return false;
      const isOfThisIdentity =
        (event.type === 'refreshed' || event.type === 'user-switched') &&
        event.identityVersion === before.identityVersion;
      expect(isOfThisIdentity || event.type === 'signed-in').toBe(true);
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
      const ends = endsIn(effects).filter(({ reason }) => DEFINITIVE.includes(reason));
      expect(ends.length).toBeLessThanOrEqual(1);
      if (ends.length === 1) expect(['loading', 'authenticated']).toContain(before.session.status);
      return ends.length === 1;
    });
  });

  it('the end of a session names the answer that ended it, and no other end names one', () => {
    holds(60, () => ({ event, effects }) => {
      const ends = endsIn(effects);
      const { status, error } = event.type === 'refresh-rejected' ? event : {};
      expect(ends.every((end) => end.status === status && end.error === error)).toBe(true);
      return ends.length > 0 && status !== undefined;
    });
  });

  it('the end of a session is told once: when its user is locked out, and when nobody is there any more', () => {
    holds(300, () => ({ before, after, effects }) => {
      const [was, is] = [before.session.status, after.session.status];
      const ended = was !== is && (is === 'unauthenticated' || is === 'relogin-required');
      expect(endsIn(effects)).toHaveLength(ended ? 1 : 0);
      return ended;
    });
  });

  it('a sign-out leaves nothing of the session, and asks for nothing', () => {
    holds(60, () => (step) => {
      const { event, before, after, waits, heldCalls } = step;
      if (event.type !== 'signed-out') return false;
      const { user, token, failure, loopGuard, mustRevalidate, isRecorded } = after;
      expect({ user, token, failure, mustRevalidate, isRecorded }).toEqual({ isRecorded: false });
      expect(loopGuard).toEqual(INITIAL_STATE.loopGuard);
      expect([waits, heldCalls, beginsIn(step)]).toEqual([false, 0, 0]);
      expect(after.session).toMatchObject({ status: 'unauthenticated' });
      return before.user !== undefined;
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
          // Who was not named before may be named by a refresh.
          expect(present?.sub === undefined || present.sub === sub).toBe(true);
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
      if (shown.length > 0) expect(shown.at(-1)).toEqual(sessionOf(after));
      return shown.length > 0;
    });
  });

  it('nothing is left to be done at once: every plan is for later', () => {
    holds(300, () => ({ event, after, now, effects }) => {
      if (effects.length === 0) return false;
      const { begunAt } = after.refresh;
      const isLost = begunAt !== undefined && waitedMs(begunAt, now) >= rules.presumedLostMs;
      expect(after.page.isStarted && isInFlight(after) && isLost, event.type).toBe(false);
      return true;
    });
  });
});

describe('in every history of somebody locked out', () => {
  it('`turnedAt` is when that began, or when it was over', () => {
    holds(
      300,
      () => {
        let lockedOutAt: Instant | undefined;
        return ({ before, after, now }) => {
          const turned = isLockedOut(before) !== isLockedOut(after);
          if (turned) lockedOutAt = now;
          expect(after.lockedOutAt).toEqual(lockedOutAt);
          return turned;
        };
      },
      lockedOutHistories,
    );
  });

  it('held calls alone ask the server nothing', () => {
    holds(
      300,
      () => (step) => {
        const { before, after, waited, waits, heldCalls } = step;
        if (!isLockedOut(before) || !isLockedOut(after) || waited || waits) return false;
        // Another page has signed in.
        if (before.mustRevalidate === 'due' || after.mustRevalidate === 'due') return false;
        expect(beginsIn(step)).toBe(0);
        expect(after.isTokenDemanded).toBe(false);
        if (!isInFlight(after)) expect(nextDue(after, step.now, rules)).toBeUndefined();
        return heldCalls > 0;
      },
      lockedOutHistories,
    );
  });
});

describe('in every history after a sign-out that is still to be confirmed', () => {
  it('nobody is asked for before it is over, unless a call wants to know', () => {
    holds(
      60,
      () => (step) => {
        const { after, waited, waits } = step;
        // Somebody who has signed in elsewhere is looked for at once.
        if (after.mustRevalidate !== 'sign-out-pending' || after.session.status === 'loading') return false;
        if (beginsIn(step) > 0) expect(waited || waits).toBe(true);
        expect(after.session).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
        return true;
      },
      signedOutHistories,
    );
  });

  it('once it is over, who is there is asked for, until the server or the user has said it', () => {
    holds(
      15,
      () => {
        let asked = false;
        return (step) => {
          const { event, before, after } = step;
          if (before.mustRevalidate === 'due' && beginsIn(step) > 0) asked = true;
          if (before.mustRevalidate !== 'due' || after.mustRevalidate === 'due') return false;
          const isSaid =
            event.type === 'refreshed' || event.type === 'refresh-rejected' || event.type === 'user-switched';
          expect(isSaid || after.identityVersion > before.identityVersion, event.type).toBe(true);
          return asked && isSaid;
        };
      },
      signedOutHistories,
    );
  });

  it('nobody has to be asked for who was found', () => {
    holds(
      60,
      () =>
        ({ before, after }) => {
          if (after.session.status !== 'authenticated' || before.session.status === 'authenticated') return false;
          expect(after.mustRevalidate).toBeUndefined();
          return true;
        },
      signedOutHistories,
    );
  });
});
