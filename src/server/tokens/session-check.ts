import type { AuthorityEvent } from '../events.ts';
import { decideUse, type UseDecision } from '../rotation/decide-use.ts';
import type { SessionRecord } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { AccessTokens } from './access-token.ts';
import type { Check } from './bearer-guard.ts';
import { isListed, tokenEntry } from './revocation-entries.ts';
import type { RevocationList } from './revocation-list.ts';

/** What checking access tokens by their sessions needs. */
export interface SessionCheckParts {
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly accessTokens: AccessTokens;
  /** Where single tokens are revoked, if they can be. */
  readonly list: RevocationList | undefined;
  emit(event: AuthorityEvent): void;
}

/** What the use means, and whose session it is; nobody's if there is none and the token does not say. */
interface Use {
  readonly action: UseDecision['action'];
  readonly userId: string | undefined;
  readonly session?: SessionRecord;
}

/** Makes the authority's own check: of the token, and of its session as it is at this moment. */
export function createSessionCheck(parts: SessionCheckParts): (token: string) => Promise<Check> {
  const { settings, sessions, accessTokens, list, emit } = parts;
  return async (token) => {
    const at = settings.now();
    const grant = await accessTokens.read(token, at);
    if ('refused' in grant) return grant;
    const { sid, sub, jti, generation } = grant;
    const using = sessions.change<Use>(sid, (session) => {
      // A user's token never vouches for another user's session.
      if (session === undefined || (sub !== undefined && sub !== session.userId)) {
        return { result: { action: 'refuse', userId: sub } };
      }
      const decision = decideUse(session, generation, at);
      return {
        result: { action: decision.action, userId: session.userId, session },
        session: 'session' in decision ? decision.session : undefined,
      };
    });
    // Both at once: a revoked token that is used has arrived all the same.
    const [{ action, userId, session }, isRevoked] = await Promise.all([
      using,
      list !== undefined && isListed(list, [tokenEntry(settings.issuer, jti)]),
    ]);
    const whose = userId === undefined ? { sid } : { sid, userId };
    if (userId === undefined || session === undefined || action === 'refuse') return { refused: 'ended', ...whose };
    if (action === 'reuse') {
      emit({ type: 'refresh-reused', at, sid, userId, data: session.data, generation, reason: 'spent' });
      return { refused: 'reused', ...whose };
    }
    if (isRevoked) return { refused: 'revoked', ...whose };
    const claims = await grant.claims(session);
    return claims === undefined ? { refused: 'ended', ...whose } : { claims };
  };
}
