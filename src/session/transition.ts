import { acceptFromTab, acceptTokens, isLate } from './accept-tokens.ts';
import type { SessionEvent } from './events.ts';
import { begin, counts, fail, overdue, settle, unbroken, wake } from './in-flight.ts';
import { noteAcceptedToken, noteRefusedToken } from './refresh-loop-guard.ts';
import { reject, withhold } from './reject.ts';
import { nextDue } from './schedule.ts';
import { end, nextIdentity, type Step, show, showProblem, tell } from './snapshot.ts';
import type { Policy, State } from './state.ts';
import type { Instant } from './time.ts';

/**
 * The lifecycle of a session: a pure function that runs nothing. A result of another session than the present one changes
 * nothing, wherever it comes from.
 */
export const transition = <Claims>(
  state: State<Claims>,
  event: SessionEvent<Claims>,
  now: Instant,
  policy: Policy,
): Step<Claims> => {
  const [next, effects] = advance(apply(state, event, now, policy), now, policy);
  const turned = isLockedOut(state) !== isLockedOut(next);
  return [turned ? { ...next, lockedOutAt: now } : next, effects];
};

const isLockedOut = ({ session }: State<unknown>): boolean => session.status === 'relogin-required';

const apply = <Claims>(
  state: State<Claims>,
  event: SessionEvent<Claims>,
  now: Instant,
  policy: Policy,
): Step<Claims> => {
  switch (event.type) {
    case 'started': {
      const { visible, inForeignFrame = false, cameByRedirect = false, storedSid, earlierUser } = event;
      const isFirst = state.session.status === 'loading';
      const before = isFirst
        ? { cameByRedirect, storedSid, earlierUser }
        : { cameByRedirect: false, storedSid: undefined };
      const hadSession = state.hadSession || event.hadSession;
      const next = { ...state, started: true, visible, inForeignFrame, hadSession, ...before };
      if (!event.signedOut || !isFirst) return [next, []];
      const [left, effects] = end(next, 'signed-out');
      // What the sign-out was answered before the page had begun is still to be decided.
      return [{ ...left, mustRevalidate: 'sign-out-pending', mustVerifySignOut: state.mustVerifySignOut }, effects];
    }
    case 'stopped':
      return [{ ...state, started: false }, []];
    case 'visibility':
      return [event.visible ? { ...unbroken(state), visible: true } : { ...state, visible: false }, []];
    case 'online':
      return wake(unbroken(state), now, policy);
    case 'tick':
      return [state, []];
    case 'resumed':
      return wake(state, now, policy);
    case 'restored': {
      const [next, effects] = wake(unbroken(state), now, policy);
      return [{ ...next, inFlight: false }, effects];
    }
    case 'shared-session-changed':
      return differ(state, event);
    case 'received-from-tab':
      return acceptFromTab(state, event, now, policy);
    case 'refresh-sent':
      return [
        event.attempt === state.attempts ? { ...state, sentAt: now } : state,
        [tell({ type: 'refresh-started' })],
      ];
    case 'refresh-skipped':
      return [settle(state, event.attempt), []];
    case 'demand':
      return demand(state, event.isTokenDemanded, event.heldCalls);
    case 'refreshed': {
      const settled = settle(state, event.attempt);
      if (isLate(state, event, now, policy)) return [settled, []];
      const next = { ...settled, answered: state.attempts };
      const source = { by: 'refresh', attempt: event.attempt, isNewSession: false } as const;
      return acceptTokens(next, source, event.tokenSet, event.jitter, policy);
    }
    case 'refresh-rejected': {
      const next = settle(state, event.attempt);
      return counts(state, event)
        ? reject({ ...next, failure: undefined, rejectedAttempt: event.attempt }, event)
        : [next, []];
    }
    case 'refresh-failed': {
      const next = settle(state, event.attempt);
      if (!counts(state, event)) return [next, []];
      const count = (state.failure?.count ?? 0) + 1;
      const problem = Object.freeze({
        ...event.problem,
        attempts: count,
        retryAt: Math.ceil(now.wallAt + event.delayMs),
      });
      return fail(next, { ...event, count, failedAt: now, problem });
    }
    case 'signed-in':
      return acceptTokens(
        state,
        { by: 'sign-in', attempt: state.attempts, isNewSession: true },
        event.tokenSet,
        event.jitter,
        policy,
      );
    case 'user-switched':
      return event.identityVersion === state.identityVersion
        ? acceptTokens(state, event.source, event.tokenSet, event.jitter, policy)
        : [state, []];
    case 'signed-out': {
      const [next, effects] = end(state, 'signed-out');
      // Where another page has begun a session, that goes on without this one.
      if (event.isElsewhere === true) return [next, effects];
      return [next, [{ type: 'record', session: 'new', isSignedIn: false }, ...effects]];
    }
    case 'sign-out-unverified':
      return [{ ...state, mustVerifySignOut: true }, []];
    case 'refresh-withheld':
      return withhold(settle(state, event.attempt), event.attempt);
    case 'sign-out-settled':
      return [{ ...state, mustVerifySignOut: undefined, mustRevalidate: state.mustRevalidate && 'due' }, []];
    case 'replay-refused':
      return [noteRefusedToken(state, event, now), []];
    case 'call-succeeded':
      return [noteAcceptedToken(state, event), []];
  }
};

/** Does what is due by now: begins a refresh, says that the one in flight takes long, gives it up. */
const advance = <Claims>(step: Step<Claims>, now: Instant, policy: Policy): Step<Claims> => {
  const [state, effects] = step;
  const plan = nextDue(state, now, policy);
  if (plan === undefined || plan.inMs > 0) return step;
  const [next, more] = plan.due === 'refresh' ? begin(state, now, policy) : overdue(state, plan.due, now, policy);
  return advance([next, [...effects, ...more]], now, policy);
};

const demand = <Claims>(state: State<Claims>, isTokenDemanded: boolean, heldCalls: number): Step<Claims> => {
  if (isTokenDemanded === state.isTokenDemanded && heldCalls === state.heldCalls) return [state, []];
  const { session } = state;
  const next = { ...state, isTokenDemanded, heldCalls };
  return session.status === 'relogin-required' ? show(next, { ...session, heldCalls }) : [next, []];
};

/**
 * Another page has signed out, or in. Nothing of this page's user is used until it is known who it is now; a page that is
 * looked at goes on showing what it shows, so that nothing written in it is lost where it is the same user.
 */
const differ = <Claims>(
  state: State<Claims>,
  { signedOut, isGone = false, restored = false }: Extract<SessionEvent<Claims>, { type: 'shared-session-changed' }>,
): Step<Claims> => {
  if ((signedOut || isGone) && state.session.status === 'unauthenticated') return [state, []];
  if (signedOut) return end(state, 'signed-out-elsewhere');
  const next: State<Claims> = {
    ...state,
    ...nextIdentity(state, true),
    token: undefined,
    hadSession: true,
    storedSid: undefined,
    inFlight: false,
    failure: undefined,
    mustRevalidate: 'due',
  };
  // Nothing that a locked-out user has written is lost by it.
  return restored || (isGone && state.session.status !== 'relogin-required')
    ? show(next, { status: 'loading' })
    : showProblem(next);
};
