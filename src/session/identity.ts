import { shortHash } from './short-hash.ts';

/** Who a token response is about. A part that is `undefined` is one that the server does not say. */
export interface Identity {
  /** The user's id. */
  readonly id?: string | undefined;
  /** The organisation that the token is for. The same person in another organisation is another identity. */
  readonly org?: string | undefined;
  /** The server's name for the session. */
  readonly sid?: string | undefined;
}

/** `unknown`: the server has not said enough. Each caller decides what that means for it. */
export type Comparison = 'same' | 'other' | 'unknown';

const compareNames = (a: string | undefined, b: string | undefined): Comparison => {
  if (a === undefined || b === undefined) return 'unknown';
  return a === b ? 'same' : 'other';
};

/** Whether two answers belong to one session of the server, as far as it names them. */
export const compareSessions = (a: Identity, b: Identity): Comparison => compareNames(a.sid, b.sid);

/**
 * Whether two answers are about the same user, in the same organisation. A token that names a user and no organisation is for
 * none, which is not the same as one that names an organisation. A session has one user, so its name decides where a user is
 * not named.
 */
export const compareIdentities = (a: Identity, b: Identity): Comparison => {
  if (compareNames(a.id, b.id) === 'other' || compareNames(a.org, b.org) === 'other') return 'other';
  if (a.id !== undefined && b.id !== undefined) return a.org === b.org ? 'same' : 'other';
  return compareSessions(a, b);
};

/** What is known once an answer has gone on with the session of `before`: what it leaves out stays as it was. */
export const learn = (before: Identity, after: Identity): Identity => ({
  id: after.id ?? before.id,
  org: after.id === undefined ? (after.org ?? before.org) : after.org,
  sid: after.sid ?? before.sid,
});

/** Whether the server's counts for two answers (`seq`) are counts of one session. */
export const isSameCount = (a: Identity, b: Identity): boolean => a.sid === b.sid;

/** Whom the record shows: enough to compare, and nothing to read. */
export interface RecordedUser {
  /** What the hash is salted with. */
  readonly salt: string;
  readonly hash?: string | undefined;
  readonly sid?: string | undefined;
}

/**
 * The hash by which the record tells users apart. It protects no secret, and needs no cryptography, which would be
 * asynchronous: it keeps the id out of storage, and the random salt keeps it from being a name for the user across sessions.
 * That two users have the same one happens once in four thousand million times; then caches of the first are not cleared.
 */
export const identityHash = ({ id, org }: Identity, salt: string): string | undefined =>
  id === undefined ? undefined : shortHash(JSON.stringify([salt, id, org]));

/** Whether an answer is about the user whom the record shows. */
export const compareWithRecord = (recorded: RecordedUser, user: Identity): Comparison => {
  const found = compareNames(recorded.hash, identityHash(user, recorded.salt));
  return found === 'unknown' ? compareSessions(recorded, user) : found;
};
