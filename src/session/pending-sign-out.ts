import type { RefreshEvent } from './events.ts';
import { compareSessions, type Identity, identityHash } from './identity.ts';
import type { State } from './state.ts';
import { judgeTicket } from './ticket.ts';

/**
 * A sign-out that the server has not confirmed yet: whose session it ends, and how often the server has
 * refused it.
 */
export interface PendingSignOut {
  /** The server's name for the session, if it has one. */
  readonly sid?: string | undefined;
  /** A mark of the user (`markOf`), if they are known. */
  readonly user?: string | undefined;
  readonly refusals?: number | undefined;
  /** When the user signed out: epoch ms. */
  readonly signedOutAt?: number | undefined;
}

/**
 * A sign-out is given up after this many definite refusals, because it would keep out a user who has signed
 * in since.
 */
const MAX_REFUSALS = 3;

/**
 * How long, in ms, a session counts as the one signed out of if the two cannot be told apart. Without a
 * limit, a server that never answers a sign-out would keep its user out for ever.
 */
const DOUBT_FOR_MS = 86_400_000;

/** The sign-out after a definite refusal; `undefined` if it is given up. */
export function refused(pending: PendingSignOut): PendingSignOut | undefined {
  const refusals = (pending.refusals ?? 0) + 1;
  return refusals < MAX_REFUSALS ? { ...pending, refusals } : undefined;
}

/**
 * Whether a session is another one than the sign-out is about. If that is not certain, it counts as the same
 * for a day: a guess must not undo a sign-out.
 */
export function isOther(pending: PendingSignOut, found: Identity, wallAt: number): boolean {
  const sessions = compareSessions(pending, found);
  if (sessions !== 'unknown') return sessions === 'other';
  // A clock that was set back does not make it young for ever.
  if (Math.abs(wallAt - (pending.signedOutAt ?? wallAt)) > DOUBT_FOR_MS) return true;
  return pending.user !== undefined && found.id !== undefined && !isMarkOf(pending.user, found);
}

/**
 * What came of a refresh, for the sign-out that is pending:
 * - `over`: nobody is signed in any more, so the server has ended the session;
 * - `same`: the session goes on, or a refresh from before the sign-out has found it. It must not be shown;
 * - `other`: somebody has signed in since, so there is nothing left to end;
 * - `nothing`: the refresh is not about it.
 *
 * `lastAttempt`: the newest refresh when the user signed out.
 */
export function judgeByRefresh(
  pending: PendingSignOut | undefined,
  state: State<unknown>,
  event: RefreshEvent<unknown>,
  lastAttempt: number,
  wallAt: number,
): 'over' | 'same' | 'other' | 'nothing' {
  const { status } = state.session;
  const isResponse = event.type === 'refreshed' || event.type === 'refresh-rejected';
  if (pending === undefined || !isResponse || status === 'authenticated' || status === 'relogin-required')
    return 'nothing';
  const standing = judgeTicket(state, event);
  if (standing === 'outdated') return 'nothing';
  const isSince = event.attempt > lastAttempt;
  if (event.type === 'refresh-rejected') return isSince && standing === 'current' ? 'over' : 'nothing';
  return isSince && isOther(pending, event.tokenSet.user, wallAt) ? 'other' : 'same';
}

/** The hash of a user after its salt; `undefined` if the server has not said who it is. */
export function markOf(user: Identity, salt: string): string | undefined {
  const hash = identityHash(user, salt);
  return hash && `${salt}.${hash}`;
}

function isMarkOf(mark: string, user: Identity): boolean {
  return markOf(user, mark.slice(0, mark.lastIndexOf('.'))) === mark;
}
