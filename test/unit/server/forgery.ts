import { base64url, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { SigningKeys } from '../../../src/server/index.ts';
import type { Fixture } from './fixture.ts';

export const ISSUER = 'https://auth.example';
export const AUDIENCE = 'https://api.example';
const own: CryptoKeyPair = await generateKeyPair('ES256');
export const keys: SigningKeys = { current: { kid: 'current', alg: 'ES256', ...own } };
export const foreign: CryptoKeyPair = await generateKeyPair('ES256');
export const SECRET: Uint8Array = new Uint8Array(32).fill(3);

export interface Forgery {
  header?: Record<string, unknown>;
  claims?: JWTPayload;
  omit?: string;
  key?: CryptoKey | Uint8Array;
}

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
