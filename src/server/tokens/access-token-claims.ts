/**
 * What a checked access token says, instants in seconds as RFC 7519 has them.
 *
 * @see RFC 9068 section 2.2
 */
export interface AccessTokenClaims {
  /** The authority's `issuer`. */
  readonly iss: string;
  /** The authority's `audience`. */
  readonly aud: string;
  /** The user, as `userId` named them. */
  readonly sub: string;
  /** When it was issued, in seconds. */
  readonly iat: number;
  /** When it expires, in seconds. */
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
