import type { SessionEvent, Source } from './event.ts';
import { type Instant, leadTimeMs, remainingMs } from './expiry.ts';
import { isAnswered, isExchangeDue } from './plan.ts';
import { isSameClaims } from './same-claims.ts';
import { end, nextEpoch, type Step, show, tell } from './show.ts';
import type { AccessToken, Grant, Policy, State, User } from './state.ts';

/**
 * Takes a grant. Whose it is comes first: where it is somebody else's, the user before is seen off before anything of the
 * new one is shown or handed out.
 */
export const commit = <Claims>(
  state: State<Claims>,
  source: Source,
  grant: Grant<Claims>,
  jitter: number,
  policy: Policy,
): Step<Claims> => {
  const { by, exchange, begins } = source;
  const { user } = state;
  if (user !== undefined && !isSame(user, grant.user, begins || state.unasked === 'due')) {
    const [left, leaving] = end(state, 'user-changed');
    const found = { type: 'found', epoch: left.epoch, source, grant, jitter } as const;
    // Where another page has begun the epoch, the record has it already.
    return [{ ...left, remembered: state.unasked === 'due' }, [...leaving, { type: 'continue', event: found }]];
  }
  const claims = user && isSameClaims(user.claims, grant.user.claims) ? user.claims : grant.user.claims;
  const { value, obtainedAt, lifetimeMs, seq } = grant;
  const serial = state.serial + 1;
  const [next, shown] = show(
    {
      ...state,
      ...(begins && nextEpoch(state, by === 'sibling')),
      user: { ...grant.user, claims },
      token: {
        value,
        serial,
        exchange,
        adopted: by === 'sibling',
        obtainedAt,
        seq,
        ...(lifetimeMs !== undefined && { lifetimeMs, leadMs: leadTimeMs(lifetimeMs, jitter, policy) }),
      },
      serial,
      remembered: true,
      arrived: false,
      recordedSid: undefined,
      failure: undefined,
      wanted: false,
      unasked: undefined,
    },
    { status: 'authenticated', claims },
  );
  if (by === 'sibling') return [next, [...shown, tell({ type: 'adopted', lifetimeMs })]];
  const isNew = begins || !state.remembered || isOther(state, grant.user);
  return [
    next,
    [
      { type: 'record', epoch: isNew ? 'new' : 'same', isSignedIn: true },
      ...shown,
      tell({ type: by === 'sign-in' ? 'signed-in' : 'refreshed', lifetimeMs }),
    ],
  ];
};

/**
 * Takes the token that another page hands over, where it is newer than this page's, or this page's is dead. Where no epoch
 * begins with it, it has to be the same user's as well.
 */
export const adopt = <Claims>(
  state: State<Claims>,
  { grant, isNewEpoch, jitter }: Extract<SessionEvent<Claims>, { type: 'adopted' }>,
  now: Instant,
  policy: Policy,
): Step<Claims> => {
  const { user, token } = state;
  if (!isNewEpoch && state.unasked !== 'due') {
    const isStale = token !== undefined && remainingMs(token, now) > 0 && !isNewer(grant, token, user);
    const isForeign = user !== undefined && !isSame(user, grant.user, false);
    // Where a session has ended, only another one takes its place: a sibling may not have heard of the end.
    const hasEnded = state.session.status === 'unauthenticated' || state.session.status === 'relogin-required';
    if (hasEnded || isStale || isForeign) return [state, []];
  }
  const source = { by: 'sibling', exchange: state.exchanges, begins: isNewEpoch } as const;
  return commit(state, source, grant, jitter, policy);
};

const isNewer = <Claims>(grant: Grant<Claims>, token: AccessToken, user: User<Claims> | undefined): boolean =>
  // A refresh that was repeated with its key is answered with the same count again.
  grant.seq !== undefined && token.seq !== undefined && grant.seq !== token.seq && user?.sid === grant.user.sid
    ? grant.seq > token.seq
    : grant.obtainedAt.wallAt > token.obtainedAt.wallAt;

/**
 * Whether a grant is the same user's. A refresh goes on with the session it was asked for, so two unknown users count as
 * one unless the server's names for their sessions differ; a sign-in proves nothing about an unknown user, unless these
 * are the same.
 */
const isSame = (before: User<unknown>, after: User<unknown>, isNewSession: boolean): boolean => {
  if (before.id !== undefined || after.id !== undefined) return before.id === after.id;
  const isNamed = before.sid !== undefined && after.sid !== undefined;
  return isNamed ? before.sid === after.sid : !isNewSession;
};

/** Whether the session that a page finds first is another one than the record's: where neither has a name, it may be. */
const isOther = ({ arrived, recordedSid }: State<unknown>, { sid }: User<unknown>): boolean =>
  sid === undefined || recordedSid === undefined ? arrived : sid !== recordedSid;

/** Whether this page shows somebody, or nobody, and has to ask who is there: it may be somebody else by now. */
export const isOvertaken = ({ unasked, user, session }: State<unknown>): boolean =>
  unasked === 'due' && (user !== undefined || session.status !== 'loading');

/**
 * Whether a result came too late: of another epoch, older than the token that is held, or of a request that was only a
 * repetition of one answered before, while nobody needs anything newer.
 */
export const isLate = <Claims>(
  state: State<Claims>,
  result: { readonly epoch: number; readonly exchange: number; readonly grant: Grant<Claims> },
  now: Instant,
  policy: Policy,
): boolean => {
  if (result.epoch !== state.epoch) return true;
  const { token, user } = state;
  if (token === undefined) return result.exchange < state.rejected;
  // What another page claims of its token does not outrank what the server said later.
  if (token.adopted && result.exchange > token.exchange) return false;
  const { seq } = result.grant;
  return seq !== undefined && token.seq !== undefined && seq !== token.seq && user?.sid === result.grant.user.sid
    ? seq < token.seq
    : result.exchange < token.exchange || (isAnswered(state, result.exchange) && !isExchangeDue(state, now, policy));
};
