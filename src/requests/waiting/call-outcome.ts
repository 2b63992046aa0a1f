import { advise } from '#advice';
import {
  RefreshRejectedError,
  RefreshUnavailableError,
  UnauthenticatedError,
  UserChangedError,
} from '../../client/errors.ts';
import type { Outcome } from '../../session/demand.ts';
import type { HeldCallOutcome } from '../../session/events.ts';
import type { AccessToken, SessionPhase, State } from '../../session/state.ts';
import type { Caller } from './caller.ts';
import type { Forced } from './token-waiters.ts';

/**
 * What becomes of a call once its wait is over: it is sent with this token; or without one (`undefined`), if
 * it may be, or if asking for a newer one did not help. Throws the error that its caller gets: the session
 * has ended, another user has signed in, or there was no token in time. `held`: how it ended, if it was held.
 */
export function outcomeOf(
  found: Outcome,
  caller: Caller,
  state: State<unknown>,
  isStarted: boolean,
  held?: HeldCallOutcome,
): AccessToken | undefined {
  switch (found.is) {
    case 'token':
      return found.token;
    case 'cooling-down':
      return undefined;
    case 'other-user':
      throw new UserChangedError();
    case 'wait':
    case 'unavailable':
      throw tooLate(state, isStarted);
    default:
      if (caller.mayGoWithoutToken && state.session.status === 'unauthenticated') return undefined;
      throw sessionEnded(state.session, caller.demand.fresh === true, held);
  }
}

/** How a held call has ended. */
export function heldOutcomeOf(forced: Forced | undefined, found: Outcome, session: SessionPhase): HeldCallOutcome {
  if (forced !== undefined) return forced;
  if (found.is === 'token') return 'sent';
  if (found.is === 'other-user') return 'user-changed';
  return session.status === 'unauthenticated' ? session.reason : 'timed-out';
}

/** The error of who has waited too long. */
export function tooLate({ failure }: State<unknown>, isStarted: boolean): Error {
  if (!isStarted) return new TypeError(`The client was not started${advise('not started')}.`);
  const isRedirected = failure?.problem.kind === 'redirected';
  return new RefreshUnavailableError(
    failure?.problem.retryAt,
    isRedirected ? ` The refresh endpoint answers with a redirect${advise('refresh redirected')}.` : undefined,
  );
}

function sessionEnded(session: SessionPhase, isRefresh: boolean, held: HeldCallOutcome | undefined): Error {
  const reason = 'reason' in session ? session.reason : 'anonymous';
  if (reason === 'user-changed') return new UserChangedError();
  if (isRefresh) return new RefreshRejectedError();
  return new UnauthenticatedError(reason, held === 'no-room' || held === 'timed-out' ? held : undefined);
}
