import { describe, expect, it } from 'vitest';
import { demandAt, judgeDemand } from '../../../src/session/demand.ts';
import {
  at,
  createPlay,
  createSignedOut,
  exchangesIn,
  failed,
  HOUR,
  policy,
  refreshed,
  rejected,
  SECOND,
  started,
  tokenSet,
} from './fixture.ts';

const doubted = { type: 'sign-out-doubted' } as const;
const settled = { type: 'sign-out-settled' } as const;
const withheld = (exchange: number, epoch: number) => ({ type: 'refresh-withheld', exchange, epoch }) as const;

describe('a sign-out that was answered by nobody knows whom (C-1)', () => {
  it('is decided by one refresh, begun at once', () => {
    const play = createSignedOut();
    const { exchanges } = play.state();
    expect(exchangesIn(play.send(doubted, SECOND))).toEqual([exchanges + 1]);
    play.send(rejected(exchanges + 1, undefined, play.state().epoch), 2 * SECOND);
    expect(exchangesIn(play.send({ type: 'tick' }, HOUR))).toEqual([]);
  });

  it('is asked about until the server can say', () => {
    const play = createSignedOut();
    const { exchanges } = play.state();
    play.send(doubted, SECOND);
    play.send(failed(exchanges + 1, { epoch: play.state().epoch }), 2 * SECOND);
    expect(exchangesIn(play.send({ type: 'tick' }, HOUR))).toEqual([exchanges + 2]);
  });

  it.each([
    ['the sign-out is confirmed', settled],
    ['somebody signs in', { type: 'signed-in', tokenSet: tokenSet(), jitter: 0.5 } as const],
  ])('is not asked about any more once %s', (_, event) => {
    const play = createSignedOut();
    play.send(doubted, SECOND);
    play.send(failed(play.state().exchanges, { epoch: play.state().epoch }), 2 * SECOND);
    play.send(event, 3 * SECOND);
    expect(play.state().isSignOutDoubtful).toBeUndefined();
  });
});

describe('a session that is being signed out of (C-2)', () => {
  it('is not shown on a page that loads, which asks again once the sign-out is confirmed', () => {
    const play = createPlay();
    play.send(started(), 0);
    play.send(withheld(1, play.state().epoch), SECOND);
    expect(play.state().session).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    expect(exchangesIn(play.send({ type: 'tick' }, HOUR))).toEqual([]);
    expect(exchangesIn(play.send(settled, 2 * HOUR))).toEqual([2]);
  });

  it('ends the wait of a refresh that was asked for', () => {
    const play = createSignedOut();
    const demand = { ...demandAt(play.state(), at(SECOND)), fresh: true };
    play.send({ type: 'demand', wanted: true, held: 0 }, SECOND);
    play.send(withheld(play.state().exchanges, play.state().epoch), 2 * SECOND);
    expect(judgeDemand(play.state(), demand, at(2 * SECOND), policy)).toEqual({ is: 'ended' });
    expect(play.state().wanted).toBe(false);
  });

  it('is asked for no more by the page that has signed out', () => {
    const play = createSignedOut();
    play.send(doubted, SECOND);
    play.send(withheld(play.state().exchanges, play.state().epoch), 2 * SECOND);
    expect(exchangesIn(play.send(settled, HOUR))).toEqual([]);
  });

  it('gives way to one that is found later', () => {
    const play = createPlay();
    play.send(started(), 0);
    play.send(withheld(1, play.state().epoch), SECOND);
    play.send(settled, 2 * SECOND);
    play.send(refreshed(2, { askedMs: 2 * SECOND }, play.state().epoch), 3 * SECOND);
    expect(play.state().session.status).toBe('authenticated');
  });
});
