import { headers } from 'next/headers';
import { cache } from 'react';
import { authority, findUser, origin, type User } from './authority';

/**
 * Whom the cookie of the page's request names. `undefined` if it names nobody, and if it cannot tell: browsers keep the
 * cookie back when a link on another site is followed. The client finds out then.
 */
export const currentUser = cache(async (): Promise<User | undefined> => {
  const session = await authority.currentSession(new Request(origin, { headers: await headers() }));
  return session === undefined || session === 'unknown' ? undefined : findUser(session.userId);
});
