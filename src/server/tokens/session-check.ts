import type { AuthorityEvent } from '../events.ts';
import { decideUse, type UseDecision } from '../rotation/decide-use.ts';
import type { SessionData } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { AccessTokens } from './access-token.ts';
import type { Check } from './bearer-guard.ts';

/** What checking access tokens by their sessions needs. */
export interface SessionCheckParts {
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly accessTokens: AccessTokens;
  emit(event: AuthorityEvent): void;
}

/** What the use means, and whose session it is; nobody's if there is none and the token does not say. */
interface Use {
  readonly action: UseDecision['action'];
  readonly userId: string | undefined;
  readonly data?: SessionData;
}

/** Makes the authority's own check: of the token, and of its session as it is at this moment. */
export function createSessionCheck(parts: SessionCheckParts): (token: string) => Promise<Check> {
  const { settings, sessions, accessTokens, emit } = parts;
  return async (token) => {
    const at = settings.now();
    const grant = await accessTokens.read(token, at);
    if ('refused' in grant) return grant;
    const { sid, sub, generation } = grant;
    const { action, userId, data } = await sessions.change<Use>(sid, (session) => {
      // A user's token never vouches for another user's session.
      if (session === undefined || (sub !== undefined && sub !== session.userId)) {
        return { result: { action: 'refuse', userId: sub } };
      }
      const decision = decideUse(session, generation, at);
      return {
        result: { action: decision.action, userId: session.userId, data: session.data },
        session: 'session' in decision ? decision.session : undefined,
      };
    });
    const whose = userId === undefined ? { sid } : { sid, userId };
    if (userId === undefined || action === 'refuse') return { refused: 'ended', ...whose };
    if (action === 'reuse') {
      emit({ type: 'refresh-reused', at, sid, userId, data, generation, sign: 'spent' });
      return { refused: 'reused', ...whose };
    }
    const claims = await grant.claims(userId);
    return claims === undefined ? { refused: 'ended', ...whose } : { claims };
  };
}
