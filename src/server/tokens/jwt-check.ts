import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
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
const INVALID: Refusal = { refused: 'invalid' };

/**
 * Makes the check of an access token: its spelling and size first, then its key, signature, type and claims.
 *
 * The token chooses among the keys that are there, and nothing else: the algorithm is the key's. Whether its session lives
 * is not asked here. The check rejects only if that cannot be found out: with what `findKey` rejects with, or if the clock
 * or a key is of no use.
 *
 * @see RFC 9068 section 4, RFC 8725
 */
export function createJwtCheck(
  findKey: FindKey,
  { issuer, audience, clockToleranceMs, requiredClaims = [] }: Expected,
): (token: unknown, now: number) => Promise<JwtReading> {
  const getKey = (header: JWTHeaderParameters) => keyFor(header, findKey);
  const expected = {
    typ: ACCESS_TOKEN_TYPE,
    issuer,
    audience,
    // Those that `isSound` looks at are not looked for twice.
    requiredClaims: ['exp', ...requiredClaims],
    clockTolerance: clockToleranceMs / 1000,
  };

  return async (token, now) => {
    if (typeof token !== 'string' || !isCompactJwt(token)) return INVALID;
    try {
      const { payload } = await jwtVerify(token, getKey, { ...expected, currentDate: new Date(now) });
      return isSound(payload, audience, (now + clockToleranceMs) / 1000) ? { claims: payload } : INVALID;
    } catch (error) {
      if (error instanceof errors.JWTExpired) return expired(error.payload);
      if (error instanceof errors.JOSEError) return INVALID;
      throw error;
    }
  };
}

// We never write another header: what a token says about its own keys (`jwk`, `jku`, `x5u`) is hearsay.
async function keyFor(header: JWTHeaderParameters, findKey: FindKey): Promise<CryptoKey> {
  const { kid, alg } = header;
  const isOurs = isKid(kid) && Object.keys(header).every((name) => HEADER.has(name));
  const known = isOurs ? await findKey({ kid, alg }) : undefined;
  if (known === undefined || known.alg !== alg) throw new errors.JWKSNoMatchingKey();
  return known.key;
}

// jose takes an `aud` list that has others in it, any kind of `sub`, and an `iat` of tomorrow.
function isSound(
  payload: JWTPayload & { sid?: unknown },
  audience: string,
  latestIat: number,
): payload is JWTPayload & AccessTokenClaims {
  const { aud, sub, jti, iat, sid } = payload;
  const areNames = isName(sub) && isName(sid) && isName(jti);
  return aud === audience && areNames && typeof iat === 'number' && iat <= latestIat;
}

// The signature, the type, `iss` and `aud` have been checked before `exp`.
function expired({ sid, sub }: JWTPayload): Refusal {
  return { refused: 'expired', ...(isName(sid) ? { sid } : {}), ...(isName(sub) ? { userId: sub } : {}) };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
