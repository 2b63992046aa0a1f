import type { Cookies } from '../http/cookies.ts';
import { assertWebRequest } from '../http/web-request.ts';
import { decideRefresh } from '../rotation/decide-refresh.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { oneToken, presentedTokens } from './presented-token.ts';
import { infoOf, type SessionInfo } from './session-info.ts';

/** What reading a session needs. */
export interface CurrentSessionParts {
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
}

/** Makes what a server that renders pages asks; see `Authority` for what it promises. */
export function createCurrentSession({
  settings,
  sessions,
  cookies,
  refreshTokens,
}: CurrentSessionParts): (request: Request) => Promise<SessionInfo | 'unknown' | undefined> {
  return async (request) => {
    assertWebRequest(request, 'currentSession', 'toRequest(req)');
    if (!cookies.allows(settings.ownOrigin(request))) return undefined;
    const presented = oneToken(await presentedTokens(request, cookies, refreshTokens));
    if (presented.kind === 'doubtful') return 'unknown';
    if (presented.kind === 'none') return mayBeKeptBack(request, cookies) ? 'unknown' : undefined;
    if (presented.kind !== 'authentic') return undefined;
    const session = await sessions.read(presented.sid);
    if (session === undefined) return undefined;
    const { action } = decideRefresh(session, presented, settings.now(), settings.policy);
    return action === 'reuse' || action === 'reject' ? undefined : infoOf(session);
  };
}

// A Strict cookie stays behind when a link on another site is followed, and a cookie with a path is not sent to pages.
// Every browser that we support says where a navigation comes from; whatever does not is no browser, and has no cookie.
function mayBeKeptBack({ headers }: Request, { hasBinder }: Cookies): boolean {
  return hasBinder || headers.get('Sec-Fetch-Site') === 'cross-site';
}
