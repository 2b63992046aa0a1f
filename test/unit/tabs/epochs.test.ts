import { describe, expect, it } from 'vitest';
import { createEpochs } from '../../../src/tabs/epochs.ts';
import { createRecord, parseRecord, type SessionRecord } from '../../../src/tabs/record.ts';

const KEY = 'silent-refresh:test';
const at = 1_700_000_000_000;

const createOrigin = () => {
  const stored = new Map<string, string>();
  let names = 0;
  const page = () => {
    const storage = {
      read: (key: string) => stored.get(key),
      write: (key: string, text: string) => void stored.set(key, text),
    };
    const record = createRecord(
      storage,
      () => 'test',
      () => `epoch-${++names}`,
    );
    return { record, ...createEpochs(record) };
  };
  return {
    stored,
    page,
    record: () => parseRecord(stored.get(KEY)),
    write: (record: SessionRecord | undefined) =>
      record === undefined ? void stored.delete(KEY) : void stored.set(KEY, JSON.stringify(record)),
  };
};

/** Two pages of one epoch in which somebody is signed in. */
const createPages = () => {
  const origin = createOrigin();
  const [a, b] = [origin.page(), origin.page()];
  a.keep('new', at);
  b.adopt(origin.record());
  return { ...origin, a, b };
};

describe('an epoch', () => {
  it('is unknown before there is a record', () => {
    const { page, record } = createOrigin();
    const one = page();
    expect(one.current()).toBeUndefined();
    expect(one.compare(true)).toBeUndefined();
    expect(record()).toBeUndefined();
  });

  it('goes on in the record that a page finds', () => {
    const { a, b } = createPages();
    expect(b.current()).toBe(a.current());
    expect([a.compare(false), b.compare(false), a.compare(true)]).toEqual([undefined, undefined, undefined]);
  });

  it('goes on when the record is kept the same', () => {
    const { a, b, record } = createPages();
    const before = record()?.epoch;
    b.keep('same', at + 1);
    expect(record()).toEqual({ v: 1, epoch: before, expiresAt: at + 1 });
    expect(a.compare(false)).toBeUndefined();
  });

  it('is named by a page that knows of none, and keeps one', () => {
    const { page, record } = createOrigin();
    const one = page();
    one.keep('same', at);
    expect(record()).toEqual({ v: 1, epoch: one.current(), expiresAt: at });
  });

  it('that is new has another name, which the other page finds once', () => {
    const { a, b } = createPages();
    a.keep('new', at);
    expect(b.compare(false)).toEqual({ signedOut: false });
    expect(b.compare(false)).toBeUndefined();
    expect(b.current()).toBe(a.current());
  });

  it('in which nobody is signed in says so', () => {
    const { a, b } = createPages();
    a.keep('new', undefined);
    expect(b.compare(false)).toEqual({ signedOut: true });
  });

  it('goes on without a record, but for a page that has slept', () => {
    const { a, b, write } = createPages();
    write(undefined);
    expect(a.compare(false)).toBeUndefined();
    expect(b.compare(true)).toEqual({ signedOut: false });
    expect(b.current()).toBeUndefined();
  });

  it('that begins with a sign-in forgets the sign-out before it, and keeps the exchange', () => {
    const { a, record } = createPages();
    a.record.update({ signOut: { sid: 's' }, exchange: { key: 'k', sentAt: at } });
    a.keep('new', undefined);
    expect(record()).toMatchObject({ signOut: { sid: 's' } });
    a.keep('new', at);
    expect(record()).toEqual({ v: 1, epoch: a.current(), expiresAt: at, exchange: { key: 'k', sentAt: at } });
  });
});

describe('an epoch that this page has ended', () => {
  it('is not brought back by a page that had not heard of the end', () => {
    const { a, b, record, write } = createPages();
    const before = record();
    a.record.update({ signOut: { sid: 's' } });
    a.keep('new', undefined);
    write({ v: 1, epoch: 'old', ...before, expiresAt: at + 1 });
    expect(a.compare(false)).toBeUndefined();
    expect(record()).toMatchObject({ epoch: a.current(), signOut: { sid: 's' } });
    expect(record()?.expiresAt).toBeUndefined();
    expect(b.compare(false)).toEqual({ signedOut: true });
  });

  it('by a sign-in leaves the new one signed in', () => {
    const { a, record, write } = createPages();
    const before = record() as SessionRecord;
    a.keep('new', at + 5);
    write(before);
    expect(a.compare(false)).toBeUndefined();
    expect(record()).toMatchObject({ epoch: a.current(), expiresAt: at + 5 });
  });

  it('is followed by one of another page as usual', () => {
    const { a, b } = createPages();
    a.keep('new', undefined);
    b.compare(false);
    b.keep('new', at);
    expect(a.compare(false)).toEqual({ signedOut: false });
    expect(a.current()).toBe(b.current());
  });

  // What is put back is what was written at the end, whatever has become of it since.
  it('does not come back with a sign-out that the server has confirmed', () => {
    const { a, record, write } = createPages();
    const before = record() as SessionRecord;
    a.record.update({ signOut: {} });
    a.keep('new', undefined);
    a.record.update({ signOut: undefined });
    write(before);
    a.compare(false);
    expect(record()).toEqual({ v: 1, epoch: a.current() });
  });

  it.fails('does not make nobody of somebody who has signed in on another page since', () => {
    const { a, b, record, write } = createPages();
    const before = record() as SessionRecord;
    a.record.update({ signOut: {} });
    a.keep('new', undefined);
    b.compare(false);
    b.keep('new', at + 5);
    a.compare(false);
    write(before);
    a.compare(false);
    expect(record()).toEqual({ v: 1, epoch: b.current(), expiresAt: at + 5 });
  });
});
