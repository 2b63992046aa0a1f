import type { SessionEvent } from './events.ts';
import { updateRefresh } from './refresh-attempt.ts';
import type { ReloginReason, UnauthenticatedReason } from './session.ts';
import { isBetweenUsers } from './snapshot.ts';
import { INITIAL_STATE, type State } from './state.ts';

/** What is settled once it is known who is signed in. */
export const ANSWERED = {
  earlier: undefined,
  isTokenDemanded: false,
  failure: undefined,
  mustRevalidate: undefined,
  mustVerifySignOut: undefined,
} as const;

/** Nobody is signed in any more: everything about the user is forgotten. */
export function endSession<Claims>(state: State<Claims>, reason: UnauthenticatedReason): State<Claims> {
  const identityVersion = state.identityVersion + 1;
  return {
    ...state,
    ...ANSWERED,
    session: { status: 'unauthenticated', reason },
    identityVersion,
    callsValidSince: identityVersion,
    user: undefined,
    token: undefined,
    isRecorded: false,
    loopGuard: INITIAL_STATE.loopGuard,
  };
}

/** The server has said that the session is over. A user who is shown stays on the screen and has to sign in again. */
export function rejectSession<Claims>(state: State<Claims>, reason: ReloginReason): State<Claims> {
  const { session } = state;
  if (session.status === 'relogin-required' || (session.status === 'unauthenticated' && !isBetweenUsers(session)))
    return { ...state, ...ANSWERED };
  return session.status === 'authenticated'
    ? { ...state, ...ANSWERED, session: { status: 'relogin-required', reason }, token: undefined }
    : endSession(state, reasonForNobody(state));
}

/**
 * A refresh has found the user who has just signed out, because the server does not know of it yet. Nobody is
 * shown, and once the sign-out is confirmed the server is asked again who is signed in.
 */
export function withholdSession<Claims>(state: State<Claims>): State<Claims> {
  const isLoading = state.session.status === 'loading';
  return {
    ...(isLoading ? endSession(state, 'signed-out') : state),
    ...ANSWERED,
    mustRevalidate: isLoading || state.mustRevalidate ? 'sign-out-pending' : undefined,
  };
}

function reasonForNobody({ page, isRecorded }: State<unknown>): UnauthenticatedReason {
  if (page.inForeignFrame) return 'unavailable-in-frame';
  return isRecorded ? 'expired' : 'anonymous';
}

/**
 * The record shows another session: another tab has signed out or in. No token of this page's user is used
 * until the server has said who is signed in. A visible page goes on showing what it shows, so that nothing
 * written in it is lost if it is still the same user.
 */
export function leaveForRecord<Claims>(
  state: State<Claims>,
  { signedOut, isGone = false, restored = false }: Extract<SessionEvent<Claims>, { type: 'shared-session-changed' }>,
): State<Claims> {
  const { status } = state.session;
  if ((signedOut || isGone) && status === 'unauthenticated') return state;
  if (signedOut) return endSession(state, 'signed-out-elsewhere');
  // Whatever a user who has to sign in again has written stays.
  const showsNothing = restored || (isGone && status !== 'relogin-required');
  return {
    ...updateRefresh(state, { phase: 'idle' }),
    ...nextIdentity(state, true),
    ...(showsNothing && { session: { status: 'loading' } }),
    token: undefined,
    isRecorded: true,
    failure: undefined,
    mustRevalidate: 'due',
  };
}

/**
 * The next identity version. Calls go on in it if the user is the same, or has still to be compared and no
 * token is sent until then. If another tab has begun it and nobody was known here, they are for whoever is
 * found.
 */
export function nextIdentity(
  { identityVersion, callsValidSince, user, session }: State<unknown>,
  isOtherTabs: boolean,
): Pick<State<unknown>, 'identityVersion' | 'callsValidSince'> {
  const goOn = user !== undefined || (isOtherTabs && session.status === 'loading');
  return { identityVersion: identityVersion + 1, callsValidSince: goOn ? callsValidSince : identityVersion + 1 };
}
