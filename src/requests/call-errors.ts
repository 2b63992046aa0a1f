import { advise } from '#advice';
import {
  RefreshRejectedError,
  RefreshUnavailableError,
  UnauthenticatedError,
  UserChangedError,
} from '../client/errors.ts';
import type { Outcome } from '../session/demand.ts';
import type { HeldCallOutcome } from '../session/events.ts';
import type { Session } from '../session/session.ts';
import type { State } from '../session/state.ts';
import type { Forced } from './token-waiters.ts';

/** How a held call has ended. */
export const outcomeOf = (forced: Forced | undefined, found: Outcome, session: Session<unknown>): HeldCallOutcome => {
  if (forced !== undefined) return forced;
  if (found.is === 'token') return 'sent';
  if (found.is === 'other-user') return 'user-changed';
  return session.status === 'unauthenticated' ? session.reason : 'timed-out';
};

/** The error of a call for which there is no token any more. */
export const endOf = (session: Session<unknown>, isRefresh: boolean, held: HeldCallOutcome | undefined): Error => {
  const reason = 'reason' in session ? session.reason : 'anonymous';
  if (reason === 'user-changed') return new UserChangedError();
  if (isRefresh) return new RefreshRejectedError();
  return new UnauthenticatedError(reason, held === 'no-room' || held === 'timed-out' ? held : undefined);
};

export const unavailable = ({ failure }: State<unknown>): Error =>
  new RefreshUnavailableError(
    failure?.problem.retryAt,
    failure?.problem.kind === 'redirected'
      ? ` The refresh endpoint answers with a redirect${advise('refresh redirected')}.`
      : undefined,
  );

export const notStarted = (): TypeError => new TypeError(`The client was not started${advise('not started')}.`);
