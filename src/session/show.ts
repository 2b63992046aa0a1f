import type { AuthEvent, Effect } from './event.ts';
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

/**
 * The epoch after the present one. Where another page has begun it, and nobody was known here yet, the calls that wait are for
 * whoever is found.
 */
export const nextEpoch = <Claims>(
  { epoch, callsSince, user, session }: State<Claims>,
  isElsewhere: boolean,
): Pick<State<Claims>, 'epoch' | 'callsSince'> => {
  const isUnknown = isElsewhere && user === undefined && session.status === 'loading';
  return { epoch: epoch + 1, callsSince: isUnknown ? callsSince : epoch + 1 };
};

/** Nobody is signed in any more: the epoch ends, and all that was the user's is forgotten. `answer`: the server's, where it said so. */
export const end = <Claims>(
  state: State<Claims>,
  reason: UnauthenticatedReason,
  answer?: { readonly status: number; readonly error?: string | undefined },
): Step<Claims> => {
  const { user } = state;
  const [next, shown] = show(
    {
      ...state,
      ...nextEpoch(state, false),
      user: undefined,
      token: undefined,
      failure: undefined,
      useless: undefined,
      remembered: false,
      wanted: false,
      unasked: undefined,
    },
    { status: 'unauthenticated', reason },
  );
  const left: Effect<Claims>[] = user === undefined ? [] : [{ type: 'user-left', claims: user.claims }];
  const ended = state.session.status === 'unauthenticated' ? [] : [tell({ type: 'session-ended', reason, ...answer })];
  return [next, [...left, ...shown, ...ended]];
};
