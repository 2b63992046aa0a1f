import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecord, keyInUse, parseRecord, type SessionRecord } from '../../../src/tabs/record.ts';

const NOW = 1_700_000_000_000;
const KEY = 'silent-refresh:test';

const record = (facts: Partial<SessionRecord> = {}): SessionRecord => ({ v: 1, epoch: 'e', ...facts });

const createKeeper = (text?: string) => {
  const stored = new Map(text === undefined ? [] : [[KEY, text]]);
  let names = 0;
  const keeper = createRecord(
    { read: (key) => stored.get(key), write: (key, value) => void stored.set(key, value) },
    () => 'test',
    () => `name-${++names}`,
  );
  return { keeper, stored, text: () => JSON.parse(stored.get(KEY) ?? 'null') as unknown };
};

describe('a record', () => {
  it.each<SessionRecord>([
    record(),
    record({ expiresAt: NOW }),
    record({ exchange: { key: 'k-1_A', sentAt: NOW } }),
    record({ signOut: {} }),
    record({ signOut: { sid: 's' } }),
    record({ expiresAt: NOW, exchange: { key: 'k', sentAt: NOW }, signOut: { sid: 's' } }),
  ])('%j is read as it was written', (written) => {
    expect(parseRecord(JSON.stringify(written))).toEqual(written);
  });

  it.each([
    undefined,
    '',
    'null',
    '[]',
    '7',
    '"text"',
    '{',
    '{}',
    '{"v":1}',
    '{"epoch":"e"}',
    '{"v":2,"epoch":"e"}',
    '{"v":"1","epoch":"e"}',
    '{"v":1,"epoch":7}',
    '{"v":1,"epoch":null}',
    '[{"v":1,"epoch":"e"}]',
    '{"__proto__":{"v":1,"epoch":"e"}}',
  ])('is not found in %s', (text) => {
    expect(parseRecord(text)).toBeUndefined();
  });

  it.each([
    ['a text for an instant', { expiresAt: '1' }],
    ['null for an instant', { expiresAt: null }],
    ['an exchange without a key', { exchange: { sentAt: NOW } }],
    ['an exchange without an instant', { exchange: { key: 'k' } }],
    ['an exchange that is a text', { exchange: 'k' }],
    ['a key with a line feed', { exchange: { key: 'a\nb', sentAt: NOW } }],
    ['a key with a line feed at its end', { exchange: { key: 'a\n', sentAt: NOW } }],
    ['a key that is empty', { exchange: { key: '', sentAt: NOW } }],
    ['a key outside ASCII', { exchange: { key: 'ké', sentAt: NOW } }],
    ['a key that is too long', { exchange: { key: 'k'.repeat(129), sentAt: NOW } }],
    ['a sign-out that is a text', { signOut: 'yes' }],
    ['a sign-out that is null', { signOut: null }],
    ['members of somebody else', { token: 'secret', foo: 1 }],
  ])('is read without %s', (_, facts) => {
    expect(parseRecord(JSON.stringify({ v: 1, epoch: 'e', ...facts }))).toEqual({ v: 1, epoch: 'e' });
  });

  it('is read from anything without a throw, in the documented form alone, and pollutes nothing', () => {
    const names = fc.constantFrom(
      'v',
      'epoch',
      'expiresAt',
      'exchange',
      'signOut',
      'key',
      'sentAt',
      'sid',
      '__proto__',
      'constructor',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(1, 1, 'e', '', null, true, 1e300, -1),
        fc.string(),
        tie('object'),
      ),
      object: fc
        .array(fc.tuple(names, tie('any')), { maxLength: 6 })
        .map(
          (entries) =>
            `{${entries.map(([name, item]) => `"${name}":${typeof item === 'string' && item.startsWith('{') ? item : JSON.stringify(item)}`).join()}}`,
        ),
    })).object;
    const likely = fc.record({ v: fc.constant(1), epoch: fc.string() }, { requiredKeys: ['v', 'epoch'] });
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      value as fc.Arbitrary<string>,
      fc
        .tuple(likely, value as fc.Arbitrary<string>)
        .map(([head, tail]) => `${JSON.stringify(head).slice(0, -1)},${tail.slice(1)}`.replace(',}', '}')),
    );
    let found = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const read = parseRecord(text);
        expect(Object.keys(Object.prototype)).toEqual([]);
        if (read === undefined) return;
        found++;
        expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
        expect(['v', 'epoch', 'expiresAt', 'exchange', 'signOut']).toEqual(expect.arrayContaining(Object.keys(read)));
        expect(read.v).toBe(1);
        expect(read.epoch).toBeTypeOf('string');
        expect(['undefined', 'number']).toContain(typeof read.expiresAt);
        expect(Object.keys(read.exchange ?? { key: 0, sentAt: 0 })).toEqual(['key', 'sentAt']);
        expect(read.exchange?.key ?? 'k').toMatch(/^[\w-]{1,128}$/);
        expect(typeof (read.exchange?.sentAt ?? 0)).toBe('number');
        expect(['', 'sid']).toContain(Object.keys(read.signOut ?? {}).join());
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

describe('a key in use', () => {
  it.each([
    { ageMs: 0, used: true },
    { ageMs: 59_999, used: true },
    { ageMs: 60_000, used: false },
    { ageMs: 86_400_000, used: false },
    { ageMs: -59_999, used: true },
    { ageMs: -60_000, used: false },
    { ageMs: -86_400_000, used: false },
    { ageMs: Number.NaN, used: false },
    { ageMs: Number.POSITIVE_INFINITY, used: false },
  ])('$ageMs ms after it was sent (negative: the clock was set back): $used', ({ ageMs, used }) => {
    const found = keyInUse(record({ exchange: { key: 'k', sentAt: NOW } }), NOW + ageMs);
    expect(found).toBe(used ? 'k' : undefined);
  });

  it('is none without a record or an exchange', () => {
    expect(keyInUse(undefined, NOW)).toBeUndefined();
    expect(keyInUse(record(), NOW)).toBeUndefined();
  });
});

describe('the keeper', () => {
  it('finds nothing where nothing was kept', () => {
    expect(createKeeper().keeper.read()).toBeUndefined();
  });

  it('draws a name for the epoch of a first record', () => {
    const { keeper, text } = createKeeper();
    keeper.update({ expiresAt: NOW });
    expect(text()).toEqual({ v: 1, epoch: 'name-1', expiresAt: NOW });
  });

  it('changes one member and keeps the others', () => {
    const { keeper } = createKeeper(JSON.stringify(record({ expiresAt: NOW, signOut: { sid: 's' } })));
    keeper.update({ exchange: { key: 'k', sentAt: NOW } });
    expect(keeper.read()).toEqual(
      record({ expiresAt: NOW, signOut: { sid: 's' }, exchange: { key: 'k', sentAt: NOW } }),
    );
  });

  it('takes a member away that is set to undefined', () => {
    const { keeper, text } = createKeeper(JSON.stringify(record({ expiresAt: NOW, signOut: {} })));
    keeper.update({ signOut: undefined, expiresAt: undefined });
    expect(text()).toEqual(record());
  });

  it('starts anew over what cannot be read', () => {
    const { keeper } = createKeeper('not a record');
    keeper.update({});
    expect(keeper.read()).toEqual({ v: 1, epoch: 'name-1' });
  });

  it('sees what another page has written meanwhile', () => {
    const { keeper, stored } = createKeeper(JSON.stringify(record()));
    stored.set(KEY, JSON.stringify(record({ epoch: 'other', signOut: {} })));
    keeper.update({ expiresAt: NOW });
    expect(keeper.read()).toEqual(record({ epoch: 'other', signOut: {}, expiresAt: NOW }));
  });

  it('keeps its entry under the name of the session', () => {
    const { keeper, stored } = createKeeper();
    keeper.update({});
    expect([...stored.keys()]).toEqual([KEY]);
  });
});
