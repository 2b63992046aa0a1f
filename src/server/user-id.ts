import { kindOf, MisuseError } from './errors.ts';

// PostgreSQL keeps no NUL, and in UTF-8 all lone surrogates are one.
const UNSTORABLE = /[\p{Cs}\0]/u;

/** What a callback gives for no user. */
export type Nobody = null | undefined | false;

/** Whether a callback found no user. */
export function isNobody(user: unknown): user is Nobody {
  return user === null || user === undefined || user === false;
}

/**
 * A user's id as text, which is how records and tokens have it. The number 7 and the text `7` name one user.
 *
 * Throws a {@link MisuseError} for anything but text and safe integers: of larger numbers two may read alike. So may two
 * texts with lone surrogates, once a database has them.
 */
export function userIdText(id: unknown): string {
  if (typeof id === 'string' && id !== '' && !UNSTORABLE.test(id)) return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw new MisuseError(`A user id must be text that is not empty, or a safe integer; found ${foundInstead(id)}.`);
}

function foundInstead(id: unknown): string {
  if (typeof id === 'string' && id !== '') return 'text with a NUL or a lone surrogate in it';
  return typeof id === 'number' ? 'a number that is no safe integer' : kindOf(id);
}

/** How the app looks up its users; see `AuthorityOptions`. */
interface Users<User> {
  loadUser?(userId: string): User | Nobody | Promise<User | Nobody>;
  userId(user: User): string | number;
}

/**
 * The user as `loadUser` knows them now; `undefined` if there is none any more, or no `loadUser`.
 *
 * Rejects with a {@link MisuseError} if the app's look-up has mixed two users up: tokens of one must not carry the name and
 * rights of another.
 */
export async function currentUser<User>(users: Users<User>, userId: string): Promise<User | undefined> {
  const user = await users.loadUser?.(userId);
  if (isNobody(user)) return undefined;
  if (userIdText(users.userId(user)) !== userId) {
    throw new MisuseError('`loadUser` gave another user than the one it was asked for.');
  }
  return user;
}
