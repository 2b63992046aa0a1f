import { describe, expect, it } from 'vitest';
import { isOther, markOf, type PendingSignOut, refused } from '../../../src/session/pending-sign-out.ts';

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

  const day = 86_400_000;

  it.each<[string, PendingSignOut, { sid?: string; id?: string }, number, boolean]>([
    ['cannot be told apart, within a day', { user: ann, signedOutAt: 5 }, { id: 'ann' }, 5 + day, false],
    ['cannot be told apart, after a day', { user: ann, signedOutAt: 5 }, { id: 'ann' }, 6 + day, true],
    ['cannot be told apart, and the clock was set back', { user: ann, signedOutAt: 2 * day }, { id: 'ann' }, 5, true],
    ['has the same name, after a day', { sid: 's1', signedOutAt: 5 }, { sid: 's1' }, 6 + day, false],
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
