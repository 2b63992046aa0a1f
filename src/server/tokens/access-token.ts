import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { MisuseError } from '../errors.ts';
import type { Keyring } from '../keys/keyring.ts';
import { randomId } from '../random-id.ts';
import { isCompactJwt, MAX_TOKEN_LENGTH } from './compact-jwt.ts';

/**
 * What a checked access token says, instants in seconds as RFC 7519 has them.
 *
 * @see RFC 9068 section 2.2
 */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly aud: string;
  /** The user, as `userId` named them. */
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  /**
   * The token's own id. It begins with the generation of the refresh token that it was minted with: a claim of its own
   * would make the claims of every refresh new ones to whoever compares them.
   */
  readonly jti: string;
  /** The sign-in it descends from. */
  readonly sid: string;
  /** What the `claims` option added. */
  readonly [claim: string]: unknown;
}

/** Whom a token is for. */
interface TokenSubject {
  readonly sub: string;
  readonly sid: string;
  readonly generation: number;
  readonly extra: object;
}

/** Mints and reads access tokens. */
export interface AccessTokens {
  /** `exp` is rounded up, so that a token lives at least as long as the `expires_in` that goes with it. */
  mint(subject: TokenSubject, lifetimeMs: number, now: number): Promise<string>;
  /** The claims of a token of ours that is good in itself. Whether the session lives is not asked here. */
  read(token: string, now: number): Promise<TokenReading>;
}

/** What a token says, or why it is refused; `expired` only where it was one of ours. */
export type TokenReading = { readonly claims: AccessTokenClaims } | { readonly refused: 'invalid' | 'expired' };

const TYPE = 'at+jwt';
const REQUIRED = ['iss', 'aud', 'exp', 'iat', 'sub', 'jti', 'sid'];
const RESERVED = new Set([...REQUIRED, 'nbf']);
const HEADER = new Set(['alg', 'kid', 'typ']);

export function createAccessTokens(
  keyring: Keyring,
  { issuer, audience, clockToleranceMs }: { issuer: string; audience: string; clockToleranceMs: number },
): AccessTokens {
  return {
    async mint({ sub, sid, generation, extra }, lifetimeMs, now) {
      const { kid, alg, key } = await keyring.signing();
      const token = await new SignJWT({ ...withoutReserved(extra), sid })
        .setProtectedHeader({ alg, kid, typ: TYPE })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(sub)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.ceil((now + lifetimeMs) / 1000))
        .setJti(`${generation}.${randomId()}`)
        .sign(key);
      if (token.length > MAX_TOKEN_LENGTH)
        throw new MisuseError(
          'The access token would be longer than 8 KiB: give fewer or shorter `claims`, or a shorter `userId`.',
        );
      return token;
    },

    async read(token, now) {
      // With halves that are no pair, every token would look like a forgery.
      await keyring.signing();
      try {
        if (typeof token !== 'string' || !isCompactJwt(token)) return { refused: 'invalid' };
        const header = decodeProtectedHeader(token);
        const known = keyring.find(header.kid ?? '');
        // We never write another header: what a token says about its own keys (`jwk`, `jku`, `x5u`) is hearsay.
        if (known === undefined || !Object.keys(header).every((name) => HEADER.has(name)))
          return { refused: 'invalid' };
        const { payload } = await jwtVerify(token, known.key, {
          algorithms: [known.alg],
          typ: TYPE,
          issuer,
          audience,
          requiredClaims: REQUIRED,
          clockTolerance: clockToleranceMs / 1000,
          currentDate: new Date(now),
        });
        const isGood = isOurs(payload, audience, (now + clockToleranceMs) / 1000);
        return isGood ? { claims: payload } : { refused: 'invalid' };
      } catch (error) {
        return { refused: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
      }
    },
  };
}

// jose takes an `aud` list that has others in it, any kind of `sub`, and an `iat` of tomorrow.
function isOurs(
  payload: JWTPayload & { sid?: unknown },
  audience: string,
  latestIat: number,
): payload is JWTPayload & AccessTokenClaims {
  const { aud, sub, jti, iat, sid } = payload;
  const named = [sub, sid].every((value) => typeof value === 'string' && value !== '');
  return aud === audience && named && generationOf(jti) !== undefined && typeof iat === 'number' && iat <= latestIat;
}

/** The generation that an id names, where it is one of ours. */
export function generationOf(jti: unknown): number | undefined {
  if (typeof jti !== 'string') return undefined;
  const [, digits] = /^([1-9]\d{0,14})\.[\w-]{22,}$/.exec(jti) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function withoutReserved(extra: object): object {
  const taken = Object.keys(extra).find((name) => RESERVED.has(name));
  if (taken !== undefined) throw new MisuseError(`\`claims\` must not set the reserved claim ${taken}.`);
  return extra;
}
