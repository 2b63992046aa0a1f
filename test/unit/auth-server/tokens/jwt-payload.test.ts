import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jwtPayload } from '../../../../src/auth-server/tokens/jwt-payload.ts';
import fc from '../../random.ts';

afterEach(() => vi.unstubAllGlobals());

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64url');
const tokenOf = (payload: string): string => `eyJhbGciOiJub25lIn0.${payload}.c2ln`;

const decodedByJose = (token: string): unknown => {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
};

/** JSON may not begin with a byte order mark (RFC 8259, section 8.1); jose takes one off. */
const hasMark = (token: string) => /^[^.]*\.77-_/.test(token);

const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
const signed = objects.map((claims) => tokenOf(base64url(JSON.stringify(claims))));

describe('the payload of an access token', () => {
  it('is read as jose reads it (C-35)', () => {
    fc.assert(
      fc.property(signed, (token) => {
        expect(jwtPayload(token)).toEqual(decodeJwt(token));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['any JSON', fc.json().map((json) => tokenOf(base64url(json)))],
    ['any bytes', fc.uint8Array({ maxLength: 12 }).map((bytes) => tokenOf(base64url(bytes)))],
    [
      'an object with any bytes in it',
      fc
        .uint8Array({ maxLength: 4 })
        .map((bytes) => tokenOf(base64url(Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')])))),
    ],
    ['base64 of any kind', objects.map((claims) => tokenOf(Buffer.from(JSON.stringify(claims)).toString('base64')))],
    [
      'a changed token',
      fc
        .tuple(signed, fc.nat(), fc.constantFrom('', '.', '=', '==', '+', '/', ' ', '\n', '%', 'A', 'é', '\u{1f600}'))
        .map(([token, at, put]) => token.slice(0, at % token.length) + put + token.slice((at % token.length) + 1)),
    ],
    ['any number of parts', fc.array(fc.constantFrom('', 'e30', 'W10', 'bnVsbA')).map((parts) => parts.join('.'))],
  ])('is refused where jose refuses it, and else the same: %s (C-35)', (_, tokens) => {
    fc.assert(
      fc.property(tokens, (token) => {
        expect(jwtPayload(token)).toEqual(hasMark(token) ? undefined : decodedByJose(token));
      }),
      { numRuns: 1000 },
    );
  });

  it('is read without TextDecoder and TextEncoder (C-35)', () => {
    vi.stubGlobal('TextDecoder', undefined);
    vi.stubGlobal('TextEncoder', undefined);
    expect(jwtPayload(tokenOf(base64url('{"sub":"Zoë 100%"}')))).toEqual({ sub: 'Zoë 100%' });
  });
});
