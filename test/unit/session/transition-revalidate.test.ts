import { describe, expect, it } from 'vitest';
import { mayOtherTabDiffer } from '../../../src/session/accept-tokens.ts';
import type { SessionEvent } from '../../../src/session/events.ts';
import {
  type Claims,
  failed,
  HOUR,
  receivedFromTab,
  refreshed,
  rejected,
  SECOND,
  signedIn,
  signedInElsewhere,
  started,
} from './events.ts';
import {
  attemptsIn,
  createLockedOut,
  createPlay,
  createSignedIn,
  createSignedOut,
  createStarted,
  namesOf,
  type Play,
  shownIn,
} from './play.ts';

/** A page that found a sign-out still to be confirmed. */
const createToRevalidate = () => {
  const play = createPlay();
  play.send(started({ isRecorded: true, signedOut: true }), 0);
  return play;
};

const settled = { type: 'sign-out-settled' } as const;

describe('a page that loads while another is first to find who is there', () => {
  it.each<[string, SessionEvent<Claims>]>([
    ['another page’s token', receivedFromTab({}, true)],
    ['news, and then the server', signedInElsewhere],
  ])('makes the calls of before for whoever it is: %s', (_, event) => {
    const play = createStarted();
    const demand = play.demandAt(0);
    play.send(event, SECOND);
    const { refresh, identityVersion } = play.state();
    play.send(refreshed(refresh.attempt, { askedMs: SECOND }, identityVersion), 2 * SECOND);
    expect(play.judge(demand, 2 * SECOND).is).toBe('token');
    play.send(signedIn({ id: 'bob' }), 3 * SECOND);
    expect(play.judge(demand, 3 * SECOND).is).toBe('other-user');
  });

  it('makes none of them for somebody who signs in on it', () => {
    const play = createStarted();
    const demand = play.demandAt(0);
    play.send(signedIn(), SECOND);
    expect(play.judge(demand, SECOND).is).toBe('other-user');
  });

  it('tells of a sign-out of its own: nobody is known here who could be left alone', () => {
    const play = createStarted();
    play.send(signedInElsewhere, SECOND);
    expect(namesOf(play.send('signed-out', 2 * SECOND))).toContain('record new');
  });
});

describe('a page that has heard of somebody, and does not know yet who it is', () => {
  it.each([
    { what: 'shows the user before', create: createSignedIn, restored: false, overtaken: true },
    { what: 'is back, and shows nobody yet', create: createSignedIn, restored: true, overtaken: true },
    { what: 'shows nobody', create: createSignedOut, restored: false, overtaken: true },
    { what: 'is loading', create: createPlay, restored: false, overtaken: false },
  ])('is overtaken where it $what: $overtaken', ({ create, restored, overtaken }) => {
    const play = create();
    play.send(started(), 0);
    play.send({ type: 'shared-session-changed', signedOut: false, restored }, SECOND);
    expect(mayOtherTabDiffer(play.state())).toBe(overtaken);
  });

  it('leaves them alone when its own user signs out', () => {
    const play = createSignedIn();
    play.send(signedInElsewhere, SECOND);
    const effects = namesOf(play.send({ type: 'signed-out', isElsewhere: true }, 2 * SECOND));
    expect(effects).not.toContain('record new');
    expect(play.session()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' });
  });
});

describe('a page whose record is gone', () => {
  it('asks who is there, and shows nobody until then', () => {
    const play = createSignedIn();
    play.send({ type: 'shared-session-changed', signedOut: false, isGone: true }, SECOND);
    expect(play.session()).toEqual({ status: 'loading' });
  });

  it('goes on showing who is locked out, and has written something', () => {
    const play = createLockedOut();
    const before = play.session();
    play.send({ type: 'shared-session-changed', signedOut: false, isGone: true }, SECOND);
    expect(play.session()).toBe(before);
  });

  it('asks nobody, and goes on showing nobody, where it does so already', () => {
    const play = createSignedOut();
    const before = play.session();
    expect(play.send({ type: 'shared-session-changed', signedOut: false, isGone: true }, HOUR)).toEqual([]);
    expect(play.session()).toBe(before);
  });
});

describe('a page that finds a session', () => {
  it.each([
    { cameByRedirect: true, known: 's', found: 's', record: 'same' },
    { cameByRedirect: true, known: 's', found: 't', record: 'new' },
    { cameByRedirect: true, known: 's', found: undefined, record: 'new' },
    { cameByRedirect: true, known: undefined, found: 's', record: 'new' },
    { cameByRedirect: true, known: undefined, found: undefined, record: 'new' },
    { cameByRedirect: false, known: 's', found: 's', record: 'same' },
    { cameByRedirect: false, known: 's', found: 't', record: 'new' },
    { cameByRedirect: false, known: 's', found: undefined, record: 'same' },
    { cameByRedirect: false, known: undefined, found: 's', record: 'same' },
  ])(
    'has a $record record where that knows of $known and the server of $found, and somebody may have signed in on the way: $arrived',
    ({ cameByRedirect, known, found, record }) => {
      const play = createPlay();
      play.send({ ...started({ isRecorded: true }), earlier: { cameByRedirect, user: { salt: '', sid: known } } }, 0);
      const { attempt } = play.state().refresh;
      const effects = play.send(refreshed(attempt, found === undefined ? {} : { sid: found }), SECOND);
      expect(namesOf(effects)).toContain(`record ${record}`);
    },
  );

  it('asks of the record at its start alone', () => {
    const play = createPlay();
    play.send(
      { ...started({ isRecorded: true }), earlier: { cameByRedirect: false, user: { salt: '', sid: 's' } } },
      0,
    );
    play.send(signedInElsewhere, SECOND);
    play.send('tick', 10 * SECOND);
    const { refresh, identityVersion } = play.state();
    expect(namesOf(play.send(refreshed(refresh.attempt, { sid: 't' }, identityVersion), 11 * SECOND))).toContain(
      'record same',
    );
  });
});

describe('who is there, after a sign-out of the page before', () => {
  it.each<SessionEvent<Claims>>([
    { type: 'tick' },
    { type: 'online' },
    { type: 'visibility', visible: true },
    { type: 'restored' },
    { type: 'stopped' },
    started({ isRecorded: true, signedOut: true }),
  ])('is not asked for before that is over: %j', (event) => {
    const play = createToRevalidate();
    expect(attemptsIn(play.send(event, HOUR))).toEqual([]);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
  });

  it('is asked for when it is over, and shown', () => {
    const play = createToRevalidate();
    expect(attemptsIn(play.send(settled, SECOND))).toEqual([1]);
    expect(play.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    play.send(refreshed(1, { id: 'bob', askedMs: SECOND }, play.state().identityVersion), 2 * SECOND);
    expect(play.session()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(play.state().mustRevalidate).toBeUndefined();
  });

  it('is asked for once the page has started again', () => {
    const play = createToRevalidate();
    play.send('stopped', SECOND);
    expect(attemptsIn(play.send(settled, 2 * SECOND))).toEqual([]);
    expect(attemptsIn(play.send(started({ isRecorded: false }), 3 * SECOND))).toEqual([1]);
  });

  it('is asked for on a hidden page, too', () => {
    const play = createToRevalidate();
    play.send({ type: 'visibility', visible: false }, 1);
    expect(attemptsIn(play.send(settled, SECOND))).toEqual([1]);
  });

  it('is nobody where the server says so: nothing new is shown or told, and nothing more is asked', () => {
    const play = createToRevalidate();
    play.send(settled, SECOND);
    expect(play.send(rejected(1, 'expired', play.state().identityVersion), 2 * SECOND)).toEqual([]);
    expect(play.send('tick', HOUR)).toEqual([]);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
  });

  it('is asked for until the server can say it', () => {
    const play = createToRevalidate();
    play.send(settled, SECOND);
    const effects = play.send(
      failed(1, { identityVersion: play.state().identityVersion, delayMs: 2 * SECOND }),
      2 * SECOND,
    );
    expect(shownIn(effects)).toEqual([]);
    expect(attemptsIn(play.send('tick', 4 * SECOND))).toEqual([2]);
  });

  it('need not be asked for where somebody has signed in meanwhile', () => {
    const play = createToRevalidate();
    play.send(signedIn({ askedMs: SECOND }), SECOND);
    expect(namesOf(play.send(settled, 2 * SECOND))).toEqual([]);
    expect(play.state().mustRevalidate).toBeUndefined();
  });

  it('is of no interest where the user has signed out here, too', () => {
    const play = createToRevalidate();
    play.send('signed-out', SECOND);
    expect(play.send(settled, 2 * SECOND)).toEqual([]);
    expect(play.refreshDueInMs(HOUR)).toBeUndefined();
  });
});

describe('a start with a sign-out still to be confirmed', () => {
  it('leaves alone who has signed in on this page since', () => {
    const play = createSignedIn();
    const session = play.session();
    const { token } = play.state();
    play.send('stopped', SECOND);
    play.send(started({ signedOut: true }), 2 * SECOND);
    expect(play.session()).toBe(session);
    expect(play.state()).toMatchObject({ token, mustRevalidate: undefined });
  });
});

describe('the end of a sign-out', () => {
  it.each([
    { name: 'signed in', create: createSignedIn },
    { name: 'locked out', create: createLockedOut },
    { name: 'signed out here', create: createSignedOut },
  ])('is nothing to somebody $name', ({ create }) => {
    const play = create();
    const before = play.session();
    expect(play.send(settled, 260 * SECOND).filter(({ type }) => type === 'show')).toEqual([]);
    expect(play.state().mustRevalidate).toBeUndefined();
    expect(play.session()).toBe(before);
  });
});

it('somebody in another tab may be another one on a page that shows nobody, and once that tab has signed in', () => {
  const differs = (play: Play) => {
    const before = mayOtherTabDiffer(play.state());
    play.send(signedInElsewhere, SECOND);
    return [before, mayOtherTabDiffer(play.state())];
  };
  expect([createSignedIn(), createSignedOut(), createPlay()].map(differs)).toEqual([
    [false, true],
    [true, true],
    [false, false],
  ]);
});
