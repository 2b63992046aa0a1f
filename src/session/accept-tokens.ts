import type { Effect, SessionEvent, Source } from './events.ts';
import { compareIdentities, compareWithRecord, type Identity, isSameCount, learn } from './identity.ts';
import { isSameClaims } from './same-claims.ts';
import { isAnswered, isRefreshDue } from './schedule.ts';
import { end, nextIdentity, type Step, show, tell } from './snapshot.ts';
import type { AccessToken, Policy, State, TokenSet, User } from './state.ts';
import { type Instant, leadTimeMs, remainingMs } from './time.ts';

/**
 * Accepts a token set. If it is another user's, the user before leaves first, before anything of the new user is shown or
 * handed out.
 */
export const acceptTokens = <Claims>(
  state: State<Claims>,
  source: Source,
  tokenSet: TokenSet<Claims>,
  jitter: number,
  policy: Policy,
): Step<Claims> => {
  const { by, attempt, isNewSession } = source;
  const { user } = state;
  const mayBeOther = isNewSession || state.mustRevalidate === 'due';
  if (user !== undefined && !isSame(user, tokenSet.user, mayBeOther)) {
    const [left, leaving] = end(state, 'user-changed');
    const found = { type: 'user-switched', identityVersion: left.identityVersion, source, tokenSet, jitter } as const;
    // Where another page has begun the session, the record has it already.
    return [{ ...left, hadSession: state.mustRevalidate === 'due' }, [...leaving, { type: 'continue', event: found }]];
  }
  const claims = user && isSameClaims(user.claims, tokenSet.user.claims) ? user.claims : tokenSet.user.claims;
  const { value, obtainedAt, lifetimeMs, seq } = tokenSet;
  const tokenNumber = state.tokenNumber + 1;
  const [next, shown] = show(
    {
      ...state,
      ...(isNewSession && nextIdentity(state, by === 'other-tab')),
      user: { ...tokenSet.user, ...(user && learn(user, tokenSet.user)), claims },
      earlierUser: undefined,
      token: {
        value,
        tokenNumber,
        attempt,
        isFromOtherTab: by === 'other-tab',
        obtainedAt,
        seq,
        ...(lifetimeMs !== undefined && { lifetimeMs, leadMs: leadTimeMs(lifetimeMs, jitter, policy) }),
      },
      tokenNumber,
      hadSession: true,
      cameByRedirect: false,
      storedSid: undefined,
      failure: undefined,
      isTokenDemanded: false,
      mustRevalidate: undefined,
      mustVerifySignOut: undefined,
    },
    { status: 'authenticated', claims },
  );
  const hasLeft = hasEarlierUserLeft(state, tokenSet.user, mayBeOther);
  const left: Effect<Claims>[] = hasLeft ? [{ type: 'user-left', claims: undefined }] : [];
  const isAnother = hasLeft || state.session.status === 'unauthenticated';
  const changed: Effect<Claims>[] = isAnother ? [{ type: 'user-changed', claims }] : [];
  if (by === 'other-tab')
    return [next, [...left, ...shown, ...changed, tell({ type: 'received-from-tab', lifetimeMs })]];
  const isNew = isNewSession || !state.hadSession || isOther(state, tokenSet.user);
  return [
    next,
    [
      ...left,
      { type: 'record', session: isNew ? 'new' : 'same', isSignedIn: true },
      ...shown,
      ...changed,
      tell({ type: by === 'sign-in' ? 'signed-in' : 'refreshed', lifetimeMs }),
    ],
  ];
};

/**
 * Takes the token that another page hands over, where it is newer than this page's, or this page's is dead. Where no session
 * begins with it, it has to be the same user's as well.
 */
export const acceptFromTab = <Claims>(
  state: State<Claims>,
  { tokenSet, isNewSession, jitter }: Extract<SessionEvent<Claims>, { type: 'received-from-tab' }>,
  now: Instant,
  policy: Policy,
): Step<Claims> => {
  const { user, token } = state;
  if (!isNewSession && state.mustRevalidate !== 'due') {
    const isStale = token !== undefined && remainingMs(token, now) > 0 && !isNewer(tokenSet, token, user);
    const isForeign = user !== undefined && !isSame(user, tokenSet.user, false);
    // A session that has ended is replaced only by another one: the other tab may not know yet that this one has ended.
    const hasEnded = state.session.status === 'unauthenticated' || state.session.status === 'relogin-required';
    if (hasEnded || isStale || isForeign) return [state, []];
  }
  const source = { by: 'other-tab', attempt: state.attempts, isNewSession } as const;
  return acceptTokens(state, source, tokenSet, jitter, policy);
};

const isNewer = <Claims>(tokenSet: TokenSet<Claims>, token: AccessToken, user: User<Claims> | undefined): boolean =>
  // A refresh that was repeated with its key is answered with the same count again.
  tokenSet.seq !== undefined &&
  token.seq !== undefined &&
  tokenSet.seq !== token.seq &&
  isSameCount(user ?? {}, tokenSet.user)
    ? tokenSet.seq > token.seq
    : tokenSet.obtainedAt.wallAt > token.obtainedAt.wallAt;

/**
 * Whether a token set is the same user's. Within a session, `unknown` is a user who was not named before, and now is.
 * (What a refresh leaves out has been filled in by `identify`; another page's token has to say it.) A new session proves nothing
 * about a user who is not named.
 */
const isSame = (before: Identity, after: Identity, isNewSession: boolean): boolean => {
  const found = compareIdentities(before, after);
  return found === 'unknown' ? !isNewSession && before.id === undefined : found === 'same';
};

/** Whether the session that a page finds first is another one than the record's: where neither has a name, it may be. */
const isOther = (
  { cameByRedirect, storedSid, earlierUser, mustRevalidate }: State<unknown>,
  user: Identity,
): boolean => {
  // Once another page has begun a session, the record shows that one.
  const recorded = mustRevalidate === undefined ? earlierUser : undefined;
  if (recorded !== undefined && compareWithRecord(recorded, user) === 'other') return true;
  return user.sid === undefined || storedSid === undefined ? cameByRedirect : user.sid !== storedSid;
};

/**
 * Whether somebody else is here than the user of the page before. Where that is not known, a refresh goes on with the session
 * that the page before had, and a new session is somebody else's: better a cache that is loaded again than one that shows
 * another user's data.
 */
const hasEarlierUserLeft = (
  { earlierUser, cameByRedirect }: State<unknown>,
  user: Identity,
  isNewSession: boolean,
): boolean => {
  if (earlierUser === undefined) return false;
  const found = compareWithRecord(earlierUser, user);
  return found === 'unknown' ? isNewSession || cameByRedirect : found === 'other';
};

/** Whether this page shows somebody, or nobody, and has to ask who is there: it may be somebody else by now. */
export const isIdentityUncertain = ({ mustRevalidate, user, session }: State<unknown>): boolean =>
  mustRevalidate === 'due' && (user !== undefined || session.status !== 'loading');

/**
 * Whether a result came too late: of another session, older than the token that is held, or of a request that was only a
 * repetition of one answered before, while nobody needs anything newer.
 */
export const isLate = <Claims>(
  state: State<Claims>,
  result: { readonly identityVersion: number; readonly attempt: number; readonly tokenSet: TokenSet<Claims> },
  now: Instant,
  policy: Policy,
): boolean => {
  if (result.identityVersion !== state.identityVersion) return true;
  const { token, user } = state;
  if (token === undefined) return result.attempt < state.rejectedAttempt;
  // What another page claims of its token does not outrank what the server said later.
  if (token.isFromOtherTab && result.attempt > token.attempt) return false;
  // A question that was asked after the last answer has the newer one, though the server has begun to count anew.
  if (result.attempt > token.attempt && !isAnswered(state, result.attempt)) return false;
  const { seq } = result.tokenSet;
  return seq !== undefined &&
    token.seq !== undefined &&
    seq !== token.seq &&
    isSameCount(user ?? {}, result.tokenSet.user)
    ? seq < token.seq
    : result.attempt < token.attempt || (isAnswered(state, result.attempt) && !isRefreshDue(state, now, policy));
};
