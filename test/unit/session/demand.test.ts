import { describe, expect, it } from 'vitest';
import { isSameUser, judgeDemand } from '../../../src/session/demand.ts';
import type { State } from '../../../src/session/state.ts';
import {
  at,
  failed,
  MINUTE,
  receivedFromTab,
  refreshed,
  rejected,
  SECOND,
  signedIn,
  signedInElsewhere,
  started,
  tokenDemanded,
} from './events.ts';
import {
  createLockedOut,
  createPlay,
  createRefreshing,
  createSignedIn,
  createSignedOut,
  createStarted,
  policy,
} from './play.ts';

describe('a call', () => {
  it('gets the token that is held', () => {
    const play = createSignedIn();
    expect(play.judge(play.demandAt(SECOND), SECOND)).toEqual({
      is: 'token',
      token: play.state().token,
    });
  });

  it('waits while nothing is known', () => {
    const play = createStarted();
    expect(play.judge(play.demandAt(1), 1).is).toBe('wait');
  });

  it('made while nothing is known gets the token of whoever is signed in', () => {
    const play = createPlay();
    const demand = play.demandAt(0);
    play.send(started(), 0);
    play.send(refreshed(1), 100);
    expect(play.judge(demand, 100).is).toBe('token');
  });

  it('waits at the end of the token', () => {
    const play = createRefreshing();
    expect(play.judge(play.demandAt(296 * SECOND), 296 * SECOND).is).toBe('wait');
  });

  it('goes on with the old token while it is valid and refreshing fails, to its very end', () => {
    const play = createRefreshing();
    play.send(failed(2), 251 * SECOND);
    expect(play.judge(play.demandAt(299 * SECOND), 299 * SECOND).is).toBe('token');
    expect(play.judge(play.demandAt(300 * SECOND), 300 * SECOND).is).toBe('wait');
  });

  it('gets a token that is shorter than its own guard time', () => {
    const play = createSignedIn({ lifetimeMs: 300, askedMs: 0 });
    const demand = play.demandAt(300);
    play.send(tokenDemanded, 600);
    play.send(refreshed(2, { lifetimeMs: 300, askedMs: 600 }), 850);
    expect(play.judge(demand, 850).is).toBe('token');
  });

  it.each([
    { name: 'signed out', play: createSignedOut(), ms: SECOND },
    { name: 'locked out', play: createLockedOut(), ms: 260 * SECOND },
  ])('made by somebody $name is told so at once', ({ play, ms }) => {
    expect(play.judge(play.demandAt(ms), ms).is).toBe('ended');
  });

  it('that waits is told of the end of the session', () => {
    const play = createRefreshing();
    const demand = play.demandAt(300 * SECOND);
    play.send(rejected(2), 301 * SECOND);
    expect(play.judge(demand, 301 * SECOND).is).toBe('ended');
  });
});

describe('time', () => {
  it.each([
    { ms: 9999, is: 'wait' },
    { ms: 10_000, is: 'unavailable' },
    { ms: MINUTE, is: 'unavailable' },
  ])('after $ms ms of waiting: $is', ({ ms, is }) => {
    const play = createStarted();
    expect(play.judge(play.demandAt(0), ms).is).toBe(is);
  });

  it('names the missing start', () => {
    const play = createPlay();
    expect(play.judge(play.demandAt(0), 9999).is).toBe('wait');
    expect(play.judge(play.demandAt(0), 10_000).is).toBe('unavailable');
  });

  it('is not up for a call because the machine has slept, or its clock was set', () => {
    const play = createStarted();
    expect(play.judge(play.demandAt(0), at(SECOND, MINUTE)).is).toBe('wait');
  });

  it('does not matter where the token has come', () => {
    const play = createSignedIn();
    expect(play.judge(play.demandAt(0), 200 * SECOND).is).toBe('token');
  });

  it('is not waited for while the breaker is open', () => {
    const play = createStarted();
    for (const attempt of [1, 2, 3]) {
      play.send(failed(attempt, { delayMs: 20 * SECOND }), attempt * 20 * SECOND);
      if (attempt < 3) play.send('tick', (attempt + 1) * 20 * SECOND);
    }
    expect(play.judge(play.demandAt(61 * SECOND), 61 * SECOND).is).toBe('unavailable');
    expect(play.judge(play.demandAt(80 * SECOND), 80 * SECOND).is).toBe('wait');
  });
});

describe('minValidityMs', () => {
  it.each([
    { minValidityMs: 100 * SECOND, is: 'token' },
    { minValidityMs: 200 * SECOND, is: 'wait' },
  ])('$minValidityMs of a token with 150 s left: $is', ({ minValidityMs, is }) => {
    const play = createSignedIn();
    expect(play.judge(play.demandAt(150 * SECOND, { minValidityMs }), 150 * SECOND).is).toBe(is);
  });

  it('longer than any token lives is content with a new one', () => {
    const play = createRefreshing();
    const demand = { ...play.demandAt(0, { minValidityMs: 60 * MINUTE }), attempt: 1, askedAt: at(251 * SECOND) };
    play.send(refreshed(2, { askedMs: 250 * SECOND }), 251 * SECOND);
    expect(play.judge(demand, 251 * SECOND).is).toBe('token');
  });
});

describe('refresh()', () => {
  const fresh = { fresh: true };

  it('is not content with the token that is held', () => {
    const play = createSignedIn();
    expect(play.judge(play.demandAt(SECOND, fresh), SECOND).is).toBe('wait');
  });

  it('is not content with a refresh begun before it', () => {
    const play = createRefreshing();
    const demand = play.demandAt(250 * SECOND + 50, fresh);
    play.send(refreshed(2, { askedMs: 250 * SECOND }), 250 * SECOND + 100);
    expect(play.judge(demand, 250 * SECOND + 100).is).toBe('wait');
  });

  it('asks the server, however little the refreshes helped that a 401 has asked for', () => {
    const play = createSignedIn();
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, SECOND);
    expect(play.judge(play.demandAt(2 * SECOND, fresh), 2 * SECOND).is).toBe('wait');
  });

  it('waits from its own beginning, whoever is let in meanwhile', () => {
    const play = createLockedOut();
    const demand = play.demandAt(260 * SECOND, fresh);
    play.send(signedIn({ askedMs: 265 * SECOND }), 265 * SECOND);
    const waiting = play.judge(demand, 265 * SECOND);
    expect(waiting).toEqual({ is: 'wait', inMs: policy.refreshTimeoutMs - 5 * SECOND });
  });

  it('is content with a refresh begun after it', () => {
    const play = createSignedIn();
    const demand = play.demandAt(SECOND, fresh);
    play.send(tokenDemanded, SECOND);
    play.send(refreshed(2, { askedMs: SECOND }), SECOND + 100);
    expect(play.judge(demand, SECOND + 100).is).toBe('token');
  });

  it.each([
    { name: 'signed out', createdBy: createSignedOut, ms: SECOND },
    { name: 'locked out', createdBy: createLockedOut, ms: 260 * SECOND },
  ])('asks the server where the user is $name, and takes its no for an answer', ({ createdBy, ms }) => {
    const play = createdBy();
    const demand = play.demandAt(ms, fresh);
    expect(play.judge(demand, ms).is).toBe('wait');
    play.send(tokenDemanded, ms);
    const { refresh, identityVersion } = play.state();
    play.send(rejected(refresh.attempt, 'expired', identityVersion), ms + 100);
    expect(play.judge(demand, ms + 100).is).toBe('ended');
  });
});

describe('a refused token', () => {
  it('is not given again', () => {
    const play = createSignedIn();
    expect(play.judge(play.demandAt(SECOND, { newerThan: 1 }), SECOND).is).toBe('wait');
  });

  it('BB-6 is answered by the newer one that is held already: a straggler refreshes nothing', () => {
    const play = createRefreshing();
    play.send(refreshed(2, { askedMs: 250 * SECOND }), 251 * SECOND);
    expect(play.judge(play.demandAt(252 * SECOND, { newerThan: 1 }), 252 * SECOND).is).toBe('token');
  });

  it.each([
    { count: 1, distanceMs: 5 * SECOND },
    { count: 2, distanceMs: 10 * SECOND },
    { count: 3, distanceMs: 20 * SECOND },
    { count: 6, distanceMs: 160 * SECOND },
    { count: 7, distanceMs: 300 * SECOND },
    { count: 2000, distanceMs: 300 * SECOND },
  ])(
    'BB-5 asks for no refresh for $distanceMs ms after $count refreshes that did not help',
    ({ count, distanceMs }) => {
      const play = createSignedIn({ lifetimeMs: 60 * MINUTE });
      const state: State<unknown> = {
        ...play.state(),
        loopGuard: { acceptedToken: 0, anywhere: { count, at: at(0), tokenNumber: 1 }, endpoints: [] },
      };
      const askAt = (ms: number) => judgeDemand(state, play.demandAt(ms, { newerThan: 1 }), at(ms), policy).is;
      expect([askAt(0), askAt(distanceMs - 1), askAt(distanceMs)]).toEqual(['cooling-down', 'cooling-down', 'wait']);
    },
  );

  it('is the business of calls with that token alone', () => {
    const play = createSignedIn();
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, SECOND);
    expect(play.judge(play.demandAt(SECOND), SECOND).is).toBe('token');
  });
});

describe('a refresh that an app asks for', () => {
  it('is not answered by one that was sent before, however late its response comes', () => {
    const play = createStarted();
    const demand = play.demandAt(14 * SECOND, { fresh: true });
    play.send('tick', 15 * SECOND);
    play.send(refreshed(1, { value: 'first' }), 16 * SECOND);
    expect(play.judge(demand, 16 * SECOND).is).toBe('wait');
    play.send(tokenDemanded, 16 * SECOND);
    play.send(refreshed(2, { value: 'second', askedMs: 15 * SECOND }), 17 * SECOND);
    expect(play.judge(demand, 17 * SECOND).is).toBe('token');
  });
});

describe('another user', () => {
  it('is nobody whose token a call may have', () => {
    const play = createSignedIn();
    const demand = play.demandAt(SECOND);
    play.send(signedIn({ id: 'bob' }), 2 * SECOND);
    expect(play.judge(demand, 2 * SECOND).is).toBe('other-user');
  });

  it('who is really the same one, signed in again, is', () => {
    const play = createSignedIn();
    const demand = play.demandAt(SECOND);
    play.send(signedIn(), 2 * SECOND);
    expect(play.judge(demand, 2 * SECOND).is).toBe('token');
  });

  it('in another tab leaves calls waiting until the server has said who it is, even if this user has no name', () => {
    const play = createSignedIn({ id: undefined });
    const demand = play.demandAt(SECOND);
    play.send(signedInElsewhere, 2 * SECOND);
    expect(play.judge(demand, 2 * SECOND).is).toBe('wait');
  });

  it('who signs in in another tab does not get what was asked for while nobody was signed in', () => {
    const play = createSignedOut();
    const demand = play.demandAt(SECOND);
    play.send(receivedFromTab({ askedMs: SECOND }, true), 2 * SECOND);
    expect(isSameUser(play.state(), demand)).toBe(false);
  });

  it('does not replay the calls of a user who has signed out, and the same user does', () => {
    const signedInAgainAs = (id: string) => {
      const play = createSignedIn();
      const demand = play.demandAt(SECOND);
      play.send('signed-out', 2 * SECOND);
      play.send(signedIn({ id }), 3 * SECOND);
      return isSameUser(play.state(), demand);
    };
    expect([signedInAgainAs('bob'), signedInAgainAs('ann')]).toEqual([false, true]);
  });

  it.each([
    { before: undefined, after: undefined, same: false },
    { before: undefined, after: 'ann', same: false },
    { before: 'ann', after: undefined, same: false },
    { before: 'ann', after: 'ann', same: true },
  ])('in a new session, $before and $after: same $same', ({ before, after, same }) => {
    const play = createSignedIn({ id: before });
    const demand = play.demandAt(SECOND);
    play.send(signedIn({ id: after }), 2 * SECOND);
    expect(isSameUser(play.state(), demand)).toBe(same);
  });
});
