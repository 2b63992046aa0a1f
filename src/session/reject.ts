import type { SessionEvent } from './events.ts';
import type { UnauthenticatedReason } from './session.ts';
import { end, isBetweenUsers, type Step, show, tell } from './snapshot.ts';
import type { State } from './state.ts';

/** The server has said that this session is over. Whoever was here stays on the screen, locked out. */
export const reject = <Claims>(
  state: State<Claims>,
  answer: Extract<SessionEvent<Claims>, { type: 'refresh-rejected' }>,
): Step<Claims> => {
  const { session, user } = state;
  if ((session.status === 'unauthenticated' && !isBetweenUsers(session)) || session.status === 'relogin-required') {
    return [{ ...state, isTokenDemanded: false, mustRevalidate: undefined, mustVerifySignOut: undefined }, []];
  }
  const { reason, status, error } = answer;
  if (user === undefined || session.status === 'loading') {
    const [next, effects] = end(state, whyNobody(state), { status, error });
    // The session goes on: another page may be here with somebody's work in it, and will hear of this from the server.
    return [next, [{ type: 'record', session: 'same', isSignedIn: false }, ...effects]];
  }
  const [next, shown] = show(
    { ...state, token: undefined, isTokenDemanded: false, mustRevalidate: undefined },
    { status: 'relogin-required', claims: user.claims, reason, heldCalls: 0 },
  );
  return [next, [...shown, tell({ type: 'session-ended', reason, status, error })]];
};

/** Whom the server still knows has signed out here. Nobody is shown, and who is there is asked again once that is confirmed. */
export const withhold = <Claims>(state: State<Claims>, attempt: number): Step<Claims> => {
  const [next, effects] = state.session.status === 'loading' ? end(state, 'signed-out') : ([state, []] as const);
  const mustRevalidate = state.session.status === 'loading' || state.mustRevalidate ? 'sign-out-pending' : undefined;
  return [
    {
      ...next,
      rejectedAttempt: attempt,
      failure: undefined,
      isTokenDemanded: false,
      mustVerifySignOut: undefined,
      mustRevalidate,
    },
    effects,
  ];
};

/** What a definitive no means where it is not known who was here. */
const whyNobody = ({ inForeignFrame, hadSession }: State<unknown>): UnauthenticatedReason => {
  if (inForeignFrame) return 'unavailable-in-frame';
  return hadSession ? 'expired' : 'anonymous';
};
