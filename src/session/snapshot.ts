import type { AuthEvent, Effect } from './events.ts';
import { isSameClaims } from './same-claims.ts';
import type { Session, UnauthenticatedReason } from './session.ts';
import type { State } from './state.ts';

/** The next state, and what the shell is to do about it, in order. */
export type Step<Claims> = readonly [State<Claims>, readonly Effect<Claims>[]];

/** The effect that tells `onEvent`. */
export const tell = (event: AuthEvent): Effect<never> => ({ type: 'tell', event });

/** Shows a session, and keeps the snapshot that is shown already where a screen could not tell the two apart. */
export const show = <Claims>(state: State<Claims>, session: Session<Claims>): Step<Claims> => {
  if (isSameClaims(state.session, session)) return [state, []];
  const shown = Object.freeze(session);
  return [{ ...state, session: shown }, [{ type: 'show', session: shown }]];
};

/** Shows whether refreshing fails, where that is of interest: while loading, and to somebody signed in. */
export const showProblem = <Claims>(state: State<Claims>): Step<Claims> => {
  const { session, failure } = state;
  if (session.status !== 'loading' && session.status !== 'authenticated') return [state, []];
  const { problem: _, ...rest } = session;
  return show(state, failure === undefined ? rest : { ...rest, problem: failure.problem });
};

/** Whether a session is shown only in passing, between one user and the next: nobody is to take it for the outcome. */
export const isBetweenUsers = (session: Session<unknown>): boolean =>
  session.status === 'unauthenticated' && session.reason === 'user-changed';

/** Whether the server has said who is signed in, or that nobody is. */
export const isSettled = (session: Session<unknown>): boolean =>
  session.status !== 'loading' && !isBetweenUsers(session);

/**
 * The session after the present one. Calls go on in it where its user is the same, or is still to be compared, with no token to
 * send until then; and where another page has begun it, and nobody was known here yet: they are for whoever is found.
 */
export const nextIdentity = <Claims>(
  { identityVersion, callsValidSince, user, session }: State<Claims>,
  isElsewhere: boolean,
): Pick<State<Claims>, 'identityVersion' | 'callsValidSince'> => {
  const goesOn = user !== undefined || (isElsewhere && session.status === 'loading');
  return { identityVersion: identityVersion + 1, callsValidSince: goesOn ? callsValidSince : identityVersion + 1 };
};

/** Nobody is signed in any more: the session ends, and all that was the user's is forgotten. `answer`: the server's, where it said so. */
export const end = <Claims>(
  state: State<Claims>,
  reason: UnauthenticatedReason,
  answer?: { readonly status: number; readonly error?: string | undefined },
): Step<Claims> => {
  const { user, earlierUser, identityVersion } = state;
  const [next, shown] = show(
    {
      ...state,
      identityVersion: identityVersion + 1,
      callsValidSince: identityVersion + 1,
      user: undefined,
      earlierUser: undefined,
      token: undefined,
      failure: undefined,
      loopGuard: undefined,
      hadSession: false,
      isTokenDemanded: false,
      mustRevalidate: undefined,
      mustVerifySignOut: undefined,
    },
    { status: 'unauthenticated', reason },
  );
  const hasLeft = user !== undefined || earlierUser !== undefined;
  const left: Effect<Claims>[] = hasLeft ? [{ type: 'user-left', claims: user?.claims }] : [];
  // After `user-changed`, listeners hear of the next user when that user is shown.
  const isOutcome = reason !== 'user-changed' && (hasLeft || isBetweenUsers(state.session));
  const changed: Effect<Claims>[] = isOutcome ? [{ type: 'user-changed', claims: undefined }] : [];
  const ended = state.session.status === 'unauthenticated' ? [] : [tell({ type: 'session-ended', reason, ...answer })];
  return [next, [...left, ...shown, ...changed, ...ended]];
};
