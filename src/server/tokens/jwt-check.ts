import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { isSignedWith } from '../keys/signature.ts';
import { type CheckingKey, isKid } from '../keys/verification-key.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { isCompactJwt } from './compact-jwt.ts';

/** Finds the key that a token names, if it is one of ours; rejects if that cannot be found out. */
export type FindKey = (name: { readonly kid: string; readonly alg: string }) => Promise<CheckingKey | undefined>;

/** What an access token has to say to be meant for us. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceMs: number;
  /** Claims that have to be there beside those of every access token of ours. */
  readonly requiredClaims?: readonly string[];
}

/** What a token says, or why it is refused; `expired` only if it was one of ours. */
export type JwtReading = { readonly claims: AccessTokenClaims } | Refusal;

/** Why a token is refused, and whose it was if it is one of ours. */
export interface Refusal {
  readonly refused: 'invalid' | 'expired';
  readonly sid?: string;
  readonly userId?: string;
}

/** The type in the header of an access token. @see RFC 9068 section 2.1 */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** The claims that every access token of ours has. */
export const REQUIRED_CLAIMS: readonly string[] = ['iss', 'aud', 'exp', 'iat', 'sub', 'jti', 'sid'];

const HEADER = new Set(['alg', 'kid', 'typ']);
const TYPE = /^(?:application\/)?at\+jwt$/i;
const INVALID: Refusal = { refused: 'invalid' };

/**
 * Makes the check of an access token: its spelling and size first, then its type and key, then its signature and claims.
 *
 * The token chooses among the keys that are there, and nothing else: the algorithm is the key's. Whether its session lives
 * is not asked here. The check rejects only with what `findKey` rejects with.
 *
 * @see RFC 9068 section 4, RFC 8725
 */
export function createJwtCheck(
  findKey: FindKey,
  { issuer, audience, clockToleranceMs, requiredClaims = [] }: Expected,
): (token: unknown, now: number) => Promise<JwtReading> {
  const required = [...REQUIRED_CLAIMS, ...requiredClaims];

  function isSound(claims: Claims, now: number): claims is Claims & AccessTokenClaims {
    const { iss, aud, sub, sid, jti, exp, iat, nbf } = claims;
    const isNotAhead = (at: unknown) => isInstant(at) && at <= (now + clockToleranceMs) / 1000;
    return (
      required.every((name) => Object.hasOwn(claims, name)) &&
      iss === issuer &&
      // Not a list that has it: a token for us is for nobody else.
      aud === audience &&
      [sub, sid, jti].every(isName) &&
      isInstant(exp) &&
      isNotAhead(iat) &&
      (nbf === undefined || isNotAhead(nbf))
    );
  }

  function readingOf(claims: Claims | undefined, now: number): JwtReading {
    if (claims === undefined || !isSound(claims, now)) return INVALID;
    const { exp, sid, sub } = claims;
    return exp <= (now - clockToleranceMs) / 1000 ? { refused: 'expired', sid, userId: sub } : { claims };
  }

  return async (token, now) => {
    if (typeof token !== 'string' || !isCompactJwt(token)) return INVALID;
    const name = keyNameIn(parsed(decodeProtectedHeader, token));
    const key = name && (await findKey(name));
    if (name === undefined || key?.alg !== name.alg) return INVALID;
    // Another thread checks the signature. The claims are read meanwhile, and count only if it is good.
    const isSigned = isSignedWith(key, token);
    const reading = readingOf(parsed(decodeJwt<Claims>, token), now);
    return (await isSigned) ? reading : INVALID;
  };
}

type Claims = JWTPayload & { readonly sid?: unknown };

function parsed<Part>(parse: (token: string) => Part, token: string): Part | undefined {
  try {
    return parse(token);
  } catch {
    return undefined;
  }
}

// We never write another header: what a token says about its own keys (`jwk`, `jku`, `x5u`) is hearsay.
function keyNameIn(header: ProtectedHeaderParameters = {}): { kid: string; alg: string } | undefined {
  const { kid, alg, typ } = header;
  const isOurs = Object.keys(header).every((name) => HEADER.has(name)) && typeof typ === 'string' && TYPE.test(typ);
  return isOurs && isKid(kid) && typeof alg === 'string' ? { kid, alg } : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

// JSON may say 1e999.
function isInstant(value: unknown): value is number {
  return Number.isFinite(value);
}
