import fc from '../random.ts';

/** A challenge as it was meant. */
export interface Meant {
  readonly scheme: string;
  readonly params: readonly (readonly [name: string, value: string])[];
}

/** A challenge as it was meant, and one of the ways to write it down. */
interface Written extends Meant {
  readonly text: string;
}

const anyCase = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((c, n) => (upper[n] ? c.toUpperCase() : c.toLowerCase())).join(''));

const space = fc.constantFrom('', '', ' ', '\t', '  ', ' \t ');
const spaced = fc.constantFrom(' ', ' ', '\t', '   ');
const comma = fc.tuple(space, fc.constantFrom(',', ',', ',,', ', ,', ',\t,,'), space).map((parts) => parts.join(''));

const scheme = fc.oneof(
  fc.constantFrom('bearer', 'bearer', 'basic', 'negotiate', 'ntlm', 'dpop', 'digest', 'bearer2', 'x-basic'),
  fc.stringMatching(/^[a-z!#$%&'*+.^_`|~-][a-z0-9!#$%&'*+.^_`|~-]{0,6}$/),
);
const name = fc.oneof(
  fc.constantFrom('error', 'error', 'realm', 'scope', 'bearer', 'basic', 'error_description', '__proto__'),
  fc.stringMatching(/^[a-z!#$%&'*+.^_`|~-][a-z0-9_-]{0,6}$/),
);
const value = fc.oneof(
  fc.constantFrom('invalid_token', 'invalid_token', 'insufficient_scope', '', ',', '"', '\\', '=', 'a, b'),
  fc.constantFrom('Bearer error="invalid_token"', 'x", Bearer error="invalid_token', 'a, Basic realm=b', '\\",'),
  fc.stringMatching(/^[ -~]{0,10}$/),
  fc.stringMatching(/^[\t à-ÿ,"\\=a-c]{0,6}$/),
);

const isToken = (text: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/.test(text);

const quoted = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((escaped) => `"${[...text].map((c, n) => (/["\\]/.test(c) || escaped[n] ? `\\${c}` : c)).join('')}"`);

const valueText = (text: string): fc.Arbitrary<string> =>
  isToken(text) ? fc.oneof(fc.constant(text), quoted(text)) : quoted(text);

const withParams: fc.Arbitrary<Written> = fc
  .tuple(scheme, fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1, maxLength: 4 }))
  .chain(([meant, params]) =>
    fc
      .tuple(
        anyCase(meant),
        spaced,
        fc.tuple(...params.map(([key, text]) => fc.tuple(anyCase(key), space, space, valueText(text)))),
        comma,
      )
      .map(([shown, gap, parts, between]) => ({
        scheme: meant,
        params,
        text: shown + gap + parts.map(([key, before, after, text]) => `${key}${before}=${after}${text}`).join(between),
      })),
  );

const withoutParams: fc.Arbitrary<Written> = fc
  .tuple(
    scheme.chain((meant) => fc.tuple(fc.constant(meant), anyCase(meant))),
    fc.option(fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,8}={0,2}$/), { nil: undefined }),
    spaced,
  )
  .map(([[meant, shown], token68, gap]) => ({
    scheme: meant,
    params: [],
    text: token68 === undefined ? shown : shown + gap + token68,
  }));

/** Challenges, and a header that says them: in any case, quoting and spacing that RFC 9110 §11 allows. */
export const header: fc.Arbitrary<{ readonly meant: readonly Meant[]; readonly text: string }> = fc
  .tuple(
    fc.array(fc.oneof({ arbitrary: withParams, weight: 3 }, { arbitrary: withoutParams, weight: 1 }), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.array(comma, { minLength: 4, maxLength: 4 }),
    space,
  )
  .map(([challenges, commas, edge]) => ({
    meant: challenges.map(({ scheme: meant, params }) => ({ scheme: meant, params })),
    text: edge + challenges.map(({ text }, n) => (n === 0 ? text : (commas[n] ?? ',') + text)).join('') + edge,
  }));
