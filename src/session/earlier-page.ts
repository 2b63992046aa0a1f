import type { Source } from './events.ts';
import { compareSessions, compareWithRecord, type Identity } from './identity.ts';
import type { State } from './state.ts';

/** Whether somebody may have signed in on the way to this page, and the server has not said yet who it is. */
export function mayBeAnybody({ earlier }: State<unknown>): boolean {
  return earlier?.cameByRedirect === true;
}

/** The server's name for the session that this page goes on with, as long as only the record knows of it. */
export function storedSid(state: State<unknown>): string | undefined {
  return state.mustRevalidate !== undefined || mayBeAnybody(state) ? undefined : state.earlier?.user?.sid;
}

/**
 * Whether tokens of this session or of a new one may be another user's, even if the server does not name the
 * user.
 */
export function mayBeOther({ mustRevalidate }: State<unknown>, isNewSession: boolean): boolean {
  return isNewSession || mustRevalidate === 'due';
}

/**
 * Whether the record has to name a new session: the one that the page has found is, or may be, another one
 * than the record's.
 */
export function isNewToRecord(state: State<unknown>, source: Source, user: Identity): boolean {
  if (source.isNewSession || !state.isRecorded) return true;
  const { cameByRedirect = false, user: recorded } = state.earlier ?? {};
  // Once another tab has begun a session, the record shows that one.
  if (recorded === undefined || state.mustRevalidate !== undefined) return cameByRedirect;
  if (compareWithRecord(recorded, user) === 'other') return true;
  const sessions = compareSessions(recorded, user);
  return sessions === 'unknown' ? cameByRedirect : sessions === 'other';
}

/**
 * Whether the user of the earlier page has left. If that is not known, a refresh goes on with the earlier
 * page's session, and a new session is somebody else's: better a cache that is loaded again than one that
 * shows another user's data.
 */
export function hasEarlierUserLeft(state: State<unknown>, source: Source, user: Identity): boolean {
  const { earlier } = state;
  if (earlier?.user === undefined) return false;
  const found = compareWithRecord(earlier.user, user);
  return found === 'unknown' ? mayBeOther(state, source.isNewSession) || earlier.cameByRedirect : found === 'other';
}
