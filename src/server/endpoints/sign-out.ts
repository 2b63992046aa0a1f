import type { AuthorityEvent } from '../events.ts';
import { errorAnswer, noContent, withCookies } from '../http/answers.ts';
import { readJson } from '../http/body.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Refuse } from '../http/refusals.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { presentedTokens, sessionMeant } from './presented-token.ts';

/** What signing out needs. */
export interface SignOutParts {
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
  readonly refuse: Refuse;
  emit(event: AuthorityEvent): void;
}

/**
 * Makes the sign-out endpoint: ends the session the cookie proves, of whichever generation, and
 * clears the cookie.
 *
 * A `sid` in the body says which session is meant. If the cookie is of another one (somebody signed
 * in meanwhile), nothing is touched. 204 however often it is asked; 403 where several cookies leave
 * open which session is meant, so that nobody takes it for done.
 */
export function createSignOut(parts: SignOutParts): (request: Request) => Promise<Response> {
  const { settings, sessions, cookies, refreshTokens, refuse, emit } = parts;

  return async (request) => {
    const body = await readJson(request, settings.requestTimeoutMs);
    if ('refusal' in body) return body.refusal;
    const meant = sidOf(body.value);
    if (meant === null) return errorAnswer(400, 'invalid_request');

    const session = sessionMeant(await presentedTokens(request, cookies, refreshTokens), meant);
    if (session === undefined) return noContent();
    if (session.kind === 'doubtful') return refuse('sign-out', session.doubt);

    const ended = await sessions.end(session.sid);
    if (ended) emit({ type: 'signed-out', at: settings.now(), sid: ended.sid, userId: ended.userId, data: ended.data });
    // Beside another session's cookie as well: two of them are good for nothing but refusals.
    return withCookies(noContent(), cookies.clear());
  };
}

// `null` is a body that is none of ours.
function sidOf(body: unknown): string | undefined | null {
  if (body === undefined) return undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const { sid } = body as { sid?: unknown };
  return sid === undefined || typeof sid === 'string' ? sid : null;
}
