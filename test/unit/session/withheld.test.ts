import { describe, expect, it } from 'vitest';
import { demandAt } from '../../../src/session/demand.ts';
import { at, failed, HOUR, refreshed, rejected, SECOND, tokenDemanded, tokenSet } from './events.ts';
import { attemptsIn, createSignedOut, createStarted } from './play.ts';

const doubted = { type: 'sign-out-unverified' } as const;
const settled = { type: 'sign-out-settled' } as const;
const withheld = (attempt: number, identityVersion: number) =>
  ({ type: 'refresh-withheld', attempt, identityVersion }) as const;

describe('a sign-out that was answered by nobody knows whom (C-1)', () => {
  it('is decided by one refresh, begun at once', () => {
    const play = createSignedOut();
    const { attempt } = play.state().refresh;
    expect(attemptsIn(play.send(doubted, SECOND))).toEqual([attempt + 1]);
    play.send(rejected(attempt + 1, undefined, play.state().identityVersion), 2 * SECOND);
    expect(attemptsIn(play.send('tick', HOUR))).toEqual([]);
  });

  it('is asked about until the server can say', () => {
    const play = createSignedOut();
    const { attempt } = play.state().refresh;
    play.send(doubted, SECOND);
    play.send(failed(attempt + 1, { identityVersion: play.state().identityVersion }), 2 * SECOND);
    expect(attemptsIn(play.send('tick', HOUR))).toEqual([attempt + 2]);
  });

  it.each([
    ['the sign-out is confirmed', settled],
    ['somebody signs in', { type: 'signed-in', tokenSet: tokenSet(), jitter: 0.5 } as const],
  ])('is not asked about any more once %s', (_, event) => {
    const play = createSignedOut();
    play.send(doubted, SECOND);
    play.send(failed(play.state().refresh.attempt, { identityVersion: play.state().identityVersion }), 2 * SECOND);
    play.send(event, 3 * SECOND);
    expect(play.state().mustVerifySignOut).toBeUndefined();
  });
});

describe('a session that is being signed out of (C-2)', () => {
  it('is not shown on a page that loads, which asks again once the sign-out is confirmed', () => {
    const play = createStarted();
    play.send(withheld(1, play.state().identityVersion), SECOND);
    expect(play.state().session).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    expect(attemptsIn(play.send('tick', HOUR))).toEqual([]);
    expect(attemptsIn(play.send(settled, 2 * HOUR))).toEqual([2]);
  });

  it('ends the wait of a refresh that was asked for', () => {
    const play = createSignedOut();
    const demand = { ...demandAt(play.state(), at(SECOND)), fresh: true };
    play.send(tokenDemanded, SECOND);
    play.send(withheld(play.state().refresh.attempt, play.state().identityVersion), 2 * SECOND);
    expect(play.judge(demand, 2 * SECOND)).toEqual({ is: 'ended' });
    expect(play.state().isTokenDemanded).toBe(false);
  });

  it('is asked for no more by the page that has signed out', () => {
    const play = createSignedOut();
    play.send(doubted, SECOND);
    play.send(withheld(play.state().refresh.attempt, play.state().identityVersion), 2 * SECOND);
    expect(attemptsIn(play.send(settled, HOUR))).toEqual([]);
  });

  it('gives way to one that is found later', () => {
    const play = createStarted();
    play.send(withheld(1, play.state().identityVersion), SECOND);
    play.send(settled, 2 * SECOND);
    play.send(refreshed(2, { askedMs: 2 * SECOND }, play.state().identityVersion), 3 * SECOND);
    expect(play.state().session.status).toBe('authenticated');
  });
});
