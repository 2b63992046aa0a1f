import { kindOf, MisuseError } from '../errors.ts';
import { randomId } from '../random-id.ts';
import type { SessionRecord } from '../rotation/session-record.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { REQUIRED_CLAIMS, type Refusal } from './jwt-check.ts';

/** Whom a token is for. */
interface TokenSubject {
  readonly sub: string;
  readonly sid: string;
  readonly generation: number;
  readonly extra: object;
}

/** What a token of ours that is good in itself stands for. Whether its session lives is not asked here. */
interface AccessGrant {
  readonly sid: string;
  readonly jti: string;
  /** The generation of the refresh token that it was minted with. */
  readonly generation: number;
  /** Whom it is about, if it says so. */
  readonly sub: string | undefined;
  /** When it expires, epoch milliseconds. */
  readonly expiresAt: number;
  /** Its claims, given the session it belongs to; `undefined` if there is no such user any more. */
  claims(session: SessionRecord): AccessTokenClaims | Promise<AccessTokenClaims | undefined>;
}

/** Mints and reads access tokens. */
export interface AccessTokens {
  /** Whether `extra` goes into the tokens. */
  readonly haveClaims: boolean;
  /** `exp` is rounded up, so that a token lives at least as long as the `expires_in` that goes with it. */
  mint(subject: TokenSubject, lifetimeMs: number, now: number): Promise<string>;
  /** Rejects only if whether the token is good cannot be found out. */
  read(token: unknown, now: number): Promise<AccessGrant | Refusal>;
}

const RESERVED = new Set([...REQUIRED_CLAIMS, 'nbf']);

/** A new id for a token of this generation. */
export function newJti(generation: number): string {
  return `${generation}.${randomId()}`;
}

/** The generation that an id names, if it is one of ours. */
export function generationOf(jti: string): number | undefined {
  const digits = /^([1-9]\d{0,14})\.[\w-]{22,}$/.exec(jti)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** When a token that is minted now begins and ends, in seconds as RFC 7519 has them. */
export function validity(lifetimeMs: number, now: number): { iat: number; exp: number } {
  return { iat: Math.floor(now / 1000), exp: Math.ceil((now + lifetimeMs) / 1000) };
}

/** What the `claims` option added. Throws a {@link MisuseError} if that is no object, or has a claim in it that is ours to set. */
export function withoutReserved(extra: object): object {
  if (typeof extra !== 'object' || Array.isArray(extra)) {
    throw new MisuseError(`\`claims\` must give an object; it gave ${kindOf(extra)}.`);
  }
  const taken = Object.keys(extra).find((name) => RESERVED.has(name));
  if (taken !== undefined) throw new MisuseError(`\`claims\` must not set the reserved claim ${taken}.`);
  return extra;
}
