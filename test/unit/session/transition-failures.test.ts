import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/events.ts';
import { isBreakerOpen, isInFlight } from '../../../src/session/schedule.ts';
import {
  at,
  type Claims,
  failed,
  HOUR,
  refreshed,
  rejected,
  SECOND,
  started,
  tokenDemanded,
  tokenSet,
} from './events.ts';
import {
  attemptsIn,
  createPlay,
  createRefreshing,
  createSignedIn,
  createSignedOut,
  createStarted,
  namesOf,
  type Play,
  policy,
  shownIn,
  toldIn,
} from './play.ts';

const T = 251 * SECOND;

/** Attempts 2 and on fail, one after the other; returns when the last failure came. */
const failTimes = (play: Play, times: number, delayMs = SECOND): number => {
  let now = T;
  for (let count = 0; count < times; count++) {
    if (count > 0) {
      now += delayMs;
      play.send('tick', now);
    }
    play.send(failed(play.state().refresh.attempt, { delayMs }), now);
  }
  return now;
};

describe('a failed refresh (TOK-5)', () => {
  it('keeps session, claims and token, and shows the problem', () => {
    const play = createRefreshing();
    const { token } = play.state();
    const effects = play.send(failed(2), T);
    expect(namesOf(effects)).toEqual(['show authenticated', 'tell refresh-failed']);
    expect(play.session()).toEqual({
      status: 'authenticated',
      claims: { sub: 'ann' },
      problem: { kind: 'network', attempts: 1, retryAt: at(T).wallAt + SECOND },
    });
    expect(play.state().token).toBe(token);
  });

  it('leaves the page loading, with the problem, where nothing is known yet', () => {
    const play = createStarted();
    play.send(failed(1), 100);
    expect(play.session()).toMatchObject({ status: 'loading', problem: { kind: 'network', attempts: 1 } });
  });

  it('is not shown where nobody is signed in', () => {
    const play = createSignedOut();
    play.send(tokenDemanded, SECOND);
    const effects = play.send(failed(2, { identityVersion: 1 }), 2 * SECOND);
    expect(namesOf(effects)).toEqual(['tell refresh-failed']);
  });

  it('is tried again after its pause: one network error does not stop the schedule', () => {
    const play = createRefreshing();
    play.send(failed(2, { delayMs: 2 * SECOND }), T);
    expect(play.refreshDueInMs(T)).toBe(2 * SECOND);
    expect(attemptsIn(play.send('tick', T + 2 * SECOND))).toEqual([3]);
  });

  it('counts the attempts in a row', () => {
    const play = createRefreshing();
    failTimes(play, 4);
    expect(play.session().status === 'authenticated' && play.session()).toMatchObject({ problem: { attempts: 4 } });
  });

  it('is forgotten by the next good answer', () => {
    const play = createRefreshing();
    play.send(failed(2), T);
    play.send('tick', T + SECOND);
    play.send(refreshed(3, { askedMs: T + SECOND }), T + 2 * SECOND);
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'ann' } });
    expect(play.state().failure).toBeUndefined();
  });

  it('never signs out, however often it fails', () => {
    const play = createRefreshing();
    failTimes(play, 50);
    expect(play.session().status).toBe('authenticated');
  });
});

describe('the breaker', () => {
  it.each([
    { failures: 1, open: false },
    { failures: 2, open: false },
    { failures: 3, open: true },
    { failures: 7, open: true },
  ])('after $failures failures in a row is open: $open', ({ failures, open }) => {
    const play = createRefreshing();
    const now = failTimes(play, failures, 30 * SECOND);
    expect(isBreakerOpen(play.state(), at(now + SECOND), policy)).toBe(open);
  });

  it('closes when the pause is over', () => {
    const play = createRefreshing();
    const now = failTimes(play, 3, 30 * SECOND);
    expect(isBreakerOpen(play.state(), at(now + 30 * SECOND), policy)).toBe(false);
  });

  it('is closed while an attempt is under way', () => {
    const play = createRefreshing();
    const now = failTimes(play, 3, 30 * SECOND);
    play.send('online', now + SECOND);
    expect(isInFlight(play.state())).toBe(true);
    expect(isBreakerOpen(play.state(), at(now + SECOND), policy)).toBe(false);
  });
});

describe('a reason to try again', () => {
  it.each<SessionEvent<Claims>>([{ type: 'online' }, { type: 'visibility', visible: true }, { type: 'restored' }])(
    '%j ends the pause',
    (event) => {
      const play = createRefreshing();
      play.send(failed(2, { delayMs: 30 * SECOND }), T);
      expect(attemptsIn(play.send(event, T + SECOND))).toEqual([3]);
    },
  );

  it.each<SessionEvent<Claims>>([{ type: 'online' }, { type: 'visibility', visible: true }, { type: 'restored' }])(
    'TOK-8 %j does not break the Retry-After of the server',
    (event) => {
      const play = createRefreshing();
      play.send(failed(2, { delayMs: 30 * SECOND, mandatedMs: 20 * SECOND }), T);
      expect(play.send(event, T + SECOND)).toEqual([]);
      expect(play.refreshDueInMs(T + SECOND)).toBe(19 * SECOND);
    },
  );

  it.each<SessionEvent<Claims>>([{ type: 'tick' }, { type: 'visibility', visible: false }])('%j is none', (event) => {
    const play = createRefreshing();
    play.send(failed(2, { delayMs: 30 * SECOND }), T);
    expect(play.send(event, T + SECOND)).toEqual([]);
  });

  it('does not make the failures forgotten', () => {
    const play = createRefreshing();
    failTimes(play, 3, 30 * SECOND);
    play.send('online', T + 61 * SECOND);
    expect(play.state().failure?.count).toBe(3);
  });

  it('keeps the distance between two refreshes', () => {
    const play = createStarted();
    play.send(failed(1, { delayMs: 0 }), 10);
    expect(play.refreshDueInMs(10)).toBe(490);
  });
});

describe('a refresh without an answer (TIM-8)', () => {
  it('is reported once', () => {
    const play = createStarted();
    play.send('tick', 10 * SECOND);
    expect(play.send('tick', 15 * SECOND - 1)).toEqual([]);
  });

  it('may still commit', () => {
    const play = createStarted();
    play.send('tick', 10 * SECOND);
    play.send(refreshed(1), 40 * SECOND);
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'ann' } });
  });

  it('keeps the next one from starting until it is presumed lost (C-9)', () => {
    const play = createStarted();
    expect(attemptsIn(play.send('tick', 15 * SECOND - 1))).toEqual([]);
    const effects = play.send('tick', 15 * SECOND);
    expect(effects.map(({ type }) => type).filter((type) => type !== 'tell' && type !== 'show')).toEqual([
      'presumed-lost',
      'refresh',
    ]);
  });

  it('is presumed lost by the time that its request is under way, however long it waited in the queue', () => {
    const play = createStarted();
    play.send({ type: 'refresh-sent', attempt: 1 }, 9 * SECOND);
    expect(attemptsIn(play.send('tick', 24 * SECOND - 1))).toEqual([]);
    expect(attemptsIn(play.send('tick', 24 * SECOND))).toEqual([2]);
  });

  it.each<SessionEvent<Claims>>([{ type: 'online' }, { type: 'resumed' }, { type: 'restored' }])(
    'is presumed lost on %j where it is 5 s old (C-9)',
    (event) => {
      const young = createPlay();
      young.send(started(), 0);
      expect(young.send(event, 5 * SECOND - 1).filter(({ type }) => type === 'presumed-lost')).toEqual([]);
      const old = createPlay();
      old.send(started(), 0);
      const effects = old.send(event, 5 * SECOND);
      expect([effects[0], attemptsIn(effects), shownIn(effects)]).toEqual([{ type: 'presumed-lost' }, [2], []]);
    },
  );

  it.each<SessionEvent<Claims>>([{ type: 'tick' }, { type: 'visibility', visible: true }])(
    'is presumed lost on %j where the machine has slept meanwhile, and not without a sleep (C-9)',
    (event) => {
      const awake = createPlay();
      awake.send(started(), 0);
      expect(attemptsIn(awake.send(event, 9 * SECOND))).toEqual([]);
      const asleep = createPlay();
      asleep.send(started(), 0);
      expect(attemptsIn(asleep.send(event, at(SECOND, 3999)))).toEqual([]);
      expect(attemptsIn(asleep.send(event, at(SECOND, 4000)))).toEqual([2]);
    },
  );

  it('is no problem to show where it is the sleep that it did not outlast', () => {
    const play = createSignedIn();
    play.send(tokenDemanded, 250 * SECOND);
    const effects = play.send('tick', at(251 * SECOND, HOUR));
    expect([attemptsIn(effects), shownIn(effects), play.state().failure]).toEqual([[3], [], undefined]);
  });

  it('counts as a failed attempt once it is given up', () => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    expect(play.state().failure).toMatchObject({ count: 1, problem: { kind: 'timeout' } });
  });

  it('is asked anew every 15 s by a server that never answers, for an hour', () => {
    const play = createStarted();
    for (let now = 0; now <= HOUR; now += SECOND) play.send('tick', now);
    expect(play.state().refresh.attempt).toBe(241);
  });

  it('commits after it was presumed lost, where the newer one has brought nothing yet', () => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    play.send(refreshed(1, { value: 'first' }), 16 * SECOND);
    expect(play.state().token?.value).toBe('first');
  });

  it.each([
    { what: 'tokens', late: refreshed(2, { value: 'second', seq: 2 }) },
    { what: 'tokens, without a count,', late: refreshed(2, { value: 'second' }) },
    { what: 'a no', late: rejected(2) },
    { what: 'a failure', late: failed(2) },
  ])('answered after it was presumed lost, leaves nothing for its repetition to change: $what (C-8)', ({ late }) => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    play.send(refreshed(1, { value: 'first', seq: 2 }), 16 * SECOND);
    const before = play.state();
    expect(play.send(late, 17 * SECOND)).toEqual([]);
    expect(play.state()).toEqual({ ...before, refresh: { ...before.refresh, phase: 'idle' } });
  });

  it.each([
    { sent: 'before', sentAt: SECOND },
    { sent: 'after it was slow', sentAt: 11 * SECOND },
  ])('is said to be slow once, though a token of another tab comes meanwhile: sent $sent', ({ sentAt }) => {
    const play = createStarted();
    const events: [number, SessionEvent<Claims>][] = [
      [sentAt, { type: 'refresh-sent', attempt: 1 }],
      [10 * SECOND, { type: 'tick' }],
    ];
    const told = events.sort(([a], [b]) => a - b).flatMap(([now, event]) => toldIn(play.send(event, now)));
    expect(told.filter(({ type }) => type !== 'refresh-started')).toMatchObject([{ type: 'refresh-failed' }]);
    const tokens = { tokenSet: tokenSet({ askedMs: 12 * SECOND }), jitter: 0.5 };
    const effects = play.send({ type: 'received-from-tab', isNewSession: false, ...tokens }, 12 * SECOND);
    expect(namesOf(effects)).toEqual(['show authenticated', 'tell received-from-tab']);
    expect(play.session()).not.toHaveProperty('problem');
  });

  it('and of which the repetition was answered, changes nothing any more (C-8)', () => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    play.send(refreshed(2, { value: 'second', seq: 2 }), 16 * SECOND);
    const before = play.state();
    expect(play.send(refreshed(1, { value: 'first', seq: 2 }), 17 * SECOND)).toEqual([]);
    expect(play.state()).toBe(before);
  });

  it('whose repetition hangs after its own answer is no problem of the session', () => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    play.send(refreshed(1), 16 * SECOND);
    for (let now = 17; now < 60; now++) expect(shownIn(play.send('tick', now * SECOND))).toEqual([]);
    expect(play.session()).not.toHaveProperty('problem');
  });

  it('leaves it to its repetition to bring a token where its own is dead by then', () => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    play.send(refreshed(1, { value: 'dead', lifetimeMs: SECOND }), 16 * SECOND);
    play.send(refreshed(2, { value: 'alive', askedMs: 15 * SECOND }), 17 * SECOND);
    expect(play.state().token?.value).toBe('alive');
  });
});

describe('a refresh that repeats one which was answered since', () => {
  it('counts if a call has been refused the token that the first one brought', () => {
    const play = createStarted();
    play.send('tick', 15 * SECOND);
    play.send(refreshed(1, { value: 'first' }), 16 * SECOND);
    play.send(tokenDemanded, 16 * SECOND);
    play.send(refreshed(2, { value: 'second', askedMs: 15 * SECOND }), 17 * SECOND);
    expect(play.state().token?.value).toBe('second');
  });
});

describe('a page that runs again after it was frozen', () => {
  it('goes on with a young refresh, and keeps the pause after a failure', () => {
    const play = createStarted();
    expect(attemptsIn(play.send('resumed', SECOND))).toEqual([]);
    play.send(failed(1, { delayMs: 10 * SECOND }), 2 * SECOND);
    play.send('resumed', 3 * SECOND);
    expect(play.refreshDueInMs(3 * SECOND)).toBe(9 * SECOND);
  });
});

describe('a good answer', () => {
  it('starts no storm where calls waited for it less than the least distance', () => {
    const play = createSignedIn();
    play.send(tokenDemanded, 250 * SECOND);
    const effects = play.send(refreshed(2, { askedMs: 250 * SECOND }), 250 * SECOND + 100);
    expect(attemptsIn(effects)).toEqual([]);
  });
});
