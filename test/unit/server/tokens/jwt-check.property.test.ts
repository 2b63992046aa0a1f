import { base64url, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { CheckingKey } from '../../../../src/server/keys/verification-key.ts';
import { createJwtCheck } from '../../../../src/server/tokens/jwt-check.ts';
import fc from '../../random.ts';
import { AUDIENCE, ISSUER } from '../forgery.ts';

const RUNS = 5_000;
const NOW = Date.UTC(2030, 0, 1) / 1000;
const TOLERANCE = 5;

const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('raw', new Uint8Array(32).fill(3), HMAC, false, ['sign', 'verify']);
const foreign = await crypto.subtle.importKey('raw', new Uint8Array(32).fill(4), HMAC, false, ['sign', 'verify']);
const known: CheckingKey = { kid: 'known', alg: 'HS256', key };
const expected = { issuer: ISSUER, audience: AUDIENCE, clockToleranceMs: TOLERANCE * 1000, requiredClaims: ['scope'] };
const check = createJwtCheck(async ({ kid }) => (kid === known.kid ? known : undefined), expected);

/** Members of a JSON object as text, so that they may come twice and be numbers that JavaScript would not write. */
type Members = readonly (readonly [name: string, json: string])[];

const HEADER: Members = Object.entries({ alg: '"HS256"', kid: '"known"', typ: '"at+jwt"' });
const CLAIMS: Members = Object.entries({
  iss: JSON.stringify(ISSUER),
  aud: JSON.stringify(AUDIENCE),
  sub: '"ann"',
  jti: '"1.j"',
  sid: '"s"',
  scope: '"read"',
  iat: String(NOW),
  exp: String(NOW + 300),
});

const instants = [-TOLERANCE, 0, TOLERANCE, 300].flatMap((s) => [-1, -0.5, 0, 0.5, 1].map((d) => `${NOW + s + d}`));
const types = fc.constantFrom('"at+jwt"', '"AT+JWT"', '"application/AT+jwt"', '"x/at+jwt"', '"JWT"', '["at+jwt"]');
const anything = fc.oneof(
  fc.constantFrom('1e999', '-1e999', '-0', 'null', 'true', '""', '[]', '{}', 'NaN', '"soon"', `"${NOW + 300}"`),
  fc.constantFrom(
    ...[ISSUER, `${ISSUER}/`, [ISSUER], AUDIENCE, [AUDIENCE], ['x', AUDIENCE]].map((v) => JSON.stringify(v)),
  ),
  fc.constantFrom('"HS256"', '"none"', '"hs256"', '["HS256"]', '"known"', '"other"', '["known"]', '"__proto__"'),
  types,
  fc.json({ maxDepth: 1 }),
);

interface Change {
  readonly name: string;
  /** `undefined`: the member is left out. */
  readonly json: string | undefined;
  /** Whether the member comes a second time. */
  readonly isSecond: boolean;
}

const change = (names: readonly string[], values: fc.Arbitrary<string>): fc.Arbitrary<Change> =>
  fc.record({
    name: fc.constantFrom(...names),
    json: fc.option(values, { nil: undefined }),
    isSecond: fc.boolean(),
  });

const apply = (members: Members, { name, json, isSecond }: Change): Members => [
  ...(isSecond ? members : members.filter(([other]) => other !== name)),
  ...(json === undefined ? [] : [[name, json] as const]),
];

const altered = (members: Members, changes: fc.Arbitrary<Change>): fc.Arbitrary<Members> =>
  fc.array(changes, { maxLength: 2 }).map((list) => list.reduce(apply, members));

const namesIn = (members: Members) => members.map(([name]) => name);
const headers = altered(
  HEADER,
  fc.oneof(change(['typ'], types), change([...namesIn(HEADER), 'crit', 'b64', 'jwk', 'jku', 'x5u', 'cty'], anything)),
);
const claims = altered(
  CLAIMS,
  fc.oneof(
    change(['exp', 'exp', 'iat', 'nbf'], fc.constantFrom(...instants)),
    change([...namesIn(CLAIMS), 'nbf', 'act', '__proto__', 'toString'], anything),
  ),
);
const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const text = (members: Members) => `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;

interface Forgery {
  readonly header: Members | undefined;
  readonly claims: Members;
  /** What is there in the place of the claims. */
  readonly payload: string | undefined;
  readonly isForeign: boolean;
  /** What is written over a character, or before it. */
  readonly slip: readonly [place: number, text: string] | undefined;
}

const forgeries: fc.Arbitrary<Forgery> = fc.record({
  header: rarely(headers),
  claims,
  payload: rarely(fc.constantFrom('', '[]', 'null', '"text"', '{', '\ufeff{}', '\u0000')),
  isForeign: rarely(fc.constant(true)).map(Boolean),
  slip: rarely(fc.tuple(fc.nat(), fc.constantFrom('', '=', '\n', '.', 'A', 'B', '+', '/', 'é'))),
});

async function tokenOf({ header = HEADER, claims, payload, isForeign, slip }: Forgery): Promise<string> {
  const input = [text(header), payload ?? text(claims)].map((part) => base64url.encode(part)).join('.');
  const tag = await crypto.subtle.sign('HMAC', isForeign ? foreign : key, new TextEncoder().encode(input));
  const token = `${input}.${base64url.encode(new Uint8Array(tag))}`;
  if (slip === undefined) return token;
  const [place, written] = slip;
  // Mostly near the end, where the signature has spare bits.
  const at = Math.max(0, token.length - (place % (place % 3 === 0 ? token.length : 3)));
  return token.slice(0, at) + written + token.slice(at + (place % 2));
}

/** What jose says about a token, and what RFC 9068 and we want besides. */
async function verdictOfJose(token: string): Promise<'good' | 'expired' | 'invalid'> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      typ: 'at+jwt',
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'sid', 'scope'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(NOW * 1000),
    });
    return isStrict(token, payload) ? 'good' : 'invalid';
  } catch (error) {
    return error instanceof errors.JWTExpired && isStrict(token, error.payload) ? 'expired' : 'invalid';
  }
}

function isStrict(token: string, { aud, sub, jti, sid, iat, exp, nbf }: JWTPayload): boolean {
  const { kid, ...header } = decodeProtectedHeader(token);
  return (
    token.split('.').every((part) => part === base64url.encode(base64url.decode(part))) &&
    kid === 'known' &&
    Object.keys(header).every((name) => name === 'alg' || name === 'typ') &&
    typeof aud === 'string' &&
    [sub, jti, sid].every((name) => typeof name === 'string' && name.length > 0) &&
    [iat, exp, nbf ?? 0].every((at) => Number.isFinite(at)) &&
    Number(iat) <= NOW + TOLERANCE
  );
}

describe('the check of an access token', () => {
  it('JWT-1 JWT-3 JWT-4 JWT-7 JWT-8 JWT-9 takes and refuses what jose does, and refuses what else is not ours', async () => {
    const seen = { good: 0, expired: 0, invalid: 0 };
    await fc.assert(
      fc.asyncProperty(forgeries, async (forgery) => {
        const token = await tokenOf(forgery);
        const verdict = await verdictOfJose(token);
        const reading = await check(token, NOW * 1000);
        expect('refused' in reading ? reading.refused : 'good').toBe(verdict);
        seen[verdict] += 1;
      }),
      { numRuns: RUNS },
    );
    for (const [verdict, times] of Object.entries(seen)) expect(times, verdict).toBeGreaterThan(50);
  });
});
