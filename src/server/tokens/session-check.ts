import { factsOf } from '../endpoints/refresh-outcome.ts';
import type { AuthorityEvent } from '../events.ts';
import { decideUse, type UseDecision } from '../rotation/decide-use.ts';
import type { SessionRecord } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Check, Refused } from './bearer-guard.ts';
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

/** What the use means, and for which session; `session` is missing where there is none, or where it is another user's. */
interface Use {
  readonly action: UseDecision['action'];
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
      if (session === undefined || (sub !== undefined && sub !== session.userId))
        return { result: { action: 'refuse' } };
      const decision = decideUse(session, generation, at);
      return {
        result: { action: decision.action, session },
        session: 'session' in decision ? decision.session : undefined,
      };
    });
    // Both at once: a revoked token that is used has arrived all the same.
    const [{ action, session }, isRevoked] = await Promise.all([
      using,
      list !== undefined && isListed(list, [tokenEntry(settings.issuer, jti)]),
    ]);
    if (session === undefined) return { refused: 'ended', sid, ...(sub === undefined ? {} : { userId: sub }) };
    const refusal = (refused: Refused): Check => ({ refused, sid, userId: session.userId, data: session.data });
    if (action === 'refuse') return refusal('ended');
    if (action === 'reuse') {
      emit({ type: 'refresh-reused', ...factsOf(session, at), generation, reason: 'spent' });
      return refusal('reused');
    }
    if (isRevoked) return refusal('revoked');
    const claims = await grant.claims(session);
    return claims === undefined ? refusal('ended') : { claims };
  };
}
