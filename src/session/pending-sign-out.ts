import { compareSessions, type Identity, identityHash } from './identity.ts';

/** A sign-out that the server has not confirmed yet: whose session it ends, and how often the server has refused it. */
export interface PendingSignOut {
  /** The server's name for the session, where it has one. */
  readonly sid?: string | undefined;
  /** A mark of the user (`markOf`), where they are known. */
  readonly user?: string | undefined;
  readonly refusals?: number | undefined;
  /** When the user signed out: epoch ms. */
  readonly signedOutAt?: number | undefined;
}

/** After this many definite refusals a sign-out is given up: it would keep a user out who has signed in since. */
const maxRefusals = 3;

/**
 * For this long, in ms, a session that cannot be told from the one signed out of counts as that one. A server that never
 * answers its sign-out would keep its user out for ever otherwise.
 */
const doubtForMs = 86_400_000;

/** The sign-out after a definite refusal; `undefined` where it is given up. */
export const refused = (pending: PendingSignOut): PendingSignOut | undefined => {
  const refusals = (pending.refusals ?? 0) + 1;
  return refusals < maxRefusals ? { ...pending, refusals } : undefined;
};

/**
 * Whether a session is another one than the sign-out is about. What cannot be told apart counts as the same for a day: a
 * sign-out is not undone by a guess.
 */
export const isOther = (pending: PendingSignOut, found: Identity, wallAt: number): boolean => {
  const sessions = compareSessions(pending, found);
  if (sessions !== 'unknown') return sessions === 'other';
  // A clock that was set back does not make it young for ever.
  if (Math.abs(wallAt - (pending.signedOutAt ?? wallAt)) > doubtForMs) return true;
  return pending.user !== undefined && found.id !== undefined && !isMarkOf(pending.user, found);
};

/** The hash of a user, with its salt before it; `undefined` where it is not known who it is. */
export const markOf = (user: Identity, salt: string): string | undefined => {
  const hash = identityHash(user, salt);
  return hash && `${salt}.${hash}`;
};

const isMarkOf = (mark: string, user: Identity): boolean => markOf(user, mark.slice(0, mark.lastIndexOf('.'))) === mark;
