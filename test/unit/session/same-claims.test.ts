import { describe, expect, it } from 'vitest';
import { isSameClaims } from '../../../src/session/same-claims.ts';
import fc from '../random.ts';

describe('isSameClaims', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: undefined }, {}, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ a: Number.NaN }, { a: Number.NaN }, true],
    [{ a: [1, 2] }, { a: [1, 2] }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: ['x'] }, { a: { 0: 'x' } }, false],
    [{ a: null }, { a: {} }, false],
    [{ a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }, true],
    [{ iat: 1, exp: 2, nbf: 3, jti: 'x' }, {}, true],
    [{ a: { iat: 1 } }, { a: { iat: 2 } }, false],
    [{ a: new Date(1) }, { a: new Date(1) }, false],
    [Object.create(null), {}, true],
    [{ toString: 1 }, { toStrong: 1 }, false],
    [undefined, undefined, true],
    ['ann', 'ann', true],
    [null, {}, false],
    [undefined, {}, false],
    [{ a: () => 1 }, { a: {} }, false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(isSameClaims(a, b)).toBe(same);
    expect(isSameClaims(b, a)).toBe(same);
  });

  it.each([
    { levels: 32, same: true },
    { levels: 33, same: false },
  ])('looks $levels levels deep: $same', ({ levels, same }) => {
    const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });
    expect(isSameClaims(nested(levels), nested(levels))).toBe(same);
  });

  it('is false of what goes round in circles', () => {
    const circle = () => {
      const claims: Record<string, unknown> = {};
      claims.self = claims;
      return claims;
    };
    expect(isSameClaims(circle(), circle())).toBe(false);
  });

  it.each([
    [
      'a getter',
      () => ({
        get name() {
          throw new Error('my bug');
        },
      }),
    ],
    [
      'a Proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
  ])('is false of what throws when it is looked at: %s', (_, make) => {
    expect(isSameClaims(make(), make())).toBe(false);
    expect(isSameClaims({ a: make() }, { a: make() })).toBe(false);
  });

  it('is true of any JSON and its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isSameClaims(value, structuredClone(value))).toBe(true);
      }),
    );
  });

  it('is false of any two JSON values that are written differently', () => {
    let different = 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b) => {
        fc.pre(!isSameClaims({ claims: a }, { claims: b }));
        different++;
        expect(a).not.toStrictEqual(b);
      }),
    );
    expect(different).toBeGreaterThan(50);
  });
});
