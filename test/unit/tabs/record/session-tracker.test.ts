import { describe, expect, it } from 'vitest';
import { createSessionTracker } from '../../../../src/tabs/record/session-tracker.ts';
import { createRecord } from '../../../../src/tabs/record/shared-session.ts';
import { createOrigin, KEY } from './origin.ts';

const at = 1_700_000_000_000;

/** A page that sees storage as it was until it is told to look. */
const createPage = ({ stored, storage, name }: ReturnType<typeof createOrigin>, isLate = false) => {
  const seen = new Map<string, string>();
  const see = () => {
    seen.clear();
    for (const [key, text] of stored) seen.set(key, text);
  };
  const late = {
    read: (key: string) => seen.get(key),
    write: (key: string, text: string | undefined) => {
      storage.write(key, text);
      if (text !== undefined) seen.set(key, text);
    },
  };
  return {
    ...createSessionTracker(
      createRecord(isLate ? late : storage, () => 'test'),
      name,
    ),
    see,
  };
};

/** Two pages of one session in which somebody is signed in. */
const createPages = ({ late = false } = {}) => {
  const origin = createOrigin();
  const [a, b] = [createPage(origin), createPage(origin, late)];
  a.keep('new', { expiresAt: at });
  b.see();
  b.moveTo(b.read());
  return { ...origin, a, b };
};

describe('a session', () => {
  it('is unknown before there is a record', () => {
    const origin = createOrigin();
    const page = createPage(origin);
    expect([page.current(), page.read(), page.compare(true)]).toEqual([undefined, undefined, undefined]);
    expect(origin.stored.size).toBe(0);
  });

  it('that begins after a page has found no record is found by it', () => {
    const origin = createOrigin();
    const [a, b] = [createPage(origin), createPage(origin)];
    for (const page of [a, b]) page.moveTo(page.read());
    a.keep('new', { expiresAt: at });
    expect(b.compare(false)).toEqual({ signedOut: false, isGone: false });
    expect(b.current()).toBe(a.current());
  });

  it('that another page has ended is news to one that knew of nobody, and may be finding somebody', () => {
    const origin = createOrigin();
    const [a, b] = [createPage(origin), createPage(origin)];
    for (const page of [a, b]) page.moveTo(page.read());
    a.keep('new', {});
    expect(b.compare(false)).toEqual({ signedOut: true, isGone: false });
    expect(b.current()).toBe(a.current());
    expect(a.compare(false)).toBeUndefined();
  });

  it('is not compared before a page has looked for one', () => {
    const origin = createOrigin();
    createPage(origin).keep('new', { expiresAt: at });
    expect(createPage(origin).compare(true)).toBeUndefined();
  });

  it('bears the name of its session', () => {
    const page = createPage(createOrigin());
    page.keep('new', { expiresAt: at, user: { sid: 's' } });
    expect(page.read()).toEqual({ sessionKey: page.current(), expiresAt: at, sid: 's' });
  });

  it('goes on in the record that a page finds', () => {
    const { a, b } = createPages();
    expect(b.current()).toBe(a.current());
    expect([a.compare(false), b.compare(false), a.compare(true)]).toEqual([undefined, undefined, undefined]);
  });

  it('that ends after its record is gone is news to a page that was in it', () => {
    const { a, b, stored } = createPages();
    stored.clear();
    expect(a.compare(true)).toEqual({ signedOut: false, isGone: true });
    b.keep('new', {});
    expect(a.compare(false)).toEqual({ signedOut: true, isGone: false });
  });

  it('goes on when the record is kept the same', () => {
    const { a, b } = createPages();
    const before = a.current();
    b.keep('same', { expiresAt: at + 1 });
    expect(a.read()).toEqual({ sessionKey: before, expiresAt: at + 1 });
    expect(a.compare(false)).toBeUndefined();
  });

  it('in which nobody is signed in any more goes on', () => {
    const { a, b } = createPages();
    b.keep('same', {});
    expect(a.read()).toEqual({ sessionKey: a.current() });
    expect(a.compare(false)).toBeUndefined();
  });

  it('is named by a page that knows of none, and keeps one', () => {
    const page = createPage(createOrigin());
    page.keep('same', { expiresAt: at });
    expect(page.current()).toBeDefined();
    expect(page.read()).toEqual({ sessionKey: page.current(), expiresAt: at });
  });

  it('that is new has another name, which the other page finds once', () => {
    const { a, b } = createPages();
    const before = a.current();
    a.keep('new', { expiresAt: at });
    expect(a.current()).not.toBe(before);
    expect(b.compare(false)).toEqual({ signedOut: false, isGone: false });
    expect(b.compare(false)).toBeUndefined();
    expect(b.current()).toBe(a.current());
  });

  it('in which nobody is signed in says so', () => {
    const { a, b } = createPages();
    a.keep('new', {});
    expect(b.compare(false)).toEqual({ signedOut: true, isGone: false });
  });

  it('goes on without a record, but for a page that has slept', () => {
    const { a, b, stored } = createPages();
    stored.clear();
    expect(a.compare(false)).toBeUndefined();
    expect(b.compare(true)).toEqual({ signedOut: false, isGone: true });
    expect(b.current()).toBeUndefined();
  });

  it('that is kept though the record was cleared stands in it again', () => {
    const { a, b, stored } = createPages();
    stored.clear();
    a.keep('same', { expiresAt: at + 1 });
    expect(a.read()).toEqual({ sessionKey: a.current(), expiresAt: at + 1 });
    expect(b.compare(true)).toBeUndefined();
  });

  it('is not found if only a renewal is', () => {
    const { b, a, stored } = createPages();
    a.keep('same', { expiresAt: at + 1 });
    stored.delete(KEY);
    expect(b.read()).toBeUndefined();
  });
});

describe('a token that a page records late', () => {
  it.each<{ what: string; own: number | undefined; found: number; isLate: boolean; recorded: number | undefined }>([
    { what: 'does not replace one that lives longer', own: at + 1, found: at + 2, isLate: true, recorded: at + 2 },
    { what: 'replaces one that lives as long', own: at + 1, found: at + 1, isLate: true, recorded: at + 1 },
    { what: 'replaces one that expires before it', own: at + 2, found: at + 1, isLate: true, recorded: at + 2 },
    { what: 'replaces any if nobody is signed in', own: undefined, found: at + 1, isLate: true, recorded: undefined },
    { what: 'replaces any if it is not late', own: at + 1, found: at + 2, isLate: false, recorded: at + 1 },
  ])('$what', ({ own, found, isLate, recorded }) => {
    const { a, b } = createPages();
    b.keep('same', { expiresAt: found });
    a.keep('same', { expiresAt: own }, isLate);
    expect(a.read()?.expiresAt).toBe(recorded);
  });

  it('replaces the token of another session, which ended without this page', () => {
    const { a, b } = createPages();
    b.keep('new', { expiresAt: at + 2 });
    a.keep('new', { expiresAt: at + 1 }, true);
    expect(b.read()).toEqual({ sessionKey: a.current(), expiresAt: at + 1 });
  });

  it('replaces one that lives longer unless the page says that it is late', () => {
    const { a, b } = createPages();
    b.keep('same', { expiresAt: at + 2 });
    a.keep('same', { expiresAt: at + 1 });
    expect(a.read()?.expiresAt).toBe(at + 1);
  });
});

describe('a page that sees what others write a moment late', () => {
  it.each([{ expiresAt: undefined }, { expiresAt: at + 5 }])(
    'does not bring the session back that another has ended (%j)',
    ({ expiresAt }) => {
      const { a, b } = createPages({ late: true });
      a.keep('new', { expiresAt });
      b.keep('same', { expiresAt: at + 1 });
      expect(a.compare(false)).toBeUndefined();
      b.see();
      expect(b.compare(false)).toEqual({ signedOut: expiresAt === undefined, isGone: false });
      expect(b.read()).toEqual({ sessionKey: a.current(), ...(expiresAt !== undefined && { expiresAt }) });
    },
  );

  it('does not make nobody of somebody who has signed in after that end', () => {
    const { a, b, ...origin } = createPages({ late: true });
    const c = createPage(origin);
    c.moveTo(c.read());
    a.keep('new', {});
    c.compare(false);
    c.keep('new', { expiresAt: at + 5 });
    b.keep('same', { expiresAt: at + 1 });
    expect(a.compare(false)).toEqual({ signedOut: false, isGone: false });
    expect(a.read()).toEqual({ sessionKey: c.current(), expiresAt: at + 5 });
  });
});
