import { errorAnswer } from './answers.ts';
import { readCredentials } from './body.ts';
import type { Cookies } from './cookies.ts';
import type { AuthorityEvent } from './events.ts';
import type { Families } from './families.ts';
import { startFamily } from './family.ts';
import type { AuthorityOptions } from './options.ts';
import { provedSessions } from './presented-token.ts';
import { randomId } from './random-id.ts';
import type { Refuse } from './refusals.ts';
import type { Settings } from './settings.ts';
import type { Issue } from './token-response.ts';
import type { RefreshTokens } from './tokens/refresh-token.ts';
import { isNobody, userIdText } from './user-id.ts';

/** What signing in needs. */
export interface SignInParts<User> {
  readonly options: Pick<AuthorityOptions<User>, 'verifyCredentials' | 'userId'>;
  readonly settings: Settings;
  readonly families: Families;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
  readonly issue: Issue<User>;
  readonly refuse: Refuse;
  emit(event: AuthorityEvent): void;
}

/**
 * Makes the sign-in endpoint: a new family for whoever the credentials prove, and the end of
 * each family this browser had before (session fixation).
 */
export function createSignIn<User>(parts: SignInParts<User>): (request: Request) => Promise<Response> {
  const { options, settings, families, cookies, refreshTokens, issue, refuse, emit } = parts;

  return async (request) => {
    const credentials = await readCredentials(request);
    if ('refusal' in credentials) return credentials.refusal;

    const user = await options.verifyCredentials(credentials.value, request);
    if (isResponse(user)) {
      emit({ type: 'sign-in-refused', at: settings.now(), status: user.status });
      return ownRefusal(user);
    }
    if (isNobody(user)) {
      emit({ type: 'sign-in-refused', at: settings.now(), status: 401 });
      return errorAnswer(401, 'invalid_credentials', {}, { 'WWW-Authenticate': 'Bearer realm="sign-in"' });
    }
    const userId = userIdText(options.userId(user));

    const before = await provedSessions(request, cookies, refreshTokens);
    if (before === undefined) return refuse('sign-in', 'ambiguous-cookies');

    const now = settings.now();
    const family = startFamily(randomId(), userId, now, settings.policy);
    const answer = await issue({
      family,
      signer: refreshTokens.signerOf(family.sid),
      binder: cookies.hasBinder ? randomId() : '',
      user,
    });
    await families.add(family, now);
    for (const sid of before) {
      const replaced = await families.revoke(sid);
      if (replaced) emit({ type: 'revoked', at: now, sid, userId: replaced.userId, by: 'sign-in' });
    }
    emit({ type: 'signed-in', at: now, sid: family.sid, userId });
    return answer;
  };
}

// A copy, since a `Response` that the app keeps as a constant could be sent once only. Which origins
// may read it is for `allowedOrigins` alone to say.
function ownRefusal(answer: Response): Response {
  const { body, status, statusText, headers } = answer.clone();
  const own = new Headers(headers);
  for (const name of headers.keys()) if (name.startsWith('access-control-')) own.delete(name);
  return new Response(body, { status, statusText, headers: own });
}

// Adapters bring `Response` classes of their own, which `instanceof` would miss.
function isResponse(value: unknown): value is Response {
  return value instanceof Response || Object.prototype.toString.call(value) === '[object Response]';
}
