import fc from '../random.ts';

/** Any text: control characters, halves of surrogate pairs and all. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));

const names = [
  'access_token',
  'accessToken',
  'access',
  'token',
  'data',
  'refresh_token',
  'refresh',
  'token_type',
  'expires_in',
  'sid',
  'seq',
  'user',
  'id',
  'sub',
  'error',
  'reason',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  'toJSON',
  '',
] as const;

const value = fc.letrec<{ any: string; object: string; list: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc
      .constantFrom<unknown>(
        'abc',
        'abc',
        'a b',
        'a\nb',
        '',
        'Bearer',
        'mac',
        '300',
        'NaN',
        0,
        -1,
        300,
        1e12,
        null,
        true,
      )
      .map((item) => JSON.stringify(item)),
    fc.constantFrom('1e308', '1e999', '-1e999', '-0'),
    anyText.map((item) => JSON.stringify(item)),
    tie('object'),
    tie('list'),
  ),
  object: fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), tie('any')), { maxLength: 6 })
    .map((members) => `{${members.map(([name, item]) => `${JSON.stringify(name)}:${item}`).join(',')}}`),
  list: fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
}));

/** JSON with the names and values that matter, in places that they should not have; names may come twice. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(value.object, value.any);

/** The same, beside a token that can be read, unless one of its members stands in the way. */
export const hostileAnswer: fc.Arbitrary<string> = value.object.map((text) =>
  text === '{}' ? '{"access_token":"abc"}' : `{"access_token":"abc",${text.slice(1)}`,
);

export const hostileJson: fc.Arbitrary<unknown> = hostileText.map((text) => JSON.parse(text) as unknown);

/** What would be there if a prototype had been written to. */
export const prototypesOf = (): unknown[] =>
  [Object.prototype, Array.prototype, String.prototype, Function.prototype, Map.prototype].map((prototype) => [
    Object.keys(prototype),
    Object.getPrototypeOf(prototype),
  ]);
