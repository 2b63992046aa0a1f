import { mayBeOther } from './earlier-page.ts';
import { ANSWERED, endSession, nextIdentity } from './end-session.ts';
import type { SessionEvent, Source, TokenEvent } from './events.ts';
import { compareIdentities, type Identity, isSameCount, learn } from './identity.ts';
import { isSameClaims } from './same-claims.ts';
import { isRefreshDue } from './schedule.ts';
import { isBetweenUsers } from './snapshot.ts';
import type { Policy, State, TokenSet } from './state.ts';
import { judgeTicket } from './ticket.ts';
import { type Instant, leadTimeMs, remainingMs } from './time.ts';

/**
 * Accepts a token set. If it is another user's, the session of the user before ends first, and the event
 * comes again as `user-switched`: nothing of the new user is shown or used until everybody has heard that the
 * other one has left.
 */
export function acceptTokens<Claims>(state: State<Claims>, event: TokenEvent<Claims>, policy: Policy): State<Claims> {
  const { tokenSet, jitter } = event;
  const { by, attempt, isNewSession } = sourceOf(state, event);
  const { user } = state;
  const isOtherSession = mayBeOther(state, isNewSession);
  if (user !== undefined && !isSame(user, tokenSet.user, isOtherSession)) {
    // If another tab has begun the session, the record has it already.
    return { ...endSession(state, 'user-changed'), isRecorded: state.mustRevalidate === 'due' };
  }
  const isFromOtherTab = by === 'received-from-tab';
  const claims = user && isSameClaims(user.claims, tokenSet.user.claims) ? user.claims : tokenSet.user.claims;
  const { value, obtainedAt, lifetimeMs, seq } = tokenSet;
  const tokenNumber = state.tokenNumber + 1;
  return {
    ...state,
    ...ANSWERED,
    ...(isNewSession && nextIdentity(state, isFromOtherTab)),
    session: { status: 'authenticated' },
    user: { ...tokenSet.user, ...(user && learn(user, tokenSet.user, isOtherSession)), claims },
    token: {
      value,
      tokenNumber,
      attempt,
      isFromOtherTab,
      obtainedAt,
      seq,
      ...(lifetimeMs !== undefined && { lifetimeMs, leadMs: leadTimeMs(lifetimeMs, jitter, policy) }),
    },
    tokenNumber,
    isRecorded: true,
  };
}

/** Where the tokens of an event come from. */
export function sourceOf({ refresh }: State<unknown>, event: TokenEvent<unknown>): Source {
  if (event.type === 'user-switched') return event.source;
  const { type: by } = event;
  const isNewSession = by === 'signed-in' || (by === 'received-from-tab' && event.isNewSession);
  return { by, attempt: by === 'refreshed' ? event.attempt : refresh.attempt, isNewSession };
}

/**
 * Whether another tab's token is worth having: it is newer than this page's, or this page's has expired.
 * Unless a new session begins with it, it must also be the same user's.
 */
export function isWorthAccepting<Claims>(
  state: State<Claims>,
  { tokenSet, isNewSession }: Extract<SessionEvent<Claims>, { type: 'received-from-tab' }>,
  now: Instant,
): boolean {
  const { user, token, session } = state;
  if (mayBeOther(state, isNewSession)) return true;
  // A session that has ended is replaced only by another one: the other tab may not know yet that this one has ended.
  if (session.status === 'unauthenticated' || session.status === 'relogin-required') return false;
  if (user !== undefined && !isSame(user, tokenSet.user, false)) return false;
  if (token === undefined || remainingMs(token, now) <= 0) return true;
  const newerBy = countDifference(state, tokenSet) || tokenSet.obtainedAt.wallAt - token.obtainedAt.wallAt;
  return newerBy > 0;
}

/**
 * Whether the tokens of a refresh came too late. That is also so if another refresh was answered after it
 * began, and no newer token is needed.
 */
export function isLate<Claims>(
  state: State<Claims>,
  result: Extract<SessionEvent<Claims>, { type: 'refreshed' }>,
  now: Instant,
  policy: Policy,
): boolean {
  const { token, refresh } = state;
  const standing = judgeTicket(state, result);
  if (standing === 'outdated') return true;
  if (token === undefined) return result.attempt < refresh.rejected;
  // A refresh that began after the last response has the newer tokens, even if the server's count starts
  // again. What another tab says about its token does not outrank a later response.
  if (result.attempt > token.attempt && (token.isFromOtherTab || standing !== 'answered')) return false;
  const newerBy = countDifference(state, result.tokenSet);
  return newerBy === 0
    ? result.attempt < token.attempt || (standing === 'answered' && !isRefreshDue(state, now, policy))
    : newerBy < 0;
}

/**
 * By how much the server's count (`seq`) of a token set is ahead of this page's token; 0 if they cannot be
 * compared, or are equal: a refresh that is repeated with its key gets the same count again.
 */
function countDifference({ token, user }: State<unknown>, { seq, user: found }: TokenSet<unknown>): number {
  return seq !== undefined && token?.seq !== undefined && isSameCount(user ?? {}, found) ? seq - token.seq : 0;
}

/**
 * Whether a token set is the same user's. Within a session, `unknown` means a user who was not named before,
 * and now is. (What a refresh leaves out has been filled in already; another tab's token must say it.) A new
 * session proves nothing about a user who is not named.
 */
function isSame(before: Identity, after: Identity, isNewSession: boolean): boolean {
  const found = compareIdentities(before, after);
  return found === 'unknown' ? !isNewSession && before.id === undefined : found === 'same';
}

/**
 * Whether somebody who is signed in in another tab may be another one than this page shows: it shows nobody,
 * or the server has to be asked who is signed in by now.
 */
export function mayOtherTabDiffer({ mustRevalidate, user, session }: State<unknown>): boolean {
  return (
    (session.status === 'unauthenticated' && !isBetweenUsers(session)) ||
    (mustRevalidate === 'due' && user !== undefined)
  );
}
