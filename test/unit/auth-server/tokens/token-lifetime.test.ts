import { describe, expect, it } from 'vitest';
import { readTokenResponse } from '../../../../src/auth-server/tokens/token-response.ts';
import fc from '../../random.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (payload: unknown): string => `${encode({ alg: 'none' })}.${encode(payload)}.sig`;

describe('the lifetime (TOK-10, TOK-13)', () => {
  it.each<[unknown, number | undefined]>([
    [300, 300_000],
    ['300', 300_000],
    [' 300 ', 300_000],
    [0.5, 500],
    [1, 1000],
    [5_184_000, 5_184_000_000],
    [0, undefined],
    ['0', undefined],
    [-1, undefined],
    ['-300', undefined],
    [Number.NaN, undefined],
    ['NaN', undefined],
    [1e308, undefined],
    ['1e308', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['Infinity', undefined],
    ['abc', undefined],
    ['300s', undefined],
    ['', undefined],
    [' ', undefined],
    [null, undefined],
    [true, undefined],
    [[300], undefined],
    [{}, undefined],
    [undefined, undefined],
  ])('of expires_in %j is %s ms', (expires_in, lifetimeMs) => {
    expect(readTokenResponse({ access_token: 'abc', expires_in }).lifetimeMs).toBe(lifetimeMs);
  });

  it.each<[string, object, number | undefined]>([
    ['exp − iat', { iat: 1000, exp: 1300 }, 300_000],
    ['years away from this clock', { iat: 5, exp: 65 }, 60_000],
    ['no iat', { exp: 1300 }, undefined],
    ['iat as a text', { iat: '1000', exp: 1300 }, undefined],
    ['exp as a text', { iat: 1000, exp: 'soon' }, undefined],
    ['exp before iat', { iat: 1300, exp: 1000 }, undefined],
    ['exp at iat', { iat: 1300, exp: 1300 }, undefined],
    ['exp beyond all bounds', { iat: 1, exp: 1e308 }, undefined],
    ['exp null', { iat: 1, exp: null }, undefined],
    ['exp an array', { iat: 1, exp: [2] }, undefined],
  ])('of a JWT that does not come with one: %s', (_, payload, lifetimeMs) => {
    expect(readTokenResponse({ access_token: jwt(payload) }).lifetimeMs).toBe(lifetimeMs);
  });

  it('stated counts more than the JWT’s', () => {
    expect(readTokenResponse({ access_token: jwt({ iat: 0, exp: 60 }), expires_in: 300 }).lifetimeMs).toBe(300_000);
  });

  it('of the JWT counts if the stated one is garbage', () => {
    expect(readTokenResponse({ access_token: jwt({ iat: 0, exp: 60 }), expires_in: 'abc' }).lifetimeMs).toBe(60_000);
  });

  it('is a positive finite number or unknown', () => {
    let known = 0;
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.jsonValue(), fc.integer().map(String)), (expires_in) => {
        const { lifetimeMs } = readTokenResponse({ access_token: 'abc', expires_in });
        if (lifetimeMs === undefined) return;
        known++;
        expect(Number.isFinite(lifetimeMs) && lifetimeMs > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(known).toBeGreaterThan(50);
  });
});

describe('the payload', () => {
  it('of a JWT is read', () => {
    expect(readTokenResponse({ access_token: jwt({ sub: 'ann' }) }).raw).toEqual({ sub: 'ann' });
  });

  it.each(['opaque', 'a.b.c', 'a.b', 'e30.W10.x', `e30.${encode('text')}.x`, '...', 'e30.bm90LWpzb24.x'])(
    'of %s, that is none, is empty: the token works all the same',
    (access_token) => {
      expect(readTokenResponse({ access_token })).toMatchObject({ accessToken: access_token, raw: {} });
    },
  );
});
