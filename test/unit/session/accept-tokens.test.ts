import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../../src/session/events.ts';
import { type Claims, type GrantFacts, MINUTE, refreshed, SECOND, signedIn } from './events.ts';
import {
  createLockedOut,
  createRefreshing,
  createSignedIn,
  createStarted,
  type Effects,
  namesOf,
  policy,
} from './play.ts';

const seesOff = (effects: Effects): boolean => effects.some(({ type }) => type === 'user-left');

describe('another user', () => {
  const ways: { way: string; event: SessionEvent<Claims> }[] = [
    { way: 'a refresh', event: refreshed(2, { id: 'bob', value: "bob's" }) },
    { way: 'a sign-in', event: signedIn({ id: 'bob', value: "bob's" }) },
  ];

  it.each(ways)('found by $way passes through user-changed, and the caches are told first', ({ event }) => {
    const names = namesOf(createRefreshing().send(event, 251 * SECOND));
    expect(names.slice(0, 4)).toEqual(['user-left', 'show unauthenticated', 'tell session-ended', 'continue']);
    expect(names.slice(4, 6)).toEqual(['record new', 'show authenticated']);
  });

  it.each(ways)('found by $way gets none of what the one before had', ({ event }) => {
    const play = createRefreshing();
    const effects = play.send(event, 251 * SECOND);
    expect(effects[0]).toEqual({ type: 'user-left', claims: { sub: 'ann' } });
    expect(effects[1]).toEqual({ type: 'show', session: { status: 'unauthenticated', reason: 'user-changed' } });
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(play.state().token?.value).toBe("bob's");
  });

  it.each(ways)('found by $way is not there yet when the old one has left', ({ event }) => {
    const play = createRefreshing();
    const identityVersion = play.state().identityVersion;
    const found = play.send(event, 251 * SECOND).find(({ type }) => type === 'continue');
    expect(found).toMatchObject({ event: { type: 'user-switched', identityVersion: identityVersion + 1 } });
  });

  it('signing in after a forced end is no continuation of the session before', () => {
    const play = createLockedOut();
    expect(seesOff(play.send(signedIn({ id: 'bob' }), 300 * SECOND))).toBe(true);
  });
});

describe('whether a grant is the same user’s', () => {
  const cases: { before: GrantFacts; after: GrantFacts; byRefresh: boolean; bySignIn: boolean }[] = [
    { before: { id: 'ann' }, after: { id: 'ann' }, byRefresh: true, bySignIn: true },
    { before: { id: 'ann', sid: '1' }, after: { id: 'ann', sid: '2' }, byRefresh: true, bySignIn: true },
    { before: { id: 'ann' }, after: { id: 'bob' }, byRefresh: false, bySignIn: false },
    { before: { id: 'ann', sid: '1' }, after: { id: 'bob', sid: '1' }, byRefresh: false, bySignIn: false },
    { before: { id: 'ann' }, after: { id: undefined }, byRefresh: false, bySignIn: false },
    { before: { id: undefined }, after: { id: 'ann' }, byRefresh: true, bySignIn: false },
    { before: { id: undefined, sid: '1' }, after: { id: 'ann', sid: '1' }, byRefresh: true, bySignIn: true },
    { before: { id: undefined, sid: '1' }, after: { id: 'ann', sid: '2' }, byRefresh: false, bySignIn: false },
    { before: { id: 'ann', org: 'x' }, after: { id: 'ann', org: 'x' }, byRefresh: true, bySignIn: true },
    { before: { id: 'ann', org: 'x' }, after: { id: 'ann', org: 'y' }, byRefresh: false, bySignIn: false },
    { before: { id: 'ann' }, after: { id: 'ann', org: 'y' }, byRefresh: false, bySignIn: false },
    { before: { id: undefined }, after: { id: undefined }, byRefresh: true, bySignIn: false },
    { before: { id: undefined, sid: '1' }, after: { id: undefined, sid: '1' }, byRefresh: true, bySignIn: true },
    { before: { id: undefined, sid: '1' }, after: { id: undefined, sid: '2' }, byRefresh: false, bySignIn: false },
    { before: { id: undefined, sid: '1' }, after: { id: undefined }, byRefresh: true, bySignIn: false },
    { before: { id: undefined }, after: { id: undefined, sid: '1' }, byRefresh: true, bySignIn: false },
  ];

  it.each(cases)('$before → $after by a refresh: $byRefresh', ({ before, after, byRefresh }) => {
    expect(seesOff(createRefreshing(before).send(refreshed(2, after), 251 * SECOND))).toBe(!byRefresh);
  });

  it.each(cases)('$before → $after by a sign-in: $bySignIn', ({ before, after, bySignIn }) => {
    expect(seesOff(createSignedIn(before).send(signedIn(after), SECOND))).toBe(!bySignIn);
  });
});

describe('two competing answers', () => {
  it.each([
    { held: { seq: 5 }, found: { seq: 6 }, attempt: 1, taken: true, why: 'a higher seq' },
    { held: { seq: 5 }, found: { seq: 4 }, attempt: 1, taken: false, why: 'a lower seq' },
    {
      held: { seq: 5 },
      found: { seq: 4 },
      attempt: 2,
      taken: true,
      why: 'a lower seq, asked for after the last answer',
    },
    { held: { seq: 5 }, found: { seq: 5 }, attempt: 2, taken: true, why: 'the same seq, repeated' },
    { held: {}, found: {}, attempt: 2, taken: true, why: 'no seq, sent later' },
    { held: {}, found: {}, attempt: 0, taken: false, why: 'no seq, sent earlier' },
    { held: { seq: 5 }, found: {}, attempt: 0, taken: false, why: 'seq on one side alone, sent earlier' },
    { held: { seq: 5 }, found: {}, attempt: 2, taken: true, why: 'seq on one side alone, sent later' },
    { held: {}, found: { seq: 5 }, attempt: 0, taken: false, why: 'seq on the other side alone, sent earlier' },
    { held: { seq: 5, sid: 'a' }, found: { seq: 1, sid: 'b' }, attempt: 2, taken: true, why: 'seq of two sessions' },
  ])('$why: taken $taken', ({ held, found, attempt, taken }) => {
    const play = createSignedIn({ ...held, value: 'held' });
    play.send(refreshed(attempt, { ...found, value: 'found' }), SECOND);
    expect(play.state().token?.value).toBe(taken ? 'found' : 'held');
  });

  it('are put in order after one was presumed lost: the older response does not overwrite the newer', () => {
    const play = createRefreshing();
    play.send('tick', 250 * SECOND + MINUTE);
    play.send(refreshed(3, { value: 'third' }), 311 * SECOND);
    play.send(refreshed(2, { value: 'second' }), 312 * SECOND);
    expect(play.state().token?.value).toBe('third');
  });
});

describe('a token', () => {
  it('bears the number of its refresh, and counts up', () => {
    const play = createRefreshing();
    play.send(refreshed(2, { value: 'second' }), 251 * SECOND);
    expect(play.state().token).toMatchObject({ value: 'second', tokenNumber: 2, attempt: 2 });
  });

  it('got by signing in is not that of a refresh begun later', () => {
    const play = createSignedIn();
    play.send(signedIn({ value: 'second' }), SECOND);
    expect(play.state().token).toMatchObject({ tokenNumber: 2, attempt: 1 });
  });

  it('without a lifetime has no lead time', () => {
    const play = createSignedIn({ lifetimeMs: undefined });
    expect(play.state().token).not.toHaveProperty('lifetimeMs');
    expect(play.state().token).not.toHaveProperty('leadMs');
  });

  it('TIM-5 is replaced a share of its life ahead, spread by the jitter', () => {
    const leadOf = (jitter: number): number | undefined => {
      const play = createStarted();
      play.send({ ...refreshed(1, { lifetimeMs: 100 * SECOND }), jitter } as SessionEvent<Claims>, 1);
      return play.state().token?.leadMs;
    };
    expect([leadOf(0), leadOf(0.5), leadOf(1)]).toEqual([18_000, 20_000, 22_000].map((ms) => expect.closeTo(ms, 3)));
    expect(policy.leadShare).toBe(0.2);
  });
});
