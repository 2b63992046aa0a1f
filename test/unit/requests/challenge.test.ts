import { describe, expect, it } from 'vitest';
import { isProxyChallenge, isTokenChallenge, parseChallenges } from '../../../src/requests/challenge.ts';
import fc from '../random.ts';

const parsed = (header: string) =>
  parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)] as const);

describe('a WWW-Authenticate header (BB-9)', () => {
  it.each<[string, [string, Record<string, string>][]]>([
    ['Bearer', [['bearer', {}]]],
    ['bearer', [['bearer', {}]]],
    ['BEARER', [['bearer', {}]]],
    ['Bearer realm="x"', [['bearer', { realm: 'x' }]]],
    ['Bearer realm=x', [['bearer', { realm: 'x' }]]],
    ['Bearer realm="x", error="invalid_token"', [['bearer', { realm: 'x', error: 'invalid_token' }]]],
    ['Bearer REALM="x",ERROR=invalid_token', [['bearer', { realm: 'x', error: 'invalid_token' }]]],
    ['Bearer error = "invalid_token"', [['bearer', { error: 'invalid_token' }]]],
    ['Bearer\terror\t=\t"invalid_token"', [['bearer', { error: 'invalid_token' }]]],
    ['Bearer realm=""', [['bearer', { realm: '' }]]],
    ['Bearer realm="a, b"', [['bearer', { realm: 'a, b' }]]],
    ['Bearer realm="a \\"b\\" c"', [['bearer', { realm: 'a "b" c' }]]],
    ['Bearer realm="a\\\\b"', [['bearer', { realm: 'a\\b' }]]],
    ['Bearer realm="=, Basic"', [['bearer', { realm: '=, Basic' }]]],
    [
      'Bearer, DPoP algs="ES256 PS256"',
      [
        ['bearer', {}],
        ['dpop', { algs: 'ES256 PS256' }],
      ],
    ],
    [
      'Basic realm="a, Bearer error=\\"x\\"", Bearer error="invalid_token"',
      [
        ['basic', { realm: 'a, Bearer error="x"' }],
        ['bearer', { error: 'invalid_token' }],
      ],
    ],
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['basic', { realm: 'simple' }],
      ],
    ],
    ['Negotiate', [['negotiate', {}]]],
    ['Negotiate YIIabc==', [['negotiate', {}]]],
    [
      'Negotiate YII/a+b-c._~, Bearer',
      [
        ['negotiate', {}],
        ['bearer', {}],
      ],
    ],
    [
      'Bearer, Negotiate YII=',
      [
        ['bearer', {}],
        ['negotiate', {}],
      ],
    ],
    [
      'Bearer a=1, Basic b=2, DPoP',
      [
        ['bearer', { a: '1' }],
        ['basic', { b: '2' }],
        ['dpop', {}],
      ],
    ],
    [', , Bearer ,, realm="x" , ,', [['bearer', { realm: 'x' }]]],
    ['  Bearer   realm="x"  ', [['bearer', { realm: 'x' }]]],
    ['Bearer error="invalid_token", error="insufficient_scope"', [['bearer', { error: 'insufficient_scope' }]]],
    ['Bearer foo=bar, max_age=5, acr_values="a b"', [['bearer', { foo: 'bar', max_age: '5', acr_values: 'a b' }]]],
    ["Bearer error='invalid_token'", [['bearer', { error: "'invalid_token'" }]]],
    ['Bearer realm="größe"', [['bearer', { realm: 'größe' }]]],
    ['Bearer realm="never closed', [['bearer', {}]]],
    ['Bearer realm="closed by escape\\"', [['bearer', {}]]],
    ['Bearer realm=', [['bearer', {}]]],
    ['Bearer a=1, b="x"y, c=3', [['bearer', { a: '1' }]]],
    ['Bearer a=1 b=2', [['bearer', {}]]],
    ['', []],
    [',,, ,', []],
    ['=', []],
    ['"Bearer"', []],
    ['(Bearer)', []],
    ['Bearer=', []],
    ['error="invalid_token", Bearer', []],
  ])('%s', (header, challenges) => {
    expect(parsed(header)).toEqual(challenges);
  });

  it('keeps a parameter named __proto__ to itself', () => {
    const [challenge] = parseChallenges('Bearer __proto__="x", constructor=y');
    expect([...(challenge?.params ?? [])]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(challenge?.params.get('toString')).toBeUndefined();
  });

  it('of any text is read without a throw', () => {
    const piece = fc.constantFrom(
      'Bearer',
      ', Basic',
      ', Bearer ',
      ' ',
      ',',
      '=',
      '"',
      '\\',
      'error',
      'invalid_token',
      'x=1',
      '\t',
      'é',
      '==',
    );
    let found = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        ),
        (header) => {
          const challenges = parseChallenges(header);
          if (challenges.length > 1) found++;
          expect(challenges.every(({ scheme }) => scheme.length > 0 && scheme === scheme.toLowerCase())).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(30);
  });

  it('that was well written is read as it was meant', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
    const text = fc.stringMatching(/^[ -~]{0,12}$/);
    const challenge = fc.tuple(
      name,
      fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key.toLowerCase(), minLength: 1, maxLength: 4 }),
    );
    const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const header = challenges
          .map(([scheme, params]) => `${scheme} ${params.map(([key, value]) => `${key}=${quoted(value)}`).join(', ')}`)
          .join(', ');
        const meant = challenges.map(([scheme, params]) => [
          scheme.toLowerCase(),
          params.map(([key, value]) => [key.toLowerCase(), value]),
        ]);
        expect(parseChallenges(header).map(({ scheme, params }) => [scheme, [...params]])).toEqual(meant);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a header of 100 kB', () => {
  const n = 100_000;
  it.each<[string, string]>([
    ['letters', 'a'.repeat(n)],
    ['spaces', ' '.repeat(n)],
    ['a scheme and spaces', `Bearer${' '.repeat(n)}x`],
    ['a scheme, spaces and a sign', `Bearer${' '.repeat(n)}"`],
    ['commas', ','.repeat(n)],
    ['commas and spaces', ' ,'.repeat(n / 2)],
    ['equals signs', `Bearer a${'='.repeat(n)}x`],
    ['backslashes', `Bearer a="${'\\'.repeat(n)}`],
    ['escapes never closed', `Bearer a="${'\\"'.repeat(n / 2)}`],
    ['a quote never closed', `Bearer a="${'b'.repeat(n)}`],
    ['many schemes', 'a,'.repeat(n / 2)],
    ['many schemes without commas', 'a '.repeat(n / 2)],
    ['many parameters', `Bearer ${'a=b,'.repeat(n / 4)}`],
    ['many quoted parameters', `Bearer ${'a="b",'.repeat(n / 6)}`],
    ['spaces around the sign', `Bearer a${' '.repeat(n / 2)}=${' '.repeat(n / 2)}`],
    ['spaces after a value', `Bearer a=b${' '.repeat(n)}c`],
    ['a token68 and spaces', `Bearer ${'b'.repeat(n / 2)}${' '.repeat(n / 2)}c`],
    ['quotes', `Bearer ${'"'.repeat(n)}`],
    ['the same over and over', 'Bearer realm="x", error="invalid_token", '.repeat(n / 41)],
  ])('of %s is read in time that grows with its length', (_, header) => {
    const startedAt = performance.now();
    parseChallenges(header);
    // Milliseconds where it is linear; a quadratic reading takes many seconds.
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('a challenge to the token', () => {
  const answer = (status: number, header?: string) =>
    new Response(null, { status, headers: header === undefined ? {} : { 'www-authenticate': header } });

  it.each<[number, string | undefined, boolean]>([
    [401, undefined, true],
    [401, 'Bearer', true],
    [401, 'Bearer realm="api"', true],
    [401, 'Bearer error="invalid_token"', true],
    [401, 'bearer ERROR=invalid_token', true],
    [401, 'Basic realm="x", Bearer error="invalid_token"', true],
    [401, 'DPoP, Bearer', true],
    [401, 'Bearer error="insufficient_scope"', false],
    [401, 'Bearer error="insufficient_user_authentication", acr_values="a"', false],
    [401, 'Bearer error="invalid_request"', false],
    [401, 'Bearer error="INVALID_TOKEN"', false],
    [401, 'Basic realm="x"', false],
    [401, 'Basic realm="Bearer"', false],
    [401, 'Basic realm="a, Bearer error=\\"invalid_token\\""', false],
    [401, 'Negotiate', false],
    [401, 'DPoP error="invalid_token"', false],
    [403, undefined, false],
    [403, 'Bearer error="invalid_token"', false],
    [403, 'Bearer error="insufficient_scope"', false],
    [407, 'Bearer', false],
    [400, 'Bearer error="invalid_token"', false],
    [200, 'Bearer error="invalid_token"', false],
    [500, undefined, false],
  ])('BB-5 BB-7 %i with %s: %s', (status, header, isIt) => {
    expect(isTokenChallenge(answer(status, header))).toBe(isIt);
  });

  it('is found in several headers of the same name', () => {
    const headers = new Headers();
    headers.append('www-authenticate', 'Basic realm="x"');
    headers.append('www-authenticate', 'Bearer error="invalid_token"');
    expect(isTokenChallenge(new Response(null, { status: 401, headers }))).toBe(true);
  });
});

describe('a proxy', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['Bearer', false],
    ['Basic realm="x"', true],
    ['basic', true],
    ['Negotiate', true],
    ['NTLM TlRMTVNTUAAC', true],
    ['Bearer, Basic realm="x"', true],
    ['Bearer realm="Basic"', false],
    ['Basics', false],
    ['X-Basic', false],
  ])('asks with %s: %s', (header, isIt) => {
    expect(isProxyChallenge(new Headers(header === undefined ? {} : { 'www-authenticate': header }))).toBe(isIt);
  });
});
