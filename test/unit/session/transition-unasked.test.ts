import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/event.ts';
import {
  type Claims,
  createLockedOut,
  createPlay,
  createSignedIn,
  createSignedOut,
  exchangesIn,
  failed,
  HOUR,
  namesOf,
  refreshed,
  rejected,
  SECOND,
  shownIn,
  signedIn,
  started,
} from './fixture.ts';

/** A page that found a sign-out still to be confirmed. */
const createUnasked = () => {
  const play = createPlay();
  play.send(started({ remembered: true, signedOut: true }), 0);
  return play;
};

const settled = { type: 'sign-out-settled' } as const;

describe('who is there, after a sign-out of the page before', () => {
  it.each<SessionEvent<Claims>>([
    { type: 'woken' },
    { type: 'online' },
    { type: 'visibility', visible: true },
    { type: 'restored' },
    { type: 'stopped' },
    started({ remembered: true, signedOut: true }),
  ])('is not asked for before that is over: %j', (event) => {
    const play = createUnasked();
    expect(exchangesIn(play.send(event, HOUR))).toEqual([]);
    expect(play.exchangeDueInMs(HOUR)).toBeUndefined();
  });

  it('is asked for when it is over, and shown', () => {
    const play = createUnasked();
    expect(exchangesIn(play.send(settled, SECOND))).toEqual([1]);
    expect(play.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    play.send(refreshed(1, { id: 'bob', askedMs: SECOND }, play.state().epoch), 2 * SECOND);
    expect(play.session()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(play.state().unasked).toBeUndefined();
  });

  it('is asked for once the page has started again', () => {
    const play = createUnasked();
    play.send({ type: 'stopped' }, SECOND);
    expect(exchangesIn(play.send(settled, 2 * SECOND))).toEqual([]);
    expect(exchangesIn(play.send(started({ remembered: false }), 3 * SECOND))).toEqual([1]);
  });

  it('is asked for on a hidden page, too', () => {
    const play = createUnasked();
    play.send({ type: 'visibility', visible: false }, 1);
    expect(exchangesIn(play.send(settled, SECOND))).toEqual([1]);
  });

  it('is nobody where the server says so: nothing new is shown or told, and nothing more is asked', () => {
    const play = createUnasked();
    play.send(settled, SECOND);
    expect(play.send(rejected(1, 'expired', play.state().epoch), 2 * SECOND)).toEqual([]);
    expect(play.send({ type: 'woken' }, HOUR)).toEqual([]);
    expect(play.exchangeDueInMs(HOUR)).toBeUndefined();
  });

  it('is asked for until the server can say it', () => {
    const play = createUnasked();
    play.send(settled, SECOND);
    const effects = play.send(failed(1, { epoch: play.state().epoch, delayMs: 2 * SECOND }), 2 * SECOND);
    expect(shownIn(effects)).toEqual([]);
    expect(exchangesIn(play.send({ type: 'woken' }, 4 * SECOND))).toEqual([2]);
  });

  it('need not be asked for where somebody has signed in meanwhile', () => {
    const play = createUnasked();
    play.send(signedIn({ askedMs: SECOND }), SECOND);
    expect(namesOf(play.send(settled, 2 * SECOND))).toEqual([]);
    expect(play.state().unasked).toBeUndefined();
  });

  it('is of no interest where the user has signed out here, too', () => {
    const play = createUnasked();
    play.send({ type: 'signed-out' }, SECOND);
    expect(play.send(settled, 2 * SECOND)).toEqual([]);
    expect(play.exchangeDueInMs(HOUR)).toBeUndefined();
  });
});

describe('a start with a sign-out still to be confirmed', () => {
  it('leaves alone who has signed in on this page since', () => {
    const play = createSignedIn();
    const { session, token } = play.state();
    play.send({ type: 'stopped' }, SECOND);
    play.send(started({ signedOut: true }), 2 * SECOND);
    expect(play.state()).toMatchObject({ session, token, unasked: undefined });
  });
});

describe('the end of a sign-out', () => {
  it.each([
    { name: 'signed in', create: createSignedIn },
    { name: 'locked out', create: createLockedOut },
    { name: 'signed out here', create: createSignedOut },
  ])('is nothing to somebody $name', ({ create }) => {
    const play = create();
    const before = play.state();
    expect(play.send(settled, 260 * SECOND).filter(({ type }) => type === 'show')).toEqual([]);
    expect(play.state().unasked).toBeUndefined();
    expect(play.session()).toBe(before.session);
  });
});
