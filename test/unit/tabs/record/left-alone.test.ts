import { describe, expect, it } from 'vitest';
import { createLeftAlone } from '../../../../src/tabs/record/left-alone.ts';
import { createOrigin } from './origin.ts';

const session = { sessionKey: 'e', expiresAt: 7 };

const createPages = () => {
  const { record } = createOrigin();
  return { entry: record.leftAlone, page: () => createLeftAlone(record.leftAlone) };
};

describe('a page that says that it was left alone (C-41)', () => {
  it('is believed by the next page', () => {
    const { page } = createPages();
    page().write(session);
    expect(page().isTrueOf({ ...session, sid: 's', handedTo: '' })).toBe(true);
  });

  it.each([
    { what: 'another token', found: { ...session, expiresAt: 8 } },
    { what: 'another session', found: { ...session, sessionKey: 'f' } },
    { what: 'a session that has ended', found: { sessionKey: 'e' } },
  ])('says nothing of $what', ({ found }) => {
    const { page } = createPages();
    page().write(session);
    expect(page().isTrueOf(found)).toBe(false);
  });

  it('takes it back when it is restored', () => {
    const { page, entry } = createPages();
    const one = page();
    one.write(session);
    one.takeBack();
    expect(entry.read()).toBeUndefined();
    expect(page().isTrueOf(session)).toBe(false);
  });

  it.each([
    { ...session, expiresAt: 8 },
    { ...session, sessionKey: 'f' },
  ])('leaves alone what another page has said since (%j)', (other) => {
    const { page, entry } = createPages();
    const one = page();
    one.write(session);
    page().write(other);
    one.takeBack();
    expect(entry.read()).toEqual(other);
  });

  it('takes nothing back that another page has said', () => {
    const { page, entry } = createPages();
    page().write(session);
    page().takeBack();
    expect(entry.read()).toEqual(session);
  });

  it('takes nothing back twice', () => {
    const { page, entry } = createPages();
    const one = page();
    one.write(session);
    one.takeBack();
    page().write(session);
    one.takeBack();
    expect(entry.read()).toEqual(session);
  });
});
