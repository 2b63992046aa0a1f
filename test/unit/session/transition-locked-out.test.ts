import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/events.ts';
import {
  at,
  type Claims,
  callsHeld,
  failed,
  HOUR,
  refreshed,
  rejected,
  SECOND,
  signedIn,
  signedOutElsewhere,
  started,
} from './events.ts';
import {
  attemptsIn,
  createLockedOut,
  createRefreshing,
  createSignedIn,
  createStarted,
  namesOf,
  shownIn,
  toldIn,
} from './play.ts';

const T = 260 * SECOND;

describe('held calls', () => {
  it('are counted in what is shown to somebody locked out', () => {
    const play = createLockedOut();
    const effects = play.send(callsHeld(2), T);
    expect(shownIn(effects)).toEqual([
      { status: 'relogin-required', claims: { sub: 'ann' }, reason: 'expired', heldCalls: 2 },
    ]);
    expect(play.send(callsHeld(2), T)).toEqual([]);
    expect(shownIn(play.send(callsHeld(0), T))).toMatchObject([{ heldCalls: 0 }]);
  });

  it('keep the claims that were shown', () => {
    const play = createLockedOut();
    const { claims } = play.session();
    play.send(callsHeld(1), T);
    expect(play.session().claims).toBe(claims);
  });

  it('ask the server nothing, whatever happens to the page', () => {
    const play = createLockedOut();
    const events: SessionEvent<Claims>[] = [
      callsHeld(3),
      { type: 'tick' },
      { type: 'online' },
      { type: 'restored' },
      { type: 'visibility', visible: true },
      { type: 'stopped' },
      started({ isRecorded: true }),
    ];
    expect(events.flatMap((event, index) => attemptsIn(play.send(event, HOUR * (index + 1))))).toEqual([]);
    expect(play.refreshDueInMs(9 * HOUR)).toBeUndefined();
  });

  it('do not keep a call from asking that wants to know', () => {
    const play = createLockedOut();
    play.send(callsHeld(3), T);
    expect(attemptsIn(play.send({ type: 'demand', isTokenDemanded: true, heldCalls: 3 }, T + SECOND))).toEqual([3]);
    expect(play.session()).toMatchObject({ status: 'relogin-required', heldCalls: 3 });
  });

  it('are not shown where nobody is locked out', () => {
    expect(shownIn(createSignedIn().send(callsHeld(1), SECOND))).toEqual([]);
  });
});

describe('`turnedAt`', () => {
  it('is when the user was locked out', () => {
    expect(createLockedOut().state().lockedOutAt).toEqual(at(251 * SECOND));
  });

  it.each<{ name: string; event: SessionEvent<Claims> }>([
    { name: 'signs in', event: signedIn({ askedMs: T }) },
    { name: 'signs out', event: { type: 'signed-out' } },
    { name: 'is found by a refresh', event: refreshed(2, { askedMs: T }) },
    {
      name: 'has signed in elsewhere meanwhile',
      event: { type: 'shared-session-changed', signedOut: false, restored: true },
    },
    { name: 'makes room for another one', event: signedIn({ id: 'bob', askedMs: T }) },
  ])('is when who was locked out $name', ({ event }) => {
    const play = createLockedOut();
    play.send(event, T);
    expect(play.session().status).not.toBe('relogin-required');
    expect(play.state().lockedOutAt).toEqual(at(T));
  });

  it.each<SessionEvent<Claims>>([{ type: 'tick' }, callsHeld(1), { type: 'restored' }, { type: 'stopped' }, failed(2)])(
    'stays through %j',
    (event) => {
      const play = createLockedOut();
      play.send(event, T);
      expect(play.state().lockedOutAt).toEqual(at(251 * SECOND));
    },
  );

  it('is nothing where nobody was ever locked out', () => {
    const play = createSignedIn();
    play.send('signed-out', SECOND);
    expect(play.state().lockedOutAt).toBeUndefined();
  });
});

describe('the end of a session', () => {
  it('names the status of the answer, and its OAuth code', () => {
    const play = createRefreshing();
    const effects = play.send({ ...rejected(2, 'reused'), status: 400 } as SessionEvent<Claims>, T);
    expect(toldIn(effects)).toEqual([{ type: 'session-ended', reason: 'reused', status: 400, error: 'invalid_grant' }]);
  });

  it('names a status without a code', () => {
    const play = createStarted();
    const effects = play.send({ ...rejected(1), status: 204, error: undefined } as SessionEvent<Claims>, 100);
    expect(toldIn(effects)).toEqual([{ type: 'session-ended', reason: 'anonymous', status: 204, error: undefined }]);
  });

  it.each<{ event: SessionEvent<Claims>; reason: string }>([
    { event: { type: 'signed-out' }, reason: 'signed-out' },
    { event: signedOutElsewhere, reason: 'signed-out-elsewhere' },
    { event: signedIn({ id: 'bob' }), reason: 'user-changed' },
  ])('that no answer has ended names none: $reason', ({ event, reason }) => {
    expect(toldIn(createSignedIn().send(event, SECOND))[0]).toEqual({ type: 'session-ended', reason });
  });

  it('of somebody locked out is told again when they leave', () => {
    const effects = createLockedOut().send('signed-out', T);
    expect(namesOf(effects)).toContain('tell session-ended');
  });
});
