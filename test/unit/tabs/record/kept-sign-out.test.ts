import { describe, expect, it } from 'vitest';
import { createKeptSignOut } from '../../../../src/tabs/record/kept-sign-out.ts';
import { createSessionTracker } from '../../../../src/tabs/record/session-tracker.ts';
import { createOrigin } from './origin.ts';

const NOW = 1_700_000_000_000;
const ann = { id: 'ann', sid: 's' };

const createPages = () => {
  const { record, name, stored } = createOrigin();
  const page = () =>
    createKeptSignOut({
      entry: record.signOut,
      tracker: createSessionTracker(record, name),
      uuid: () => '01234567-89ab-4cde-8f01-23456789abcd',
      wallAt: () => NOW,
    });
  return { record, stored, a: page(), b: page() };
};

/** Two pages, of which the first has signed out. */
const signedOut = () => {
  const pages = createPages();
  const pending = pages.a.of(ann);
  pages.a.keep(pending);
  pages.a.own(pending);
  return { ...pages, pending };
};

describe('a sign-out that is not confirmed', () => {
  it('is found by every page', () => {
    const { a, b, pending } = signedOut();
    expect([a.read(), b.read(), b.isPending()]).toEqual([pending, pending, true]);
  });

  it('names its session and its time, and its user by a hash with a salt of eight characters', () => {
    const { pending } = signedOut();
    expect(pending).toEqual({ sid: 's', user: expect.stringMatching(/^6789abcd\.\w+$/), signedOutAt: NOW });
    expect(pending.user).not.toContain('ann');
  });

  it('is written again by the page that signed out if the whole record is gone', () => {
    const { a, b, stored, pending } = signedOut();
    stored.clear();
    expect(b.isPending()).toBe(false);
    expect(a.read()).toEqual(pending);
    expect(b.read()).toEqual(pending);
  });

  it('is written again as it was last, refusals included', () => {
    const { a, stored, pending } = signedOut();
    a.refuse();
    stored.clear();
    expect(a.read()).toEqual({ ...pending, refusals: 1 });
  });

  it('is not written again by a page that has only counted a refusal of it', () => {
    const { b, stored } = signedOut();
    b.refuse();
    stored.clear();
    expect(b.read()).toBeUndefined();
  });

  it('is over if it alone is gone, since another tab has finished it', () => {
    const { a, b, record, stored } = signedOut();
    record.session.write({ sessionKey: 'e' });
    b.forget();
    expect(a.read()).toBeUndefined();
    stored.clear();
    expect(a.read()).toBeUndefined();
  });

  it('is not written again once it is over', () => {
    const { a, stored } = signedOut();
    a.forget();
    stored.clear();
    expect(a.read()).toBeUndefined();
  });

  it('is given up at the third refusal, whichever pages were refused', () => {
    const { a, b } = signedOut();
    expect([a.refuse(), b.refuse(), a.isPending(), a.refuse()]).toEqual([false, false, true, true]);
    expect([a.isPending(), b.isPending()]).toEqual([false, false]);
  });

  it('is not written again once it was given up', () => {
    const { a, stored } = signedOut();
    for (let n = 0; n < 3; n++) a.refuse();
    stored.clear();
    expect(a.read()).toBeUndefined();
  });
});
