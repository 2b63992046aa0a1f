import { InvalidTokenError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import { assertWebRequest } from '../http/web-request.ts';
import { decideUse } from '../rotation/decide-use.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import { type AccessTokenClaims, type AccessTokens, generationOf, type TokenReading } from './access-token.ts';
import { invalidToken, readBearer, unavailable } from './bearer.ts';

/** What checking access tokens needs. */
export interface GuardParts {
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly accessTokens: AccessTokens;
  emit(event: AuthorityEvent): void;
}

/** The two ways to check an access token; see `Authority` for what they promise. */
export interface Guard {
  verify(token: string): Promise<AccessTokenClaims>;
  guard(request: Request): Promise<AccessTokenClaims | Response>;
}

type Check = TokenReading | { readonly refused: 'ended' | 'reused'; readonly sid: string; readonly userId: string };

/** Makes the checks of access tokens. Only the guard emits refusals: whoever calls `verify` hears of them anyway. */
export function createGuard({ settings, sessions, accessTokens, emit }: GuardParts): Guard {
  async function check(token: string): Promise<Check> {
    const at = settings.now();
    const reading = await accessTokens.read(token, at);
    if ('refused' in reading) return reading;
    const { sid, sub: userId, jti } = reading.claims;
    const generation = generationOf(jti) ?? 0;
    const action = await sessions.change(sid, (session) => {
      // A user's token never vouches for another user's session.
      if (session === undefined || session.userId !== userId) return { result: 'refuse' as const };
      const decision = decideUse(session, generation, at);
      return { result: decision.action, session: 'session' in decision ? decision.session : undefined };
    });
    if (action === 'reuse') emit({ type: 'refresh-reused', at, sid, userId, generation });
    return action === 'accept' ? reading : { refused: action === 'reuse' ? 'reused' : 'ended', sid, userId };
  }

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
        if (bearer.reason) emit({ type: 'token-refused', at: settings.failedAt(), reason: bearer.reason });
        return bearer.refusal;
      }
      try {
        const result = await check(bearer.token);
        if ('claims' in result) return result.claims;
        const { refused: reason, ...whose } = result;
        // `refresh-reused` has told of it.
        if (reason !== 'reused') emit({ type: 'token-refused', at: settings.failedAt(), reason, ...whose });
        return invalidToken();
      } catch (error) {
        emit({ type: 'failed', at: settings.failedAt(), endpoint: 'guard', error });
        return unavailable();
      }
    },
  };
}
