import type { AuthorityEvent } from '../events.ts';
import { errorAnswer } from '../http/answers.ts';
import { readCredentials } from '../http/body.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Refuse } from '../http/refusals.ts';
import type { AuthorityOptions } from '../options.ts';
import { randomId } from '../random-id.ts';
import { startSession } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { Throttle } from '../throttling/throttle.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { isNobody, userIdText } from '../user-id.ts';
import { provedSessions } from './presented-token.ts';
import type { Issue } from './token-response.ts';

/** What signing in needs. */
export interface SignInParts<User> {
  readonly options: Pick<AuthorityOptions<User>, 'verifyCredentials' | 'userId'>;
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
  readonly issue: Issue<User>;
  readonly refuse: Refuse;
  readonly throttle: Throttle;
  emit(event: AuthorityEvent): void;
  /** Removes expired sessions in the background; never throws. */
  sweep(): void;
}

/**
 * Makes the sign-in endpoint: a new session for whoever the credentials prove, and the end of
 * each session this browser had before (session fixation).
 */
export function createSignIn<User>(parts: SignInParts<User>): (request: Request) => Promise<Response> {
  const { options, settings, sessions, cookies, refreshTokens, issue, refuse, throttle, emit, sweep } = parts;

  return async (request) => {
    const credentials = await readCredentials(request, settings.requestTimeoutMs);
    if ('refusal' in credentials) return credentials.refusal;

    const attempt = await throttle.signIn(credentials.value, request);
    if ('refusal' in attempt) return attempt.refusal;
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
    await attempt.succeeded();

    const before = await provedSessions(request, cookies, refreshTokens);
    if (before === undefined) return refuse('sign-in', 'ambiguous-cookies');

    const now = settings.now();
    const session = startSession(randomId(), userId, now, settings.policy);
    const answer = await issue({
      session,
      signer: refreshTokens.signerOf(session.sid),
      binder: cookies.hasBinder ? randomId() : '',
      user,
    });
    await sessions.add(session);
    for (const sid of before) {
      const replaced = await sessions.end(sid);
      if (replaced) emit({ type: 'revoked', at: now, sid, userId: replaced.userId, by: 'sign-in' });
    }
    emit({ type: 'signed-in', at: now, sid: session.sid, userId });
    sweep();
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
