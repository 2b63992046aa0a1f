import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/events.ts';
import type { RecordedUser } from '../../../src/session/identity.ts';
import { type Claims, HOUR, refreshed, rejected, started, tokenDemanded } from './events.ts';
import { attemptsIn, createPlay, createSignedIn, createStarted, namesOf, shownIn, toldIn } from './play.ts';

describe('before the start', () => {
  it.each<SessionEvent<Claims>>([
    { type: 'tick' },
    { type: 'online' },
    { type: 'restored' },
    { type: 'visibility', visible: true },
    tokenDemanded,
  ])('does nothing on %j', (event) => {
    const play = createPlay();
    expect(play.send(event, HOUR)).toEqual([]);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
    expect(play.session()).toEqual({ status: 'loading' });
  });
});

describe('the start', () => {
  it('asks the server who is signed in', () => {
    const play = createPlay();
    expect(namesOf(play.send(started(), 0))).toEqual(['refresh']);
    expect(play.session()).toEqual({ status: 'loading' });
  });

  it('asks once where StrictMode mounts twice', () => {
    const play = createStarted();
    play.send('stopped', 1);
    expect(play.send(started(), 2)).toEqual([]);
  });

  it('asks once while calls begin to wait', () => {
    const play = createPlay();
    play.send(tokenDemanded, 0);
    expect(attemptsIn(play.send(started(), 1))).toEqual([1]);
    expect(play.send('tick', 900)).toEqual([]);
  });

  it('asks on a hidden page, too', () => {
    expect(attemptsIn(createPlay().send(started({ visible: false }), 0))).toEqual([1]);
  });

  it('shows who is signed in once the server has said so', () => {
    const play = createStarted();
    const effects = play.send(refreshed(1), 100);
    expect(namesOf(effects)).toEqual(['record new', 'show authenticated', 'tell refreshed']);
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'ann' } });
  });

  it('tells a record of somebody that nobody is signed in, once the server has said so', () => {
    const play = createPlay();
    play.send(started({ isRecorded: true }), 0);
    expect(play.send(rejected(1), 100)[0]).toEqual({ type: 'record', session: 'same', isSignedIn: false });
  });

  it('records nothing if nobody is signed in, and nobody was', () => {
    const play = createStarted();
    expect(namesOf(play.send(rejected(1), 100))).toEqual(['show unauthenticated', 'tell session-ended']);
  });

  it('keeps the session of the record where it says that somebody was signed in', () => {
    const play = createPlay();
    play.send(started({ isRecorded: true }), 0);
    expect(namesOf(play.send(refreshed(1), 100))).toContain('record same');
  });

  it.each([
    { isRecorded: false, reason: 'anonymous', told: 'anonymous' },
    { isRecorded: true, reason: 'expired', told: 'revoked' },
  ])(
    'takes a 401 for $reason where a recorded session is $isRecorded, and tells $told',
    ({ isRecorded, reason, told }) => {
      const play = createPlay();
      play.send(started({ isRecorded }), 0);
      const effects = play.send(rejected(1, 'revoked'), 100);
      expect(shownIn(effects)).toEqual([{ status: 'unauthenticated', reason }]);
      expect(toldIn(effects)).toEqual([{ type: 'session-ended', reason: told, status: 401, error: 'invalid_grant' }]);
    },
  );

  it('asks nobody where a sign-out is still to be confirmed', () => {
    const play = createPlay();
    const effects = play.send(started({ isRecorded: true, signedOut: true }), 0);
    expect(attemptsIn(effects)).toEqual([]);
    expect(play.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
  });

  it('says that the user of the earlier page has left where their sign-out is still to be confirmed', () => {
    const start = (user?: RecordedUser) =>
      namesOf(createPlay().send({ ...started({ signedOut: true }), earlier: { cameByRedirect: false, user } }, 0));
    expect(start({ salt: 'e', sid: 's1' })).toEqual([
      'user-left',
      'show unauthenticated',
      'user-changed',
      'tell session-ended',
    ]);
    expect(start()).not.toContain('user-left');
  });
});

it.each([
  { inForeignFrame: false, isRecorded: false, reason: 'anonymous' },
  { inForeignFrame: false, isRecorded: true, reason: 'expired' },
  { inForeignFrame: true, isRecorded: true, reason: 'unavailable-in-frame' },
])('nobody is signed in: $reason, in a foreign frame $inForeignFrame, with a record $isRecorded', (row) => {
  const { inForeignFrame, isRecorded, reason } = row;
  const play = createPlay();
  play.send({ ...started({ isRecorded }), inForeignFrame }, 0);
  play.send(rejected(1), 100);
  expect(play.session()).toEqual({ status: 'unauthenticated', reason });
});

it('every refresh after the first goes on with the session in the record', () => {
  const play = createStarted();
  expect(namesOf(play.send(refreshed(1, { sid: 's1' }), 100))).toContain('record new');
  play.send('tick', HOUR);
  expect(namesOf(play.send(refreshed(2, { sid: 's1', askedMs: HOUR }), HOUR))).toContain('record same');
});

describe('a stop', () => {
  it('begins nothing any more', () => {
    const play = createSignedIn();
    play.send('stopped', 200);
    expect(play.send('tick', HOUR)).toEqual([]);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
  });

  it('lets a refresh that was sent commit', () => {
    const play = createStarted();
    play.send('stopped', 1);
    play.send(refreshed(1), 100);
    expect(play.session().status).toBe('authenticated');
  });

  it('settles nothing: session and token outlive it', () => {
    const play = createSignedIn();
    const session = play.session();
    const { token } = play.state();
    play.send('stopped', 200);
    expect(play.session()).toBe(session);
    expect(play.state()).toMatchObject({ token });
  });

  it('is undone by the next start, which refreshes what has run out', () => {
    const play = createSignedIn();
    play.send('stopped', 200);
    expect(attemptsIn(play.send(started(), HOUR))).toEqual([2]);
  });
});
