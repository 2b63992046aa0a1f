import { type Instant, leadTimeMs } from './expiry.ts';
import { isSameClaims } from './same-claims.ts';
import { end, type Step, show, tell } from './show.ts';
import type { Grant, Policy, State, User } from './state.ts';

/** How a grant came: by signing in, or by the refresh of that number. */
export type Source = 'sign-in' | number;

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
  const signedIn = source === 'sign-in';
  const { user } = state;
  if (user !== undefined && !isSame(user, grant.user, signedIn)) {
    const [left, leaving] = end(state, 'user-changed');
    return [
      left,
      [...leaving, { type: 'continue', event: { type: 'found', epoch: left.epoch, exchange: source, grant, jitter } }],
    ];
  }
  const claims = user && isSameClaims(user.claims, grant.user.claims) ? user.claims : grant.user.claims;
  const { value, obtainedAt, lifetimeMs, seq } = grant;
  const serial = state.serial + 1;
  const [next, shown] = show(
    {
      ...state,
      epoch: state.epoch + (signedIn ? 1 : 0),
      user: { ...grant.user, claims },
      token: {
        value,
        serial,
        exchange: signedIn ? state.exchanges : source,
        obtainedAt,
        ...(seq !== undefined && { seq }),
        ...(lifetimeMs !== undefined && { lifetimeMs, leadMs: leadTimeMs(lifetimeMs, jitter, policy) }),
      },
      serial,
      remembered: true,
      failure: undefined,
      wanted: false,
      unasked: undefined,
    },
    { status: 'authenticated', claims },
  );
  const isNew = signedIn || (user === undefined && !state.remembered);
  return [
    next,
    [
      { type: 'record', epoch: isNew ? 'new' : 'same', signedIn: { lifetimeMs } },
      ...shown,
      tell({ type: signedIn ? 'signed-in' : 'refreshed', lifetimeMs }),
    ],
  ];
};

/**
 * Whether a grant is the same user's. A refresh goes on with the session it was asked for, so two unknown users count as
 * one unless the server's names for their sessions differ; a sign-in proves nothing about an unknown user.
 */
const isSame = (before: User<unknown>, after: User<unknown>, signedIn: boolean): boolean => {
  if (before.id !== undefined || after.id !== undefined || signedIn)
    return before.id !== undefined && before.id === after.id;
  return before.sid === undefined || after.sid === undefined || before.sid === after.sid;
};

/** Whether a result came too late: of another epoch, or older than the token that is held. */
export const isLate = <Claims>(
  state: State<Claims>,
  result: { readonly epoch: number; readonly exchange: number; readonly grant: Grant<Claims> },
): boolean => {
  if (result.epoch !== state.epoch) return true;
  const { token, user } = state;
  if (token === undefined) return result.exchange < state.rejected;
  const { seq } = result.grant;
  return seq !== undefined && token.seq !== undefined && user?.sid === result.grant.user.sid
    ? seq < token.seq
    : result.exchange < token.exchange;
};

/** Notes when an exchange was begun, so that the next one keeps its distance. */
export const begin = <Claims>(state: State<Claims>, now: Instant): Step<Claims> => {
  const number = state.exchanges + 1;
  return [
    { ...state, exchanges: number, begunAt: now, begunIn: state.epoch, inFlight: true },
    [{ type: 'exchange', number, epoch: state.epoch }, tell({ type: 'refresh-started' })],
  ];
};
