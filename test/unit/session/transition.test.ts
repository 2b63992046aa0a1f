import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/events.ts';
import { type Claims, callsHeld, HOUR, refreshed, rejected, SECOND, signedIn, tokenDemanded } from './events.ts';
import {
  attemptsIn,
  createLockedOut,
  createRefreshing,
  createSignedIn,
  createSignedOut,
  createStarted,
  namesOf,
} from './play.ts';

describe('a definitive no', () => {
  it.each(['expired', 'revoked', 'reused'] as const)(
    'locks the user out with the reason %s and the last claims',
    (reason) => {
      const play = createRefreshing();
      const effects = play.send(rejected(2, reason), 251 * SECOND);
      expect(namesOf(effects)).toEqual(['show relogin-required', 'tell session-ended']);
      expect(play.session()).toEqual({ status: 'relogin-required', claims: { sub: 'ann' }, reason, heldCalls: 0 });
      expect(play.state().token).toBeUndefined();
    },
  );

  it('keeps the very claims that were shown', () => {
    const play = createRefreshing();
    const { claims } = play.session();
    play.send(rejected(2), 251 * SECOND);
    expect(play.session().claims).toBe(claims);
  });

  it('is not followed by another question, whatever happens to the page', () => {
    const play = createLockedOut();
    const events: SessionEvent<Claims>[] = [
      { type: 'tick' },
      { type: 'online' },
      { type: 'visibility', visible: false },
      { type: 'visibility', visible: true },
      { type: 'restored' },
    ];
    expect(events.flatMap((event, index) => play.send(event, HOUR * (index + 1)))).toEqual([]);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
  });

  it('is told once, however often the server repeats it', () => {
    const play = createLockedOut();
    play.send(tokenDemanded, 260 * SECOND);
    expect(play.state().refresh.attempt).toBe(3);
    play.send(callsHeld(0), 260 * SECOND);
    expect(play.send(rejected(3), 261 * SECOND)).toEqual([]);
    expect(play.state().refresh.rejected).toBe(3);
  });

  it('counts as an answer to refresh() where nobody is signed in', () => {
    const play = createSignedOut();
    play.send(tokenDemanded, SECOND);
    play.send(callsHeld(0), SECOND);
    expect(play.send(rejected(2, 'expired', 1), 2 * SECOND)).toEqual([]);
    expect(play.state().refresh.rejected).toBe(2);
  });

  it('is forgotten by a sign-in of the same user', () => {
    const play = createLockedOut();
    const effects = play.send(signedIn({ askedMs: 300 * SECOND }), 300 * SECOND);
    expect(namesOf(effects)).toEqual(['record new', 'show authenticated', 'tell signed-in']);
  });
});

describe('a sign-out', () => {
  it('ends the session at once: record, then the caches, then the screen', () => {
    const play = createSignedIn();
    const effects = play.send('signed-out', 200);
    expect(namesOf(effects)).toEqual([
      'record new',
      'user-left',
      'show unauthenticated',
      'user-changed',
      'tell session-ended',
    ]);
    expect(play.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    expect(play.state()).toMatchObject({ token: undefined, user: undefined, isRecorded: false });
  });

  it('says that nobody is signed in to the record', () => {
    const effects = createSignedIn().send('signed-out', 200);
    expect(effects[0]).toEqual({ type: 'record', session: 'new', isSignedIn: false });
  });

  it('sees off a user who was locked out', () => {
    const effects = createLockedOut().send('signed-out', 300 * SECOND);
    expect(effects).toContainEqual({ type: 'user-left', claims: { sub: 'ann' } });
  });

  it('sees nobody off where nobody was known', () => {
    const play = createStarted();
    const effects = play.send('signed-out', 1);
    expect(namesOf(effects)).toEqual(['record new', 'show unauthenticated', 'tell session-ended']);
  });

  it('ends no session where there is none', () => {
    expect(namesOf(createSignedOut().send('signed-out', 300))).toEqual(['record new']);
  });

  it('leaves nothing to be done by itself', () => {
    const play = createSignedOut();
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
    expect(play.send('tick', HOUR)).toEqual([]);
  });
});

describe('what leads to nothing', () => {
  it.each<SessionEvent<Claims>>([
    { type: 'stopped' },
    { type: 'refresh-skipped', identityVersion: 0, attempt: 1 },
    { type: 'sign-out-settled' },
    { type: 'replay-refused', tokenNumber: 1, endpoint: '/api' },
    { type: 'replay-refused', tokenNumber: 7, endpoint: '/api' },
    { type: 'call-succeeded', tokenNumber: 1, endpoints: ['/api'] },
  ])('is nothing to the shell: %j', (event) => {
    expect(createSignedIn().send(event, SECOND)).toEqual([]);
  });
});

describe('a return from the back/forward cache', () => {
  it('begins the refresh anew that may never be heard of again', () => {
    const play = createRefreshing();
    expect(attemptsIn(play.send('restored', 252 * SECOND))).toEqual([3]);
  });

  it('keeps the distance to the refresh before', () => {
    const play = createRefreshing();
    expect(play.send('restored', 250 * SECOND + 100)).toEqual([]);
    expect(play.refreshDueInMs(250 * SECOND + 100)).toBe(400);
  });

  it('asks nothing where the token is good', () => {
    expect(createSignedIn().send('restored', SECOND)).toEqual([]);
  });

  it('takes the answer of the refresh that was given up, if it comes after all', () => {
    const play = createRefreshing();
    play.send('restored', 252 * SECOND);
    play.send(refreshed(2, { value: 'second' }), 253 * SECOND);
    expect(play.state().token?.value).toBe('second');
  });
});

describe('the refresh that did not help', () => {
  it('is counted once for all the calls that saw it', () => {
    const play = createSignedIn();
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, 200);
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, 300);
    expect(play.state().loopGuard).toMatchObject({ anywhere: { count: 1, tokenNumber: 1 }, endpoints: [{ count: 1 }] });
  });

  it('is counted again for a newer token', () => {
    const play = createSignedIn();
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, 200);
    play.send('tick', 250 * SECOND);
    play.send(refreshed(2), 251 * SECOND);
    play.send({ type: 'replay-refused', tokenNumber: 2, endpoint: '/api' }, 252 * SECOND);
    expect(play.state().loopGuard).toMatchObject({ anywhere: { count: 2, tokenNumber: 2 }, endpoints: [{ count: 2 }] });
  });

  it.each([
    { tokenNumber: 0, endpoint: '/api', forgotten: false },
    { tokenNumber: 1, endpoint: '/api', forgotten: true },
    { tokenNumber: 2, endpoint: '/api', forgotten: true },
    { tokenNumber: 2, endpoint: '/other', forgotten: false },
  ])('is forgotten when $endpoint takes token $tokenNumber: $forgotten', ({ tokenNumber, endpoint, forgotten }) => {
    const play = createSignedIn();
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, 200);
    play.send({ type: 'call-succeeded', tokenNumber, endpoints: [endpoint] }, 300);
    expect(play.state().loopGuard.anywhere === undefined).toBe(forgotten);
  });

  it('is forgotten with its user', () => {
    const play = createSignedIn();
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, 200);
    play.send('signed-out', 300);
    expect(play.state().loopGuard.anywhere).toBeUndefined();
  });
});
