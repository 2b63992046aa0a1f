import { describe, expect, it } from 'vitest';
import { isInFlight } from '../../../src/session/schedule.ts';
import { refreshDueInMs } from '../../../src/session/time.ts';
import fc from '../random.ts';
import { failed, MINUTE, refreshed, rejected, SECOND, signedIn, signedOutElsewhere, tokenDemanded } from './events.ts';
import { playHistory } from './model.ts';
import { histories, signedOutHistories } from './moves.ts';
import {
  attemptsIn,
  createLockedOut,
  createRefreshing,
  createSignedIn,
  createStarted,
  namesOf,
  toldIn,
} from './play.ts';

describe('calls that wait', () => {
  const waiting = () => {
    const play = createRefreshing();
    play.send(tokenDemanded, 250 * SECOND);
    return play;
  };

  it('are answered by one refresh, however long that took', () => {
    expect(attemptsIn(waiting().send(refreshed(2, { askedMs: 250 * SECOND }), 252 * SECOND))).toEqual([]);
  });

  it('do not ask again after a definitive no', () => {
    expect(attemptsIn(waiting().send(rejected(2), 252 * SECOND))).toEqual([]);
  });

  it('do not ask again at the start after a definitive no', () => {
    const play = createStarted();
    play.send(tokenDemanded, 1);
    expect(attemptsIn(play.send(rejected(1), SECOND))).toEqual([]);
  });

  it('do not ask anew when the user turns out to be another one', () => {
    expect(attemptsIn(waiting().send(refreshed(2, { id: 'bob', askedMs: 250 * SECOND }), 252 * SECOND))).toEqual([]);
  });

  it.each([{ type: 'signed-out' }, signedOutElsewhere] as const)(
    'do not refresh the cookie in the face of %j',
    (event) => {
      const play = waiting();
      play.send(failed(2, { delayMs: 30 * SECOND }), 251 * SECOND);
      expect(attemptsIn(play.send(event, 253 * SECOND))).toEqual([]);
    },
  );
});

describe('a refresh without an answer, on its screen', () => {
  it('is a problem after refreshTimeoutMs, and goes on', () => {
    const play = createStarted();
    const effects = play.send('tick', 10 * SECOND);
    expect(toldIn(effects)).toEqual([{ type: 'refresh-failed', problem: { kind: 'timeout', attempts: 1 } }]);
    expect(play.session()).toEqual({ status: 'loading', problem: { kind: 'timeout', attempts: 1 } });
    expect(isInFlight(play.state())).toBe(true);
  });

  it('is no failed attempt as long as it goes on', () => {
    const play = createStarted();
    play.send('tick', 10 * SECOND);
    expect(play.state().failure?.count).toBe(0);
  });

  it('of the session before is no problem of a session just signed in to', () => {
    const play = createSignedIn();
    play.send('tick', 250 * SECOND);
    play.send(signedIn({ askedMs: 255 * SECOND }), 255 * SECOND);
    play.send('tick', 265 * SECOND);
    expect(play.session()).not.toHaveProperty('problem');
  });

  it('is told nobody after a sign-out', () => {
    const play = createRefreshing();
    play.send('signed-out', 251 * SECOND);
    expect(namesOf(play.send('tick', 260 * SECOND))).toEqual([]);
  });
});

describe('a refresh of the session before that never ends', () => {
  it('keeps the next one from starting until it is presumed lost', () => {
    const play = createRefreshing();
    play.send(signedIn({ askedMs: 255 * SECOND, lifetimeMs: SECOND }), 255 * SECOND);
    expect(attemptsIn(play.send('tick', 265 * SECOND - 1))).toEqual([]);
    expect(attemptsIn(play.send('tick', 265 * SECOND))).toEqual([3]);
  });

  it('is told nobody after a sign-out', () => {
    const play = createRefreshing();
    play.send('signed-out', 251 * SECOND);
    expect(namesOf(play.send('tick', 250 * SECOND + MINUTE))).toEqual(['presumed-lost']);
  });

  it('is no problem of a session just signed in to', () => {
    const play = createSignedIn();
    play.send('tick', 250 * SECOND);
    play.send(signedIn({ askedMs: 255 * SECOND }), 255 * SECOND);
    play.send('tick', 250 * SECOND + MINUTE);
    expect(play.session()).not.toHaveProperty('problem');
  });
});

describe('refresh() where nobody is signed in', () => {
  it('asks the server once, however long its no takes', () => {
    const play = createLockedOut();
    play.send(tokenDemanded, 260 * SECOND);
    expect(attemptsIn(play.send(rejected(3), 262 * SECOND))).toEqual([]);
  });

  it('in every history, a refresh begins only where somebody wants it', () => {
    let begun = 0;
    let dueBegun = 0;
    fc.assert(
      fc.property(fc.oneof(histories, signedOutHistories), (moves) => {
        playHistory(moves, {
          onHappening: ({ before, after, effects, now, waited, waits, event }) => {
            if (!effects.some(({ type }) => type === 'refresh')) return;
            begun++;
            const { session, token } = after;
            const due = token === undefined || (refreshDueInMs(token, now) ?? 1) <= 0;
            expect(
              session.status === 'loading' ||
                (session.status === 'authenticated' && (due || before.failure !== undefined)) ||
                after.mustRevalidate === 'due' ||
                waits ||
                (waited && event.type === 'tick'),
              event.type,
            ).toBe(true);
            if (before.mustRevalidate === 'due') dueBegun++;
          },
        });
      }),
      { numRuns: 1000 },
    );
    expect(begun).toBeGreaterThan(300);
    expect(dueBegun).toBeGreaterThan(0);
  });
});
