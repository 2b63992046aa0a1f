import { InvalidTokenError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import { assertWebRequest } from '../http/web-request.ts';
import type { SessionData } from '../rotation/session-record.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { invalidToken, readBearer, unavailable } from './bearer.ts';

/** What happens at a guard, for logs, metrics and alarms; see `AuthorityEvent`. */
export type GuardEvent = Extract<AuthorityEvent, { type: 'token-refused' | 'failed' }>;

/** Why a token is refused. For `reused`, another event has been sent already. */
export type Refused = 'invalid' | 'expired' | 'revoked' | 'ended' | 'reused';

/** The claims of a good token, or why it is refused and, as far as that is known, whose it is. */
export type Check =
  | { readonly claims: AccessTokenClaims }
  | {
      readonly refused: Refused;
      readonly sid?: string;
      readonly userId?: string;
      readonly data?: SessionData;
    };

/** What a guard needs. */
export interface BearerGuardParts {
  /** Rejects if whether the token is good cannot be found out. */
  check(token: string): Promise<Check>;
  /** The time for an event; never throws. */
  failedAt(): number;
  emit(event: GuardEvent): void;
}

/** Checks access tokens, in two ways. */
export interface Verifier {
  /**
   * The claims of a good access token.
   *
   * Rejects with `InvalidTokenError` for a bad one, whatever the cause, and with another error if that cannot be found out
   * (`UnavailableError` for the store, the keys or the revocation list): allow nothing then, and answer 503.
   */
  verify(token: string): Promise<AccessTokenClaims>;
  /**
   * The claims of a request's bearer token, or the `Response` to send instead.
   *
   * 401 without an error code if there is no token, 401 `invalid_token`, 400 for a token in the URL or a malformed header,
   * 503 if it cannot be found out. CORS headers are your API's own.
   *
   * @see RFC 6750 section 3
   */
  guard(request: Request): Promise<AccessTokenClaims | Response>;
}

/** Makes both ways of one check. Only the guard emits refusals: whoever calls `verify` hears of them anyway. */
export function createBearerGuard({ check, failedAt, emit }: BearerGuardParts): Verifier {
  return {
    async verify(token) {
      const result = await check(token);
      if ('refused' in result) throw new InvalidTokenError();
      return result.claims;
    },

    async guard(request) {
      assertWebRequest(request, 'guard', 'requireAuth(authority)');
      const bearer = readBearer(request);
      if ('refusal' in bearer) {
        if (bearer.reason) emit({ type: 'token-refused', at: failedAt(), reason: bearer.reason });
        return bearer.refusal;
      }
      try {
        const result = await check(bearer.token);
        if ('claims' in result) return result.claims;
        const { refused: reason, ...whose } = result;
        if (reason !== 'reused') emit({ type: 'token-refused', at: failedAt(), reason, ...whose });
        return invalidToken();
      } catch (error) {
        emit({ type: 'failed', at: failedAt(), endpoint: 'guard', error });
        return unavailable();
      }
    },
  };
}
