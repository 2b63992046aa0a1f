import type { TokenSet, User } from '../../session/state.ts';
import type { Instant } from '../../session/time.ts';
import { identify, type ParseClaims, type UserId } from './claims.ts';
import type { ReadTokens, TokensIn } from './find-tokens.ts';
import { readFoundTokens, readTokenResponse, type TokenResponse } from './token-response.ts';

/** How the responses of an auth server are read. */
export interface TokenReading<Claims> {
  readonly parseClaims: ParseClaims<Claims>;
  readonly userId: UserId;
  readonly readTokens: ReadTokens | undefined;
}

/**
 * Makes a token set from a token response. `obtainedAt`: just before the request was sent, so that the
 * lifetime is never overestimated. Throws `TokenResponseError`.
 */
export function readTokenSet<Claims>(
  body: unknown,
  obtainedAt: Instant,
  before: User<Claims> | undefined,
  reading: TokenReading<Claims>,
): TokenSet<Claims> {
  return granted(readTokenResponse(body, reading.readTokens), obtainedAt, before, reading);
}

/** The same for the tokens that were found in the response to a sign-in: nobody was signed in before. */
export function readSignInTokenSet<Claims>(
  found: TokensIn,
  obtainedAt: Instant,
  reading: Omit<TokenReading<Claims>, 'readTokens'>,
): TokenSet<Claims> {
  return granted(readFoundTokens(found), obtainedAt, undefined, reading);
}

function granted<Claims>(
  tokens: TokenResponse,
  obtainedAt: Instant,
  before: User<Claims> | undefined,
  { parseClaims, userId }: Omit<TokenReading<Claims>, 'readTokens'>,
): TokenSet<Claims> {
  return {
    value: tokens.accessToken,
    obtainedAt,
    lifetimeMs: tokens.lifetimeMs,
    seq: tokens.seq,
    user: identify(tokens, before, parseClaims, userId),
  };
}
