import { kindOf, MisuseError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import { errorAnswer } from '../http/answers.ts';
import { readCredentials } from '../http/body.ts';
import type { AuthorityOptions } from '../options.ts';
import type { Settings } from '../settings.ts';
import type { Throttle } from '../throttling/throttle.ts';
import { isNobody } from '../user-id.ts';
import type { StartSession } from './start-session.ts';

/** What the sign-in endpoint needs. */
export interface SignInParts<User> {
  readonly options: Pick<AuthorityOptions<User>, 'verifyCredentials' | 'remember'>;
  readonly settings: Settings;
  readonly start: StartSession<User>;
  readonly throttle: Throttle;
  emit(event: AuthorityEvent): void;
}

/** Makes the sign-in endpoint: a new session for whoever the credentials prove. */
export function createSignIn<User>(parts: SignInParts<User>): (request: Request) => Promise<Response> {
  const { options, settings, start, throttle, emit } = parts;

  async function remembers(credentials: unknown, request: Request): Promise<boolean> {
    if (options.remember === undefined) return true;
    const remember: unknown = await options.remember(credentials, request);
    if (typeof remember === 'boolean') return remember;
    throw new MisuseError(`\`remember\` must give true or false; it gave ${kindOf(remember)}.`);
  }

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
    await attempt.succeeded();
    return start(user, request, { remember: await remembers(credentials.value, request) });
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
