import { base64url, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { SigningKeys } from '../../../src/server/index.ts';
import type { Fixture } from './fixture.ts';

export const ISSUER = 'https://auth.example';
export const AUDIENCE = 'https://api.example';
const own: CryptoKeyPair = await generateKeyPair('ES256');
export const keys: SigningKeys = { current: { kid: 'current', alg: 'ES256', ...own } };
const foreign: CryptoKeyPair = await generateKeyPair('ES256');
export const SECRET: Uint8Array = new Uint8Array(32).fill(3);

export interface Forgery {
  header?: Record<string, unknown>;
  claims?: JWTPayload;
  omit?: string;
  key?: CryptoKey | Uint8Array;
}

/** Tokens that nobody may accept who knows the issuer, its audience and its keys, at a time in seconds. */
export const forgeriesAt = (now: number): [row: string, forgery: Forgery][] => [
  ['JWT-1 another type', { header: { typ: 'JWT' } }],
  ['JWT-1 no type', { header: { typ: undefined } }],
  ...['iss', 'aud', 'exp', 'iat', 'sub', 'jti', 'sid'].map((omit): [string, Forgery] => [`JWT-3 no ${omit}`, { omit }]),
  ['JWT-4 a signature of somebody else', { key: foreign.privateKey }],
  ['JWT-4 HS256 with a guessed secret', { header: { alg: 'HS256' }, key: SECRET }],
  ['JWT-6 an unknown kid', { header: { kid: 'other' } }],
  ['JWT-6 a kid that is a path', { header: { kid: '../../etc/passwd' } }],
  ['JWT-6 a kid that is a prototype', { header: { kid: '__proto__' } }],
  ['JWT-6 no kid', { header: { kid: undefined } }],
  ['JWT-6 a key of its own', { header: { jwk: { kty: 'EC' } } }],
  ['JWT-6 a key set of its own', { header: { jku: 'https://evil.example/jwks' } }],
  ['JWT-6 a certificate of its own', { header: { x5u: 'https://evil.example/cert' } }],
  ['JWT-7 another issuer', { claims: { iss: 'https://evil.example' } }],
  ['JWT-7 the issuer with a slash', { claims: { iss: `${ISSUER}/` } }],
  ['JWT-7 another audience', { claims: { aud: 'https://other.example' } }],
  ['JWT-7 our audience among others', { claims: { aud: [AUDIENCE, 'https://other.example'] } }],
  ['JWT-7 our audience in a list', { claims: { aud: [AUDIENCE] } }],
  ['JWT-8 an end beyond the tolerance', { claims: { exp: now - 6 } }],
  ['JWT-8 a birth in the future', { claims: { iat: now + 3600 } }],
  ['JWT-8 a birth beyond the tolerance', { claims: { iat: now + 6 } }],
  ['JWT-8 a beginning in the future', { claims: { nbf: now + 3600 } }],
  ['JWT-9 more than 8 KiB', { claims: { big: 'x'.repeat(8192) } }],
  ['an empty subject', { claims: { sub: '' } }],
];

/** A token as the authority would mint it for a live session, except for what is changed. */
export async function forge(fixture: Fixture, { header = {}, claims = {}, omit, key }: Forgery = {}): Promise<string> {
  const { sid } = await fixture.browser().signIn();
  const iat = Math.floor(fixture.clock.now / 1000);
  const payload: JWTPayload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ann',
    jti: `1.${'j'.repeat(22)}`,
    sid,
    iat,
    exp: iat + 300,
    ...claims,
  };
  if (omit !== undefined) delete payload[omit];
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', kid: keys.current.kid, typ: 'at+jwt', ...header })
    .sign(key ?? own.privateKey);
}

export function unsigned(header: object, payload: object): string {
  const part = (value: object): string => base64url.encode(JSON.stringify(value));
  return `${part(header)}.${part(payload)}.${base64url.encode('x')}`;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function nextLetter(letter: string): string {
  return LETTERS.charAt(LETTERS.indexOf(letter) + 1);
}

// ECDSA over P-256: where (r, s) is a signature, (r, n − s) is one as well.
export function withOtherSignature(token: string): string {
  const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const cut = token.lastIndexOf('.') + 1;
  const signature = base64url.decode(token.slice(cut));
  const hex = [...signature.slice(32)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const other = (n - BigInt(`0x${hex}`)).toString(16).padStart(64, '0');
  for (let i = 0; i < 32; i += 1) signature[32 + i] = Number.parseInt(other.slice(2 * i, 2 * i + 2), 16);
  return token.slice(0, cut) + base64url.encode(signature);
}
