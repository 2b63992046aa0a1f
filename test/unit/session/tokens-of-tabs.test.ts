import { describe, expect, it } from 'vitest';
import {
  failed,
  type GrantFacts,
  MINUTE,
  receivedFromTab,
  refreshed,
  SECOND,
  signedInElsewhere,
  started,
} from './events.ts';
import {
  attemptsIn,
  createLockedOut,
  createPlay,
  createRefreshing,
  createSignedIn,
  createSignedOut,
  namesOf,
  shownIn,
} from './play.ts';

const fromOtherTab = (facts: GrantFacts = {}, isNewSession = false) =>
  receivedFromTab({ value: 'other-tab', askedMs: 200 * SECOND, ...facts }, isNewSession);

describe('the token of another tab', () => {
  it('that is newer replaces this tab’s token, and shows nothing', () => {
    const play = createSignedIn();
    const effects = play.send(fromOtherTab(), 201 * SECOND);
    expect(namesOf(effects)).toEqual(['tell received-from-tab']);
    expect(play.state().token).toMatchObject({ value: 'other-tab', isFromOtherTab: true });
  });

  it.each<{ what: string; facts: GrantFacts }>([
    { what: 'older', facts: { askedMs: -1 } },
    { what: 'as old', facts: { askedMs: 0 } },
    { what: "another user's", facts: { id: 'bob' } },
    { what: "an unknown user's", facts: { id: undefined } },
  ])('that is $what changes nothing', ({ facts }) => {
    const play = createSignedIn();
    const before = play.state();
    expect(play.send(fromOtherTab(facts), 201 * SECOND)).toEqual([]);
    expect(play.state()).toBe(before);
  });

  it('that is older replaces one that has expired, and no other', () => {
    const longer = fromOtherTab({ askedMs: -1, lifetimeMs: 10 * MINUTE });
    const valid = createSignedIn();
    valid.send(longer, 5 * MINUTE - 1);
    expect(valid.state().token?.value).toBe('secret-token');
    const expired = createSignedIn();
    expired.send(longer, 5 * MINUTE);
    expect(expired.state().token?.value).toBe('other-tab');
  });

  it('that the server counted later stands, if this page’s own refresh was sent before it came', () => {
    const play = createRefreshing({ sid: 's', seq: 2 });
    play.send(fromOtherTab({ sid: 's', seq: 9, askedMs: 251 * SECOND }), 252 * SECOND);
    play.send(refreshed(2, { value: 'late', sid: 's', seq: 3, askedMs: 250 * SECOND }), 253 * SECOND);
    expect(play.state().token?.value).toBe('other-tab');
  });

  it('does not keep out the response to this page’s own refresh, if nothing says which is newer', () => {
    const play = createRefreshing();
    play.send(fromOtherTab({ askedMs: 251 * SECOND }), 252 * SECOND);
    play.send(refreshed(2, { value: 'own', askedMs: 250 * SECOND }), 253 * SECOND);
    expect(play.state().token?.value).toBe('own');
  });

  it('that claims a high count does not outrank what the server says later', () => {
    const play = createSignedIn({ sid: 's', seq: 2 });
    play.send(fromOtherTab({ sid: 's', seq: 1e15 }), 201 * SECOND);
    play.send('tick', 460 * SECOND);
    const { attempt } = play.state().refresh;
    play.send(refreshed(attempt, { value: 'of-the-server', sid: 's', seq: 3, askedMs: 460 * SECOND }), 461 * SECOND);
    expect(attempt).toBeGreaterThan(0);
    expect(play.state().token?.value).toBe('of-the-server');
  });

  it.each<{ what: string; seq: number; askedMs: number; value: string }>([
    { what: 'counted later is newer, whenever it was asked for', seq: 3, askedMs: -5000, value: 'other-tab' },
    { what: 'counted earlier is older, whenever it was asked for', seq: 1, askedMs: 5000, value: 'secret-token' },
    { what: 'counted the same is newer if it was asked for later', seq: 2, askedMs: 5000, value: 'other-tab' },
    {
      what: 'counted the same is no newer if it was asked for before',
      seq: 2,
      askedMs: -5000,
      value: 'secret-token',
    },
  ])('that the server has $what', ({ seq, askedMs, value }) => {
    const play = createSignedIn({ sid: 's', seq: 2 });
    play.send(fromOtherTab({ sid: 's', seq, askedMs }), 10 * SECOND);
    expect(play.state().token?.value).toBe(value);
  });

  it('is of no use if nobody is signed in', () => {
    const play = createSignedOut();
    expect(play.send(fromOtherTab(), 201 * SECOND)).toEqual([]);
    expect(play.session().status).toBe('unauthenticated');
  });

  it('does not let a user in again who was locked out: the other tab does not know yet', () => {
    const play = createLockedOut();
    expect(play.send(fromOtherTab({ askedMs: 260 * SECOND }), 261 * SECOND)).toEqual([]);
    expect(play.session()).toMatchObject({ status: 'relogin-required' });
  });

  it('lets a user in again who was locked out, if a session begins with it', () => {
    const play = createLockedOut();
    play.send(fromOtherTab({ askedMs: 260 * SECOND }, true), 261 * SECOND);
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'ann' } });
  });

  it('ends the loading of a page, and nothing is recorded', () => {
    const play = createPlay();
    play.send(started({ isRecorded: true }), 0);
    const effects = play.send(fromOtherTab({ askedMs: -SECOND }), 10);
    expect(namesOf(effects)).toEqual(['show authenticated', 'tell received-from-tab']);
  });

  it('ends a run of failures', () => {
    const play = createRefreshing();
    play.send(failed(2, { delayMs: MINUTE }), 251 * SECOND);
    expect(play.session()).toHaveProperty('problem');
    play.send(fromOtherTab({ askedMs: 251 * SECOND }), 252 * SECOND);
    expect(play.session()).not.toHaveProperty('problem');
    expect(play.state().failure).toBeUndefined();
  });

  it('makes the refresh that waits for its slot needless, and its late response does not count as newer', () => {
    const play = createRefreshing();
    play.send(fromOtherTab({ sid: 's', seq: 9, askedMs: 251 * SECOND }), 252 * SECOND);
    play.send({ type: 'refresh-skipped', identityVersion: 0, attempt: 2 }, 253 * SECOND);
    expect(play.state()).toMatchObject({ refresh: { phase: 'idle' }, token: { value: 'other-tab' } });
    expect(play.refreshDueInMs(253 * SECOND)).toBeGreaterThan(100 * SECOND);
  });

  it('sets no record: whoever refreshed has done so', () => {
    expect(namesOf(createSignedIn().send(fromOtherTab(), 201 * SECOND))).not.toContain('record same');
  });
});

describe('the token of another tab, if the user was not named so far', () => {
  it('says who the user is, and nothing that is shown changes hands (C-7)', () => {
    const play = createSignedIn({ id: undefined });
    const names = namesOf(play.send(fromOtherTab({ id: 'ann' }), 201 * SECOND));
    expect(names).not.toContain('user-left');
    expect(play.state()).toMatchObject({ user: { id: 'ann' }, token: { value: 'other-tab' } });
  });

  it('that leaves the user open keeps what is known of them, if it is of the same session (C-7)', () => {
    const play = createSignedIn({ sid: 's' });
    play.send(fromOtherTab({ id: undefined, sid: 's', claims: {} }), 201 * SECOND);
    expect(play.state()).toMatchObject({ user: { id: 'ann' }, token: { value: 'other-tab' } });
  });
});

describe('the token of a new session', () => {
  it('of the same user goes on with the page as it is', () => {
    const play = createSignedIn();
    const effects = play.send(fromOtherTab({}, true), 201 * SECOND);
    expect(shownIn(effects)).toEqual([]);
    expect(play.state()).toMatchObject({ identityVersion: 1, token: { value: 'other-tab' } });
  });

  it('of another user ends the session of the user before first', () => {
    const play = createSignedIn();
    const names = namesOf(play.send(fromOtherTab({ id: 'bob' }, true), 201 * SECOND));
    expect(names).toEqual([
      'user-left',
      'show unauthenticated',
      'tell session-ended',
      'continue',
      'show authenticated',
      'user-changed',
      'tell received-from-tab',
    ]);
    expect(play.session()).toMatchObject({ claims: { sub: 'bob' } });
  });

  it('of an unknown user is never that of the one before', () => {
    const play = createSignedIn({ id: undefined });
    expect(namesOf(play.send(fromOtherTab({ id: undefined }, true), 201 * SECOND))[0]).toBe('user-left');
  });

  it('signs a page in where nobody was', () => {
    const play = createSignedOut();
    play.send(fromOtherTab({ id: 'bob' }, true), 201 * SECOND);
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'bob' } });
  });

  it('answers the question of a page that has seen the session already, and asks nothing more', () => {
    const play = createSignedIn();
    expect(attemptsIn(play.send(signedInElsewhere, 200 * SECOND))).toEqual([2]);
    play.send(fromOtherTab({ askedMs: 150 * SECOND }), 201 * SECOND);
    expect(play.state()).toMatchObject({ token: { value: 'other-tab' } });
    expect(play.state().mustRevalidate).toBeUndefined();
    play.send({ type: 'refresh-skipped', identityVersion: 1, attempt: 2 }, 201 * SECOND);
    expect(play.state().refresh.phase).toBe('idle');
  });

  it('makes the answer to a refresh of the session before void', () => {
    const play = createRefreshing();
    play.send(fromOtherTab({ id: 'bob', askedMs: 251 * SECOND }, true), 252 * SECOND);
    play.send(refreshed(2, { value: 'late' }), 253 * SECOND);
    expect(play.state()).toMatchObject({ user: { id: 'bob' }, token: { value: 'other-tab' } });
  });
});
