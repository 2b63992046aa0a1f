import type { Instant } from '../session/expiry.ts';
import type { Grant, User } from '../session/state.ts';
import { identify, type ParseClaims, type UserId } from './claims.ts';
import type { ReadTokens, TokensIn } from './find-tokens.ts';
import { readFoundTokens, readTokenResponse, type TokenResponse } from './token-response.ts';

/** How the answers of an auth server are read. */
export interface Reading<Claims> {
  readonly parseClaims: ParseClaims<Claims>;
  readonly userId: UserId;
  readonly readTokens: ReadTokens | undefined;
}

/**
 * Makes a grant of a token response. `obtainedAt`: just before it was asked for, so that the lifetime is never thought
 * longer than it is. Throws `TokenResponseError`.
 */
export const grantOf = <Claims>(
  body: unknown,
  obtainedAt: Instant,
  before: User<Claims> | undefined,
  reading: Reading<Claims>,
): Grant<Claims> => granted(readTokenResponse(body, reading.readTokens), obtainedAt, before, reading);

/** The same for the tokens that were found in the answer to a sign-in: nobody was signed in before. */
export const grantOfSignIn = <Claims>(
  found: TokensIn,
  obtainedAt: Instant,
  reading: Omit<Reading<Claims>, 'readTokens'>,
): Grant<Claims> => granted(readFoundTokens(found), obtainedAt, undefined, reading);

const granted = <Claims>(
  tokens: TokenResponse,
  obtainedAt: Instant,
  before: User<Claims> | undefined,
  { parseClaims, userId }: Omit<Reading<Claims>, 'readTokens'>,
): Grant<Claims> => ({
  value: tokens.accessToken,
  obtainedAt,
  lifetimeMs: tokens.lifetimeMs,
  seq: tokens.seq,
  user: identify(tokens, before, parseClaims, userId),
});
