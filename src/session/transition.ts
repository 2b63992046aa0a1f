import { acceptTokens, isLate, isWorthAccepting } from './accept-tokens.ts';
import { effectsOf } from './effects.ts';
import { endSession, leaveForRecord, rejectSession, withholdSession } from './end-session.ts';
import type { Effect, SessionEvent } from './events.ts';
import {
  beginRefresh,
  noteFailure,
  noteOverdue,
  noteProgress,
  shortenBackoff,
  updateRefresh,
  wake,
} from './refresh-attempt.ts';
import { noteAcceptedToken, noteRefusedToken } from './refresh-loop-guard.ts';
import { nextDue } from './schedule.ts';
import type { Policy, State } from './state.ts';
import { judgeTicket } from './ticket.ts';
import type { Instant } from './time.ts';

/**
 * The lifecycle of a session, as a pure function: the next state, and what the store has to do, in order.
 * What comes of a refresh of another identity version changes nothing but what is in flight.
 */
export function transition<Claims>(
  before: State<Claims>,
  event: SessionEvent<Claims>,
  now: Instant,
  policy: Policy,
): readonly [State<Claims>, readonly Effect<Claims>[]] {
  const next = doWhatIsDue(apply(before, event, now, policy), now, policy);
  const after = isLockedOut(before) === isLockedOut(next) ? next : { ...next, lockedOutAt: now };
  return [after, [...effectsOf(before, after, event)]];
}

function isLockedOut({ session }: State<unknown>): boolean {
  return session.status === 'relogin-required';
}

function apply<Claims>(
  before: State<Claims>,
  event: SessionEvent<Claims>,
  now: Instant,
  policy: Policy,
): State<Claims> {
  const state = 'attempt' in event ? noteProgress(before, event, now) : before;
  switch (event.type) {
    case 'started':
      return start(state, event);
    case 'stopped':
      return { ...state, page: { ...state.page, isStarted: false } };
    case 'visibility': {
      const next = { ...state, page: { ...state.page, visible: event.visible } };
      return event.visible ? shortenBackoff(next) : next;
    }
    case 'online':
      return wake(shortenBackoff(state), now, policy);
    case 'tick':
    case 'refresh-sent':
    case 'refresh-skipped':
      return state;
    case 'resumed':
      return wake(state, now, policy);
    case 'restored':
      return updateRefresh(wake(shortenBackoff(state), now, policy), { phase: 'idle' });
    case 'shared-session-changed':
      return leaveForRecord(state, event);
    case 'received-from-tab':
      return isWorthAccepting(state, event, now) ? acceptTokens(state, event, policy) : state;
    case 'demand': {
      const { isTokenDemanded, heldCalls } = event;
      return { ...state, isTokenDemanded, heldCalls };
    }
    case 'refreshed':
      if (isLate(state, event, now, policy)) return state;
      return acceptTokens(updateRefresh(state, { answered: state.refresh.attempt }), event, policy);
    case 'refresh-rejected':
      if (judgeTicket(state, event) !== 'current') return state;
      return rejectSession(updateRefresh(state, { rejected: event.attempt }), event.reason);
    case 'refresh-failed':
      return judgeTicket(state, event) === 'current' ? noteFailure(state, event, now) : state;
    case 'signed-in':
      return acceptTokens(state, event, policy);
    case 'user-switched':
      return event.identityVersion === state.identityVersion ? acceptTokens(state, event, policy) : state;
    case 'signed-out':
      return endSession(state, 'signed-out');
    case 'sign-out-unverified':
      return { ...state, mustVerifySignOut: true };
    case 'refresh-withheld':
      return withholdSession(updateRefresh(state, { rejected: event.attempt }));
    case 'sign-out-settled':
      return { ...state, mustVerifySignOut: undefined, mustRevalidate: state.mustRevalidate && 'due' };
    case 'replay-refused':
      return noteRefusedToken(state, event, now);
    case 'call-succeeded':
      return noteAcceptedToken(state, event);
  }
}

function start<Claims>(state: State<Claims>, event: Extract<SessionEvent<Claims>, { type: 'started' }>): State<Claims> {
  const { visible, inForeignFrame = false, earlier } = event;
  const isFirst = state.session.status === 'loading';
  const next: State<Claims> = {
    ...state,
    page: { isStarted: true, visible, inForeignFrame },
    isRecorded: state.isRecorded || event.isRecorded,
    ...(isFirst && { earlier }),
  };
  if (!event.signedOut || !isFirst) return next;
  // What the sign-out was answered before the page started is still to be verified.
  const { mustVerifySignOut } = state;
  return { ...endSession(next, 'signed-out'), mustRevalidate: 'sign-out-pending', mustVerifySignOut };
}

/** Does what is due by now: begins a refresh, says that the one in flight is slow, or presumes it lost. */
function doWhatIsDue<Claims>(state: State<Claims>, now: Instant, policy: Policy): State<Claims> {
  const next = nextDue(state, now, policy);
  if (next === undefined || next.inMs > 0) return state;
  const { due } = next;
  const after = due === 'refresh' ? beginRefresh(state, now, policy) : noteOverdue(state, due, now, policy);
  return doWhatIsDue(after, now, policy);
}
