import { createPasswordQueue } from './password-queue.ts';
import type { DemoUser, Users } from './users.ts';

const MAX_LENGTH = 200;
const NO_STORE = { 'Cache-Control': 'no-store' };

/**
 * Says who is signing in: 422 with what is wrong with each field, 401 for a wrong name or password alike, 429 while too many
 * people sign in at once.
 */
export function createSignIn(
  users: Pick<Users, 'authenticate'>,
): (credentials: unknown) => Promise<DemoUser | Response> {
  const queue = createPasswordQueue();

  return async (credentials) => {
    const { userName, password } = textsOf(credentials);
    const fields = problemsOf({ userName, password });
    if (Object.keys(fields).length > 0) return refuse(422, { error: 'invalid_fields', fields });

    if (queue.isFull()) return refuse(429, { error: 'busy' }, { 'Retry-After': '1' });
    const user = await queue.run(() => users.authenticate(userName, password));
    return user ?? refuse(401, { error: 'invalid_credentials' });
  };
}

/** The account whose password is to be looked at; a form that is not filled in is no attempt. */
export function accountName(credentials: unknown): string | undefined {
  const texts = textsOf(credentials);
  return Object.keys(problemsOf(texts)).length > 0 ? undefined : texts.userName;
}

function problemsOf({ userName, password }: { userName: string; password: string }): Record<string, string> {
  return {
    ...invalid('userName', userName, 'Enter your user name.'),
    ...invalid('password', password, 'Enter your password.'),
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
