import { adopt, begin, commit, isLate } from './commit.ts';
import type { SessionEvent } from './event.ts';
import type { Instant } from './expiry.ts';
import { planNext } from './plan.ts';
import type { UnauthenticatedReason } from './session.ts';
import { end, nextEpoch, type Step, show, showProblem, tell } from './show.ts';
import type { Failure, Policy, State } from './state.ts';
import { refuse, succeed } from './useless.ts';

/**
 * The lifecycle of a session: a pure function that runs nothing. A result of another epoch than the present one changes
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
  return [turned ? { ...next, turnedAt: now } : next, effects];
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
      const { visible, framed = false } = event;
      const isFirst = state.session.status === 'loading';
      const arrived = isFirst && event.arrived === true;
      const recordedSid = isFirst ? event.recordedSid : undefined;
      const remembered = state.remembered || event.remembered;
      const next = { ...state, started: true, visible, framed, remembered, arrived, recordedSid };
      if (!event.signedOut || !isFirst) return [next, []];
      const [left, effects] = end(next, 'signed-out');
      return [{ ...left, unasked: 'sign-out-pending' }, effects];
    }
    case 'stopped':
      return [{ ...state, started: false }, []];
    case 'visibility':
      return [event.visible ? { ...unbroken(state), visible: true } : { ...state, visible: false }, []];
    case 'online':
      return [unbroken(state), []];
    case 'woken':
      return [state, []];
    case 'restored':
      return [{ ...unbroken(state), inFlight: false }, []];
    case 'epoch-differs':
      return differ(state, event);
    case 'adopted':
      return adopt(state, event, now, policy);
    case 'refresh-spared':
      return [settle(state, event.exchange), []];
    case 'demand':
      return demand(state, event.wanted, event.held);
    case 'refreshed': {
      const next = settle(state, event.exchange);
      if (isLate(state, event)) return [next, []];
      const source = { by: 'refresh', exchange: event.exchange, begins: false } as const;
      return commit(next, source, event.grant, event.jitter, policy);
    }
    case 'refresh-rejected': {
      const next = settle(state, event.exchange);
      return event.epoch === state.epoch && event.exchange === state.exchanges
        ? reject({ ...next, failure: undefined, rejected: event.exchange }, event)
        : [next, []];
    }
    case 'refresh-failed': {
      const next = settle(state, event.exchange);
      if (event.epoch !== state.epoch || event.exchange !== state.exchanges) return [next, []];
      const count = (state.failure?.count ?? 0) + 1;
      const problem = Object.freeze({
        ...event.problem,
        attempts: count,
        retryAt: Math.ceil(now.wallAt + event.delayMs),
      });
      return fail(next, { ...event, count, failedAt: now, problem });
    }
    case 'signed-in':
      return commit(
        state,
        { by: 'sign-in', exchange: state.exchanges, begins: true },
        event.grant,
        event.jitter,
        policy,
      );
    case 'found':
      return event.epoch === state.epoch ? commit(state, event.source, event.grant, event.jitter, policy) : [state, []];
    case 'signed-out': {
      const [next, effects] = end(state, 'signed-out');
      // Where another page has begun an epoch, that goes on without this one.
      if (event.isElsewhere === true) return [next, effects];
      return [next, [{ type: 'record', epoch: 'new', isSignedIn: false }, ...effects]];
    }
    case 'sign-out-settled':
      return [state.unasked === undefined ? state : { ...state, unasked: 'due' }, []];
    case 'replay-refused':
      return [refuse(state, event, now), []];
    case 'call-succeeded':
      return [succeed(state, event), []];
  }
};

/** Does what is due by now: begins an exchange, says that the one in flight takes long, gives it up. */
const advance = <Claims>(step: Step<Claims>, now: Instant, policy: Policy): Step<Claims> => {
  const [state, effects] = step;
  const plan = planNext(state, now, policy);
  if (plan === undefined || plan.inMs > 0) return step;
  const [next, more] = plan.due === 'exchange' ? begin(state, now) : overdue(state, plan.due, now);
  return advance([next, [...effects, ...more]], now, policy);
};

const overdue = <Claims>(state: State<Claims>, due: 'timeout' | 'ceiling', now: Instant): Step<Claims> => {
  if (state.begunIn !== state.epoch) return [{ ...state, inFlight: false }, []];
  const count = (state.failure?.count ?? 0) + (due === 'ceiling' ? 1 : 0);
  const problem = Object.freeze({ kind: 'timeout', attempts: Math.max(count, 1) } as const);
  const next = due === 'ceiling' ? { ...state, inFlight: false } : state;
  return fail(next, { count, failedAt: now, delayMs: 0, mandatedMs: 0, problem });
};

const fail = <Claims>(
  state: State<Claims>,
  { count, failedAt, delayMs, mandatedMs, problem }: Failure,
): Step<Claims> => {
  const [next, shown] = showProblem({ ...state, failure: { count, failedAt, delayMs, mandatedMs, problem } });
  return [next, [...shown, tell({ type: 'refresh-failed', problem })]];
};

/** The newest exchange is over; an older one that comes in late leaves it in flight. */
const settle = <Claims>(state: State<Claims>, exchange: number): State<Claims> =>
  exchange === state.exchanges ? { ...state, inFlight: false } : state;

const demand = <Claims>(state: State<Claims>, wanted: boolean, held: number): Step<Claims> => {
  if (wanted === state.wanted && held === state.held) return [state, []];
  const { session } = state;
  const next = { ...state, wanted, held };
  return session.status === 'relogin-required' ? show(next, { ...session, heldCalls: held }) : [next, []];
};

/** There is reason to believe that an attempt would succeed now: only the server's own `Retry-After` still counts. */
const unbroken = <Claims>(state: State<Claims>): State<Claims> =>
  state.failure === undefined ? state : { ...state, failure: { ...state.failure, delayMs: state.failure.mandatedMs } };

/** The server has said that this session is over. Whoever was here stays on the screen, locked out. */
const reject = <Claims>(
  state: State<Claims>,
  answer: Extract<SessionEvent<Claims>, { type: 'refresh-rejected' }>,
): Step<Claims> => {
  const { session, user } = state;
  if (session.status === 'unauthenticated' || session.status === 'relogin-required') {
    return [{ ...state, wanted: false, unasked: undefined }, []];
  }
  const { reason, status, error } = answer;
  if (user === undefined || session.status === 'loading') {
    const [next, effects] = end(state, whyNobody(state), { status, error });
    // The epoch goes on: another page may be here with somebody's work in it, and will hear of this from the server.
    return [next, [{ type: 'record', epoch: 'same', isSignedIn: false }, ...effects]];
  }
  const [next, shown] = show(
    { ...state, token: undefined, wanted: false, unasked: undefined },
    { status: 'relogin-required', claims: user.claims, reason, heldCalls: 0 },
  );
  return [next, [...shown, tell({ type: 'session-ended', reason, status, error })]];
};

/** What a definitive no means where it is not known who was here. */
const whyNobody = ({ framed, remembered }: State<unknown>): UnauthenticatedReason => {
  if (framed) return 'unavailable-in-frame';
  return remembered ? 'expired' : 'anonymous';
};

/**
 * Another page has signed out, or in. Nothing of this page's user is used until it is known who it is now; a page that is
 * looked at goes on showing what it shows, so that nothing written in it is lost where it is the same user.
 */
const differ = <Claims>(
  state: State<Claims>,
  { signedOut, isGone = false, restored = false }: Extract<SessionEvent<Claims>, { type: 'epoch-differs' }>,
): Step<Claims> => {
  if ((signedOut || isGone) && state.session.status === 'unauthenticated') return [state, []];
  if (signedOut) return end(state, 'signed-out-elsewhere');
  const next: State<Claims> = {
    ...state,
    ...nextEpoch(state, true),
    token: undefined,
    remembered: true,
    recordedSid: undefined,
    inFlight: false,
    failure: undefined,
    unasked: 'due',
  };
  // Nothing that a locked-out user has written is lost by it.
  return restored || (isGone && state.session.status !== 'relogin-required')
    ? show(next, { status: 'loading' })
    : showProblem(next);
};
