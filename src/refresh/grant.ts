import type { Instant } from '../session/expiry.ts';
import type { Grant, User } from '../session/state.ts';
import { identify, type ParseClaims, type UserId } from './claims.ts';
import { type FoundTokens, readTokenResponse } from './token-response.ts';

/** How the answers of an auth server are read. */
export interface Reading<Claims> {
  readonly parseClaims: ParseClaims<Claims>;
  readonly userId: UserId;
  readonly readTokens: ((body: unknown) => FoundTokens) | undefined;
}

/**
 * Makes a grant of a token response. `obtainedAt`: just before it was asked for, so that the lifetime is never thought
 * longer than it is. Throws `TokenResponseError`.
 */
export const grantOf = <Claims>(
  body: unknown,
  obtainedAt: Instant,
  before: User<Claims> | undefined,
  { parseClaims, userId, readTokens }: Reading<Claims>,
): Grant<Claims> => {
  const tokens = readTokenResponse(body, readTokens);
  return {
    value: tokens.accessToken,
    obtainedAt,
    lifetimeMs: tokens.lifetimeMs,
    seq: tokens.seq,
    user: identify(tokens, before, parseClaims, userId),
  };
};
