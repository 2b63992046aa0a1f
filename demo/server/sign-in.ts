import { createPasswordQueue } from './password-queue.ts';
import { createThrottle } from './throttle.ts';
import type { DemoUser, Users } from './users.ts';

const MAX_LENGTH = 200;
const NO_STORE = { 'Cache-Control': 'no-store' };

/**
 * Says who is signing in: 422 with what is wrong with each field, 401 for a wrong name or password alike, 429 after too many
 * attempts for a name, or while too many people sign in at once.
 */
export function createSignIn(
  users: Pick<Users, 'authenticate'>,
  now: () => number,
): (credentials: unknown) => Promise<DemoUser | Response> {
  const throttle = createThrottle(now);
  const queue = createPasswordQueue();

  return async (credentials) => {
    const { userName, password } = textsOf(credentials);
    const fields = {
      ...invalid('userName', userName, 'Enter your user name.'),
      ...invalid('password', password, 'Enter your password.'),
    };
    if (Object.keys(fields).length > 0) return refuse(422, { error: 'invalid_fields', fields });

    // Before it counts as an attempt: the password has not been looked at.
    if (queue.isFull()) return refuse(429, { error: 'busy' }, { 'Retry-After': '1' });
    const attempt = throttle.begin(userName);
    if ('retryAfterMs' in attempt) {
      const seconds = Math.ceil(attempt.retryAfterMs / 1000);
      return refuse(429, { error: 'too_many_attempts' }, { 'Retry-After': String(seconds) });
    }
    const user = await queue.run(() => users.authenticate(userName, password));
    if (user === undefined) return refuse(401, { error: 'invalid_credentials' });
    attempt.succeeded();
    return user;
  };
}

function textsOf(credentials: unknown): { userName: string; password: string } {
  const { userName, password } = Object(credentials) as { userName?: unknown; password?: unknown };
  return {
    userName: typeof userName === 'string' ? userName.trim() : '',
    password: typeof password === 'string' ? password : '',
  };
}

function invalid(field: string, value: string, ask: string): Record<string, string> {
  if (value === '') return { [field]: ask };
  return value.length > MAX_LENGTH ? { [field]: `Use at most ${MAX_LENGTH} characters.` } : {};
}

function refuse(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...NO_STORE, ...headers } });
}
