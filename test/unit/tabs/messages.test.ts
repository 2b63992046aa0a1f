import { describe, expect, it } from 'vitest';
import { type Message, parseMessage } from '../../../src/tabs/messages.ts';
import fc from '../random.ts';

const token = {
  v: 1,
  type: 'token',
  audience: '',
  sessionKey: 'e',
  obtainedAt: 1_700_000_000_000,
  response: { access_token: 'secret', expires_in: 300, user: { id: 'ann' } },
} as const;

describe('TAB-9 a message', () => {
  it.each<Message>([
    { v: 1, type: 'ask', audience: '' },
    { v: 1, type: 'ask', audience: 'api' },
    { v: 1, type: 'changed' },
    token,
    { ...token, obtainedAt: -1 },
    { ...token, response: {} },
  ])('%j is read as it was said', (said) => {
    expect(parseMessage(structuredClone(said))).toEqual(said);
  });

  it('is read without what does not belong to it', () => {
    expect(parseMessage({ v: 1, type: 'changed', audience: 'x', token: 'y' })).toEqual({ v: 1, type: 'changed' });
    expect(parseMessage({ ...token, more: 1 })).toEqual(token);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'changed'],
    ['a number', 1],
    ['a list', [1, 'changed']],
    ['a function', () => token],
    ['an empty object', {}],
    ['no version', { type: 'changed' }],
    ['an older version', { v: 0, type: 'changed' }],
    ['a newer version', { v: 2, type: 'changed' }],
    ['a version that is a text', { v: '1', type: 'changed' }],
    ['an unknown type', { v: 1, type: 'sign-out', audience: '' }],
    ['a type that is a list', { v: 1, type: ['changed'], audience: '' }],
    ['a question without an audience', { v: 1, type: 'ask' }],
    ['an audience that is no text', { ...token, audience: 7 }],
    ['a session key that is no text', { ...token, sessionKey: null }],
    ['an instant that is a text', { ...token, obtainedAt: '1' }],
    ['an instant that is no number', { ...token, obtainedAt: Number.NaN }],
    ['an instant that never comes', { ...token, obtainedAt: Number.POSITIVE_INFINITY }],
    ['no response', { ...token, response: undefined }],
    ['null for a response', { ...token, response: null }],
    ['a text for a response', { ...token, response: 'secret' }],
    ['a message in a list', [token]],
    ['what is inherited', Object.create(token)],
    ['a type that is inherited', Object.create({ type: 'changed' }, { v: { value: 1, enumerable: true } })],
    ['a Map', new Map(Object.entries(token))],
    ['a getter that throws', Object.defineProperty({ ...token }, 'response', { get: thrown, enumerable: false })],
  ])('is not found in %s', (_what, data) => {
    expect(parseMessage(data)).toBeUndefined();
  });

  it('never has a prototype of the one who says it', () => {
    const said = JSON.parse(
      '{"v":1,"type":"token","audience":"","sessionKey":"e","obtainedAt":1,"response":{"__proto__":{"access_token":"x"}},"__proto__":{"polluted":true}}',
    ) as unknown;
    const found = parseMessage(said);
    expect(found).toMatchObject({ type: 'token' });
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is read from anything that can be cloned without a throw, in the documented form alone', () => {
    const any = fc.anything({
      withNullPrototype: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    const mostly = <T>(usual: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: any });
    const near = fc.record(
      {
        v: mostly(fc.constant(1)),
        type: mostly(fc.constantFrom('ask', 'here', 'token', 'changed')),
        audience: mostly(fc.string()),
        sessionKey: mostly(fc.string()),
        obtainedAt: mostly(fc.double()),
        response: mostly(fc.dictionary(fc.string(), any)),
        constructor: any,
      },
      { requiredKeys: ['v', 'type'] },
    );
    const types = { ask: 0, here: 0, token: 0, changed: 0, none: 0 };
    fc.assert(
      fc.property(fc.oneof(any, near, near), (data) => {
        const found = parseMessage(data);
        types[found?.type ?? 'none']++;
        if (found === undefined) return;
        expect(found.v).toBe(1);
        const names = { ask: 3, here: 3, changed: 2, token: 6 }[found.type];
        expect(Object.keys(found)).toHaveLength(names);
        if (found.type === 'token') {
          expect([typeof found.audience, typeof found.sessionKey, typeof found.response]).toEqual([
            'string',
            'string',
            'object',
          ]);
          expect(Number.isFinite(found.obtainedAt)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(...Object.values(types))).toBeGreaterThan(10);
  });
});

function thrown(): never {
  throw new Error('a getter');
}
