import { shortHash } from './short-hash.ts';

/** Who a token response is about. A part is `undefined` if the server does not say it. */
export interface Identity {
  /** The user's id. */
  readonly id?: string | undefined;
  /** The organisation that the token is for. The same person in another organisation is another identity. */
  readonly org?: string | undefined;
  /** The server's name for the session. */
  readonly sid?: string | undefined;
}

/** `unknown`: the server has not said enough. Each caller decides what that means. */
export type Comparison = 'same' | 'other' | 'unknown';

function compareNames(a: string | undefined, b: string | undefined): Comparison {
  if (a === undefined || b === undefined) return 'unknown';
  return a === b ? 'same' : 'other';
}

/** Whether two responses belong to one session of the server, as far as it names them. */
export function compareSessions(a: Identity, b: Identity): Comparison {
  return compareNames(a.sid, b.sid);
}

/**
 * Whether two responses are about the same user in the same organisation. A token that names a user and no
 * organisation is for no organisation; that differs from a token that names one. A session has one user, so
 * its name decides if a user is not named.
 */
export function compareIdentities(a: Identity, b: Identity): Comparison {
  if (compareNames(a.id, b.id) === 'other' || compareNames(a.org, b.org) === 'other') return 'other';
  if (a.id !== undefined && b.id !== undefined) return a.org === b.org ? 'same' : 'other';
  return compareSessions(a, b);
}

/**
 * What is known after a response about the user of `before`: what it leaves out stays as it was. But the name
 * of a session is no name of the next one (`isNewSession`), even if that has none.
 */
export function learn(before: Identity, after: Identity, isNewSession = false): Identity {
  return {
    id: after.id ?? before.id,
    org: after.id === undefined ? (after.org ?? before.org) : after.org,
    sid: after.sid ?? (isNewSession ? undefined : before.sid),
  };
}

/** Whether the server's counts (`seq`) in two responses are counts of one session. */
export function isSameCount(a: Identity, b: Identity): boolean {
  return a.sid === b.sid;
}

/** The user whom the record shows: enough to compare, and nothing to read. */
export interface RecordedUser {
  /** What the hash is salted with. */
  readonly salt: string;
  readonly hash?: string | undefined;
  readonly sid?: string | undefined;
}

/**
 * The hash by which the record tells users apart. It protects no secret, so it needs no cryptography, which
 * would be asynchronous. It keeps the id out of storage, and the random salt keeps it from identifying the
 * user across sessions. Two users share a hash once in four billion times; the caches of the first are not
 * cleared then.
 */
export function identityHash({ id, org }: Identity, salt: string): string | undefined {
  return id === undefined ? undefined : shortHash(JSON.stringify([salt, id, org]));
}

/** Whether a response is about the user whom the record shows. */
export function compareWithRecord(recorded: RecordedUser, user: Identity): Comparison {
  const found = compareNames(recorded.hash, identityHash(user, recorded.salt));
  return found === 'unknown' ? compareSessions(recorded, user) : found;
}
