import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/events.ts';
import { isInFlight } from '../../../src/session/schedule.ts';
import {
  type Claims,
  failed,
  HOUR,
  MINUTE,
  refreshed,
  rejected,
  SECOND,
  signedIn,
  signedInElsewhere,
  signedOutElsewhere,
  tokenSet,
} from './events.ts';
import {
  attemptsIn,
  createLockedOut,
  createRefreshing,
  createSignedIn,
  createSignedOut,
  createStarted,
  namesOf,
  shownIn,
} from './play.ts';

describe('a late result', () => {
  const results: { name: string; late: SessionEvent<Claims> }[] = [
    { name: 'tokens of the same user', late: refreshed(2, { value: 'late' }) },
    { name: 'tokens of another user', late: refreshed(2, { value: 'late', id: 'bob' }) },
    { name: 'a definitive no', late: rejected(2, 'reused') },
    { name: 'a failure', late: failed(2) },
  ];
  const changes: { name: string; change: SessionEvent<Claims> }[] = [
    { name: 'a sign-out', change: { type: 'signed-out' } },
    { name: 'a sign-in of the same user', change: signedIn({ value: 'new', askedMs: 251 * SECOND }) },
    { name: 'a sign-in of another user', change: signedIn({ value: 'new', id: 'bob', askedMs: 251 * SECOND }) },
    { name: 'a sign-out elsewhere', change: signedOutElsewhere },
    { name: 'a sign-in elsewhere', change: signedInElsewhere },
  ];
  const cases = results.flatMap((result) => changes.map((change) => ({ ...result, change, after: change.name })));

  it.each(cases)('RT-18 changes nothing after $after: $name', ({ late, change }) => {
    const play = createRefreshing();
    play.send(change.change, 251 * SECOND);
    const session = play.session();
    const { token, user, identityVersion } = play.state();
    const effects = play.send(late, 251 * SECOND + 100);
    expect(shownIn(effects)).toEqual([]);
    expect(namesOf(effects).filter((name) => name !== 'refresh' && name !== 'tell refresh-started')).toEqual([]);
    expect(play.session()).toBe(session);
    expect(play.state()).toMatchObject({ token, user, identityVersion });
  });

  it('RT-18 brings no token back after a logout during a refresh', () => {
    const play = createRefreshing();
    play.send('signed-out', 251 * SECOND);
    play.send(refreshed(2), 252 * SECOND);
    expect(play.state().token).toBeUndefined();
    expect(play.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
  });

  it('of user A is not committed after user B signed in', () => {
    const play = createRefreshing();
    play.send(signedIn({ id: 'bob', value: "bob's", askedMs: 251 * SECOND }), 251 * SECOND);
    play.send(refreshed(2, { id: 'ann', value: "ann's" }), 252 * SECOND);
    expect(play.state()).toMatchObject({ user: { id: 'bob' }, token: { value: "bob's" } });
  });

  it('of the session before does not end the new session by its definitive no', () => {
    const play = createRefreshing();
    play.send(signedIn({ askedMs: 251 * SECOND }), 251 * SECOND);
    play.send(rejected(2, 'reused'), 252 * SECOND);
    expect(play.session().status).toBe('authenticated');
  });

  it('of a refresh that was given up is not a definitive no while a newer one is in flight', () => {
    const play = createRefreshing();
    play.send('tick', 250 * SECOND + MINUTE);
    expect(play.state().refresh.attempt).toBe(3);
    play.send(rejected(2), 311 * SECOND);
    expect(play.session().status).toBe('authenticated');
    expect(isInFlight(play.state())).toBe(true);
  });

  it('of a refresh that was given up leaves the newer one in flight', () => {
    const play = createRefreshing();
    play.send('tick', 250 * SECOND + MINUTE);
    expect(play.send(failed(2), 311 * SECOND)).toEqual([]);
    expect(play.state()).toMatchObject({
      refresh: { phase: 'asked' },
      failure: { count: 1, problem: { kind: 'timeout' } },
    });
  });
});

describe('another session in the record', () => {
  it('signs out here where somebody signed out elsewhere', () => {
    const play = createSignedIn();
    const effects = play.send(signedOutElsewhere, SECOND);
    expect(namesOf(effects)).toEqual(['user-left', 'show unauthenticated', 'user-changed', 'tell session-ended']);
    expect(play.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    expect(play.state().token).toBeUndefined();
  });

  it('signs out a user who is locked out here', () => {
    const play = createLockedOut();
    play.send(signedOutElsewhere, 300 * SECOND);
    expect(play.session()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
  });

  it('says nothing new where nobody is signed in here either', () => {
    expect(createSignedOut().send(signedOutElsewhere, SECOND)).toEqual([]);
  });

  it('drops the token at once and asks who it is, where somebody signed in elsewhere', () => {
    const play = createSignedIn();
    const effects = play.send(signedInElsewhere, SECOND);
    expect(shownIn(effects)).toEqual([]);
    expect(attemptsIn(effects)).toEqual([2]);
    expect(play.state().token).toBeUndefined();
  });

  it('hides on a page that is restored what was shown before', () => {
    const play = createSignedIn();
    const effects = play.send({ type: 'shared-session-changed', signedOut: false, restored: true }, SECOND);
    expect(shownIn(effects)).toEqual([{ status: 'loading' }]);
    expect(attemptsIn(effects)).toEqual([2]);
  });

  it('goes on showing the same user, so that nothing is lost on the screen', () => {
    const play = createSignedIn();
    play.send(signedInElsewhere, SECOND);
    const effects = play.send(refreshed(2, {}, 1), 2 * SECOND);
    expect(namesOf(effects)).toEqual(['record same', 'tell refreshed']);
  });

  it('sees somebody unknown off, since nothing says that it is the same one', () => {
    const play = createSignedIn({ id: undefined });
    play.send(signedInElsewhere, SECOND);
    expect(namesOf(play.send(refreshed(2, { id: undefined }, 1), 2 * SECOND))).toContain('user-left');
  });

  it('sees the user off before another one is shown', () => {
    const play = createSignedIn();
    play.send(signedInElsewhere, SECOND);
    const names = namesOf(play.send(refreshed(2, { id: 'bob' }, 1), 2 * SECOND));
    expect(names.indexOf('user-left')).toBeGreaterThanOrEqual(0);
    expect(names.indexOf('user-left')).toBeLessThan(names.indexOf('show authenticated'));
  });

  it('locks the user out where the server says that nobody is signed in, and asks no more', () => {
    const play = createSignedIn();
    play.send(signedInElsewhere, SECOND);
    const effects = play.send(rejected(2, 'expired', 1), 2 * SECOND);
    expect(namesOf(effects)).toEqual(['show relogin-required', 'tell session-ended']);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
  });

  it('sees the user off where a restored page finds that nobody is signed in', () => {
    const play = createSignedIn();
    play.send({ type: 'shared-session-changed', signedOut: false, restored: true }, SECOND);
    const effects = play.send(rejected(2, 'expired', 1), 2 * SECOND);
    expect(namesOf(effects)).toEqual([
      'record same',
      'user-left',
      'show unauthenticated',
      'user-changed',
      'tell session-ended',
    ]);
    expect(play.session()).toMatchObject({ reason: 'expired' });
  });

  it('gives up the refresh in flight, whose answer is for another session', () => {
    const play = createRefreshing();
    const effects = play.send(signedInElsewhere, 251 * SECOND);
    expect(effects).toContainEqual({ type: 'refresh', attempt: 3, identityVersion: 1 });
  });

  it('finds a user who signed in elsewhere after a sign-out here', () => {
    const play = createSignedOut();
    const effects = play.send(signedInElsewhere, SECOND);
    expect(attemptsIn(effects)).toEqual([2]);
    play.send(refreshed(2, { id: 'bob' }, 2), 2 * SECOND);
    expect(play.session()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
  });
});

describe('a session', () => {
  it.each<{ name: string; event: SessionEvent<Claims> }>([
    { name: 'a sign-in', event: signedIn({ askedMs: 200 }) },
    { name: 'a sign-in of somebody else', event: signedIn({ id: 'bob', askedMs: 200 }) },
    { name: 'a sign-out', event: { type: 'signed-out' } },
    { name: 'a change of user', event: refreshed(2, { id: 'bob', value: 'other' }) },
    { name: 'a sign-out elsewhere', event: signedOutElsewhere },
    { name: 'a sign-in elsewhere', event: signedInElsewhere },
  ])('begins with $name', ({ event }) => {
    const play = createSignedIn();
    const before = play.state().identityVersion;
    play.send(event, 300);
    expect(play.state().identityVersion).toBeGreaterThan(before);
  });

  it.each<{ name: string; event: SessionEvent<Claims> }>([
    { name: 'a silent refresh', event: refreshed(2, { value: 'next' }) },
    { name: 'a definitive no', event: rejected(2) },
    { name: 'a failure', event: failed(2) },
    { name: 'a return from the back/forward cache', event: { type: 'restored' } },
  ])('goes on through $name', ({ event }) => {
    const play = createRefreshing();
    play.send(event, 251 * SECOND);
    expect(play.state().identityVersion).toBe(0);
  });

  it('drops a user who was found if somebody signs out in the meantime', () => {
    const play = createStarted();
    const source = { by: 'refreshed', attempt: 1, isNewSession: false } as const;
    const tokens = { tokenSet: tokenSet({ id: 'bob' }), jitter: 0.5 };
    const found: SessionEvent<Claims> = { type: 'user-switched', identityVersion: 0, source, ...tokens };
    play.send('signed-out', 100);
    expect(play.send(found, 101)).toEqual([]);
    expect(play.session()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' });
  });
});
