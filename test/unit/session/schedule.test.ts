import { describe, expect, it } from 'vitest';
import { nextDue } from '../../../src/session/schedule.ts';
import { at, DAY, failed, HOUR, MINUTE, refreshed, SECOND, tokenDemanded } from './events.ts';
import { attemptsIn, createPlay, createRefreshing, createSignedIn, createStarted, type Play, policy } from './play.ts';

/** Lets time pass in steps, answers every refresh at once with a token of `lifetimeMs`; says how many there were. */
const refreshesIn = (play: Play, forMs: number, lifetimeMs: number, stepMs: number): number => {
  const before = play.state().refresh.attempt;
  for (let now = stepMs; now <= forMs; now += stepMs) {
    for (const number of attemptsIn(play.send('tick', now))) {
      play.send(refreshed(number, { lifetimeMs, askedMs: now }), now);
    }
  }
  return play.state().refresh.attempt - before;
};

describe('the next refresh', () => {
  it('is due a lead time before the end of the token', () => {
    expect(createSignedIn().refreshDueInMs(0)).toBe(4 * MINUTE);
  });

  it('begins when it is due', () => {
    const play = createSignedIn();
    expect(attemptsIn(play.send('tick', 4 * MINUTE - 1))).toEqual([]);
    expect(attemptsIn(play.send('tick', 4 * MINUTE))).toEqual([2]);
  });

  it('waits for the one in flight', () => {
    expect(createRefreshing().send('tick', 255 * SECOND)).toEqual([]);
  });

  it('is never due for a token that does not say how long it lives', () => {
    const play = createSignedIn({ lifetimeMs: undefined });
    expect(play.refreshDueInMs(365 * DAY)).toBeUndefined();
  });

  it('TIM-2 is not begun by a hidden page, only once it is looked at', () => {
    const play = createSignedIn();
    play.send({ type: 'visibility', visible: false }, SECOND);
    expect(play.send('tick', HOUR)).toEqual([]);
    expect(attemptsIn(play.send({ type: 'visibility', visible: true }, HOUR))).toEqual([2]);
  });

  it('is begun by a hidden page where a call wants it', () => {
    const play = createSignedIn();
    play.send({ type: 'visibility', visible: false }, SECOND);
    expect(attemptsIn(play.send(tokenDemanded, HOUR))).toEqual([2]);
  });

  it('is begun by a hidden page where refreshWhenHidden says so', () => {
    const play = createSignedIn({}, { refreshWhenHidden: true });
    play.send({ type: 'visibility', visible: false }, SECOND);
    expect(attemptsIn(play.send('tick', HOUR))).toEqual([2]);
  });

  it('TIM-6 is one, however many events wake the page at once', () => {
    const play = createSignedIn();
    const effects = [
      ...play.send({ type: 'visibility', visible: true }, HOUR),
      ...play.send('online', HOUR),
      ...play.send('tick', HOUR),
      ...play.send(tokenDemanded, HOUR),
    ];
    expect(attemptsIn(effects)).toEqual([2]);
  });
});

describe('the distance between refreshes (TIM-5)', () => {
  it.each([
    { name: '100 ms', lifetimeMs: 100, most: 20 },
    { name: '1 s', lifetimeMs: SECOND, most: 13 },
    { name: '2 s', lifetimeMs: 2 * SECOND, most: 7 },
    { name: '5 s', lifetimeMs: 5 * SECOND, most: 3 },
    { name: '60 s', lifetimeMs: MINUTE, most: 0 },
    { name: '60 days', lifetimeMs: 60 * DAY, most: 0 },
  ])('a lifetime of $name starts no storm: at most $most in 10 s', ({ lifetimeMs, most }) => {
    const count = refreshesIn(createSignedIn({ lifetimeMs }), 10 * SECOND, lifetimeMs, 50);
    expect(count).toBeLessThanOrEqual(most);
    expect(count).toBeGreaterThanOrEqual(Math.floor(most * 0.7));
  });

  it('lets a token of 60 days be refreshed after 60 days', () => {
    const play = createSignedIn({ lifetimeMs: 60 * DAY });
    expect(play.refreshDueInMs(0)).toBe(60 * DAY - MINUTE);
  });

  it('TIM-4 a wall clock set 25 h ahead costs one refresh', () => {
    const play = createSignedIn();
    const ahead = (ms: number) => at(ms, 25 * HOUR);
    expect(attemptsIn(play.send('tick', ahead(SECOND)))).toEqual([2]);
    const event = refreshed(2, {});
    const tokenSet = event.type === 'refreshed' && { ...event.tokenSet, obtainedAt: ahead(SECOND) };
    play.send({ ...event, tokenSet } as typeof event, ahead(SECOND + 100));
    expect(play.send('tick', ahead(MINUTE))).toEqual([]);
    expect(play.refreshDueInMs(ahead(SECOND))).toBe(4 * MINUTE);
  });

  it('TIM-3 a wall clock set back an hour does not delay the refresh', () => {
    const play = createSignedIn();
    expect(attemptsIn(play.send('tick', at(4 * MINUTE, -HOUR)))).toEqual([2]);
  });

  it('TIM-3 a wall clock set back in the pause after a failure does not stretch it', () => {
    const play = createStarted();
    play.send(
      {
        type: 'refresh-failed',
        identityVersion: 0,
        attempt: 1,
        problem: { kind: 'network' },
        delayMs: 5000,
        mandatedMs: 0,
      },
      100,
    );
    expect(play.refreshDueInMs(at(3100, -HOUR))).toBe(2000);
  });
});

describe('planNext', () => {
  it('plans nothing before the start', () => {
    expect(nextDue(createPlay().state(), at(0), policy)).toBeUndefined();
  });

  it('plans the time-out, while a refresh is in flight', () => {
    expect(nextDue(createRefreshing().state(), at(252 * SECOND), policy)).toEqual({
      due: 'slow',
      inMs: 8 * SECOND,
    });
  });

  it('never plans into the past', () => {
    const { state } = createSignedIn();
    const state5 = { ...state(), started: true };
    expect(nextDue(state5, at(DAY), policy)).toEqual({ due: 'refresh', inMs: 0 });
  });
});

describe('the least interval between two refreshes', () => {
  const notDemanded = { ...tokenDemanded, isTokenDemanded: false };

  it('is skipped once by a call that has been refused a valid token', () => {
    const play = createSignedIn();
    expect(attemptsIn(play.send(tokenDemanded, 200))).toEqual([2]);
    play.send(refreshed(2, { askedMs: 200 }), 250);
    play.send(notDemanded, 250);
    expect(attemptsIn(play.send(tokenDemanded, 300))).toEqual([]);
    expect(play.refreshDueInMs(300)).toBe(400);
  });

  it('is kept for a token that has expired', () => {
    const play = createSignedIn({ lifetimeMs: 200 });
    expect(attemptsIn(play.send(tokenDemanded, 200))).toEqual([]);
    expect(play.refreshDueInMs(200)).toBe(300);
  });

  it('is kept after a failure', () => {
    const play = createRefreshing();
    play.send(failed(2, { delayMs: 0 }), 250 * SECOND + 100);
    expect(attemptsIn(play.send(tokenDemanded, 250 * SECOND + 200))).toEqual([]);
    expect(play.refreshDueInMs(250 * SECOND + 200)).toBe(300);
  });
});
