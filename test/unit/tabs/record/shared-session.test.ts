import { describe, expect, it } from 'vitest';
import { createOrigin, KEY } from './origin.ts';

const NOW = 1_700_000_000_000;

const createFixture = (entry: '' | ':renewed' | ':pending-key' | ':sign-out', members: object) => {
  const { record, stored } = createOrigin();
  stored.set(`${KEY}${entry}`, JSON.stringify({ v: 1, ...members }));
  return record;
};

describe('the record', () => {
  it('keeps each thing in an entry of its own, under the name of the session', () => {
    const { record, stored } = createOrigin();
    record.session.write({ sessionKey: 'e' });
    record.renewed.write({ sessionKey: 'e', expiresAt: NOW });
    record.pendingKey.write({ key: 'k', sentAt: NOW });
    record.signOut.write({ sid: 's' });
    record.leftAlone.write({ sessionKey: 'e', expiresAt: NOW });
    expect(Object.fromEntries(stored)).toEqual({
      [KEY]: '{"v":1,"sessionKey":"e"}',
      [`${KEY}:renewed`]: `{"v":1,"sessionKey":"e","expiresAt":${NOW}}`,
      [`${KEY}:pending-key`]: `{"v":1,"key":"k","sentAt":${NOW}}`,
      [`${KEY}:sign-out`]: '{"v":1,"sid":"s"}',
      [`${KEY}:left-alone`]: `{"v":1,"sessionKey":"e","expiresAt":${NOW}}`,
    });
  });

  it.each([{ sessionKey: 'e' }, { sessionKey: '', expiresAt: NOW }])(
    'has the session %j as it was written',
    (session) => {
      expect(createFixture('', session).session.read()).toEqual(session);
      expect(createFixture(':renewed', session).renewed.read()).toEqual(session);
    },
  );

  it.each([{}, { expiresAt: NOW }, { sessionKey: 7 }, { sessionKey: null }])('has no session in %j', (members) => {
    expect(createFixture('', members).session.read()).toBeUndefined();
  });

  it.each([{ expiresAt: '1' }, { expiresAt: null }, { token: 'secret', foo: 1 }])(
    'has nothing of %j in a session',
    (members) => {
      expect(createFixture('', { sessionKey: 'e', ...members }).session.read()).toEqual({ sessionKey: 'e' });
    },
  );

  it.each([
    ['a usual key', 'k-1_A'],
    ['a key of 128 characters', 'k'.repeat(128)],
  ])('has a pending key with %s as it was written', (_, key) => {
    expect(createFixture(':pending-key', { key, sentAt: NOW }).pendingKey.read()).toEqual({ key, sentAt: NOW });
  });

  it.each([
    ['without a key', { sentAt: NOW }],
    ['without an instant', { key: 'k' }],
    ['whose instant is a text', { key: 'k', sentAt: '1' }],
    ['whose key has a line feed', { key: 'a\nb', sentAt: NOW }],
    ['whose key has a line feed at its end', { key: 'a\n', sentAt: NOW }],
    ['whose key is empty', { key: '', sentAt: NOW }],
    ['whose key is outside ASCII', { key: 'ké', sentAt: NOW }],
    ['whose key is too long', { key: 'k'.repeat(129), sentAt: NOW }],
  ])('has no pending key %s', (_, members) => {
    expect(createFixture(':pending-key', members).pendingKey.read()).toBeUndefined();
  });

  it.each([
    [{}, {}],
    [{ sid: 's' }, { sid: 's' }],
    [{ sid: 7 }, {}],
    [{ foo: 1 }, {}],
  ])('has a pending sign-out in %j', (members, expected) => {
    expect(createFixture(':sign-out', members).signOut.read()).toEqual(expected);
  });
});
