import { describe, expect, it } from 'vitest';
import { createStoredValue } from '../../../../src/tabs/record/stored-value.ts';
import { createOrigin } from './origin.ts';

const readAny = (members: Readonly<Record<string, unknown>>) => members as { readonly fact?: unknown };

const createFixture = (limits: object = {}) => {
  const { stored, storage } = createOrigin();
  const page = () => createStoredValue({ ...storage, ...limits }, () => 'key', readAny);
  return { stored, page, entry: page() };
};

const nothingKept = { read: () => undefined, write: () => {} };

describe('an entry', () => {
  it('is not found if none was written', () => {
    expect(createFixture().entry.read()).toBeUndefined();
  });

  it('is read by another page as it was written', () => {
    const { entry, page } = createFixture();
    entry.write({ fact: 1 });
    expect(page().read()).toEqual({ v: 1, fact: 1 });
  });

  it('stands in storage as one text, with the version of its form', () => {
    const { entry, stored } = createFixture();
    entry.write({ fact: 1 });
    expect([...stored]).toEqual([['key', '{"v":1,"fact":1}']]);
  });

  it('is written whole: nothing of what stood there is left', () => {
    const { entry, stored } = createFixture();
    stored.set('key', '{"v":1,"other":2}');
    entry.write({ fact: 1 });
    expect(entry.read()).toEqual({ v: 1, fact: 1 });
  });

  it('is gone from storage when it is taken away', () => {
    const { entry, stored } = createFixture();
    entry.write({ fact: 1 });
    entry.write(undefined);
    expect(entry.read()).toBeUndefined();
    expect(stored.size).toBe(0);
  });

  it.each([undefined, '', 'null', '[]', '7', '"text"', '{', '{}', '{"v":2}', '{"v":"1"}', '{"__proto__":{"v":1}}'])(
    'is not found in %s',
    (text) => {
      const { entry, stored } = createFixture();
      if (text !== undefined) stored.set('key', text);
      expect(entry.read()).toBeUndefined();
    },
  );
});

describe('an entry that storage does not keep', () => {
  it('is remembered by its page', () => {
    const { entry, page } = createFixture(nothingKept);
    entry.write({ fact: 1 });
    expect(entry.read()).toEqual({ v: 1, fact: 1 });
    expect(page().read()).toBeUndefined();
  });

  it('is forgotten when it is taken away', () => {
    const { entry } = createFixture(nothingKept);
    entry.write({ fact: 1 });
    entry.write(undefined);
    expect(entry.read()).toBeUndefined();
  });

  it('stands for what it could not be written over', () => {
    const { entry, stored } = createFixture({ write: () => {} });
    stored.set('key', '{"v":1,"fact":"old"}');
    entry.write({ fact: 'new' });
    expect(entry.read()).toEqual({ v: 1, fact: 'new' });
    entry.write(undefined);
    expect(entry.read()).toBeUndefined();
  });

  it('gives way to what another page has kept since', () => {
    const { entry, stored } = createFixture({ write: () => {} });
    entry.write({ fact: 'mine' });
    stored.set('key', '{"v":1,"fact":"theirs"}');
    expect(entry.read()).toEqual({ v: 1, fact: 'theirs' });
  });
});
