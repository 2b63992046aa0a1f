import type { SessionRecord } from '../rotation/session-record.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import type { Refusal } from './jwt-check.ts';

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
