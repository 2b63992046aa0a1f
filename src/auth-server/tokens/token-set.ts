import type { TokenSet, User } from '../../session/state.ts';
import type { Instant } from '../../session/time.ts';
import { identify, type ParseClaims, type UserId } from './claims.ts';
import type { TokenResponse } from './token-response.ts';

/** How the user of a token response is found out. */
export interface UserReading<Claims> {
  readonly parseClaims: ParseClaims<Claims>;
  readonly userId: UserId;
}

/**
 * Makes a token set from a token response. `obtainedAt`: just before the request was sent, so that the
 * lifetime is never overestimated. `before`: the user of the session that it goes on with, if any. Throws
 * `TokenResponseError`.
 */
export function tokenSetOf<Claims>(
  tokens: TokenResponse,
  obtainedAt: Instant,
  before: User<Claims> | undefined,
  { parseClaims, userId }: UserReading<Claims>,
): TokenSet<Claims> {
  const { accessToken, lifetimeMs, seq } = tokens;
  return { value: accessToken, obtainedAt, lifetimeMs, seq, user: identify(tokens, before, parseClaims, userId) };
}
