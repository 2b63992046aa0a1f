import { MisuseError } from './errors.ts';
import type { AuthorityOptions } from './options.ts';
import { isNobody, userIdText } from './user-id.ts';

/**
 * The user as `loadUser` knows them now; `undefined` if there is none any more, or no `loadUser`.
 *
 * Rejects with a {@link MisuseError} if the app's look-up has mixed two users up: tokens of one must not carry the name and
 * rights of another.
 */
export async function currentUser<User>(
  options: Pick<AuthorityOptions<User>, 'loadUser' | 'userId'>,
  userId: string,
): Promise<User | undefined> {
  const user = await options.loadUser?.(userId);
  if (isNobody(user)) return undefined;
  if (userIdText(options.userId(user)) !== userId) {
    throw new MisuseError('`loadUser` gave another user than the one it was asked for.');
  }
  return user;
}
