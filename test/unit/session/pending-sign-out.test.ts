import { describe, expect, it } from 'vitest';
import type { RefreshEvent } from '../../../src/session/events.ts';
import {
  isOther,
  judgeByRefresh,
  markOf,
  type PendingSignOut,
  refused,
} from '../../../src/session/pending-sign-out.ts';
import { updateRefresh } from '../../../src/session/refresh-attempt.ts';
import { INITIAL_STATE, type State } from '../../../src/session/state.ts';
import { type Claims, DAY, refreshed, rejected } from './events.ts';

const ann = markOf({ id: 'ann' }, 'salt');

describe('the session found while a sign-out is pending', () => {
  it.each<[PendingSignOut, { sid?: string; id?: string }, boolean]>([
    [{ sid: 's1' }, { sid: 's1' }, false],
    [{ sid: 's1' }, { sid: 's2' }, true],
    [{ sid: 's1', user: ann }, { sid: 's2', id: 'ann' }, true],
    [{ sid: 's1', user: ann }, { sid: 's1', id: 'bob' }, false],
    [{ user: ann }, { id: 'bob' }, true],
    [{ user: ann }, { id: 'ann' }, false],
    [{ sid: 's1', user: ann }, { id: 'bob' }, true],
    [{ user: ann }, { sid: 's2', id: 'bob' }, true],
    [{ sid: 's1' }, { id: 'bob' }, false],
    [{ user: ann }, { sid: 's2' }, false],
    [{}, { sid: 's2', id: 'bob' }, false],
  ])('%j against %j is another one: %s (C-2)', (pending, found, expected) => {
    expect(isOther(pending, found, 0)).toBe(expected);
  });

  it.each<[string, PendingSignOut, { sid?: string; id?: string }, number, boolean]>([
    ['cannot be told apart, within a day', { user: ann, signedOutAt: 5 }, { id: 'ann' }, 5 + DAY, false],
    ['cannot be told apart, after a day', { user: ann, signedOutAt: 5 }, { id: 'ann' }, 6 + DAY, true],
    ['cannot be told apart, and the clock was set back', { user: ann, signedOutAt: 2 * DAY }, { id: 'ann' }, 5, true],
    ['has the same name, after a day', { sid: 's1', signedOutAt: 5 }, { sid: 's1' }, 6 + DAY, false],
  ])('that %s (C-2)', (_, pending, found, wallAt, expected) => {
    expect(isOther(pending, found, wallAt)).toBe(expected);
  });
});

describe('the mark of a user', () => {
  it('is the same for the same id and salt, and another for another', () => {
    const marks = ['ann', 'bob'].flatMap((id) => [
      markOf({ id }, 'a'),
      markOf({ id, org: 'x' }, 'a'),
      markOf({ id }, 'b'),
    ]);
    expect(new Set(marks).size).toBe(6);
    expect(markOf({ id: 'ann' }, 'a')).toBe(marks[0]);
  });

  it('does not show the id', () => {
    expect(markOf({ id: 'ann@example.com' }, 'salt')).toMatch(/^salt\.[0-9a-z]{1,7}$/);
  });
});

it('a sign-out is given up at the third refusal (C-2)', () => {
  const first = refused({ sid: 's1', user: ann });
  const second = refused(first ?? {});
  expect(second).toEqual({ sid: 's1', user: ann, refusals: 2 });
  expect(refused(second ?? {})).toBeUndefined();
});

describe('what came of a refresh, while a sign-out is pending', () => {
  const signedOut: State<Claims> = {
    ...(INITIAL_STATE as State<Claims>),
    session: { status: 'unauthenticated', reason: 'signed-out' },
    refresh: { ...INITIAL_STATE.refresh, attempt: 3 },
  };
  const pending: PendingSignOut = { sid: 's1', signedOutAt: 0 };

  const judge = (event: RefreshEvent<Claims>, lastAttempt = 2, state = signedOut, wallAt = 0) =>
    judgeByRefresh(pending, state, event, lastAttempt, wallAt);

  it('shows that the session goes on, or that somebody else is signed in', () => {
    expect(judge(refreshed(3, { sid: 's1' }))).toBe('same');
    expect(judge(refreshed(3, { sid: 's2' }))).toBe('other');
    expect(judge(refreshed(3), 2, signedOut, DAY + 1)).toBe('other');
  });

  it('never shows a session that was found before the user signed out, whichever it is', () => {
    expect(judge(refreshed(3, { sid: 's2' }), 3)).toBe('same');
  });

  it('shows that the server has ended the session', () => {
    expect(judge(rejected(3))).toBe('over');
  });

  it('proves nothing if the refresh began before the sign-out, or another one has replaced it', () => {
    expect(judge(rejected(3), 3)).toBe('nothing');
    expect(judge(rejected(3), 2, updateRefresh(signedOut, { attempt: 4 }))).toBe('nothing');
  });

  it('says nothing about it without a response, once somebody has signed in, or without a sign-out', () => {
    expect(judge({ type: 'refresh-skipped', identityVersion: 0, attempt: 3 })).toBe('nothing');
    expect(judge(refreshed(3, { sid: 's1' }), 2, { ...signedOut, identityVersion: 1 })).toBe('nothing');
    for (const session of [{ status: 'authenticated' }, { status: 'relogin-required', reason: 'expired' }] as const)
      expect(judge(refreshed(3, { sid: 's1' }), 2, { ...signedOut, session })).toBe('nothing');
    expect(judgeByRefresh(undefined, signedOut, refreshed(3), 2, 0)).toBe('nothing');
  });
});
