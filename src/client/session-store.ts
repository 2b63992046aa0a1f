import type { Platform } from '../platform/platform.ts';
import { createTimer } from '../platform/timer.ts';
import type { HoldCalls } from '../requests/waiting/hold-calls.ts';
import { createWaiters, type Waiters } from '../requests/waiting/token-waiters.ts';
import type { AuthEvent, Effect, SessionEvent } from '../session/events.ts';
import { isInFlight, nextDue } from '../session/schedule.ts';
import type { Session } from '../session/session.ts';
import { sessionOf } from '../session/snapshot.ts';
import { INITIAL_STATE, type Policy, type State } from '../session/state.ts';
import type { RefreshTicket } from '../session/ticket.ts';
import { transition } from '../session/transition.ts';
import type { AuthClient } from './auth-client.ts';
import { createListeners } from './listeners.ts';

/** Runs the effects that the store does not run itself. */
interface EffectRunner {
  refresh(ticket: RefreshTicket): void;
  presumedLost(): void;
  record(session: 'same' | 'new', isSignedIn: boolean): void;
}

/** The shell around the session's transition: events in, one queue of effects out. */
export interface SessionStore<Claims> {
  readonly waiters: Waiters;
  /** Says who runs the effects. To be called once, before the first event. */
  connect(runner: EffectRunner): void;
  state(): State<Claims>;
  /** What the app is shown: the same object until something changes that a screen could show. */
  session(): Session<Claims>;
  dispatch(event: SessionEvent<Claims>): void;
  /** What the app can see and hear of the session. */
  readonly view: Pick<AuthClient<Claims>, 'getSession' | 'subscribe' | 'onUserLeft' | 'onUserChanged' | 'onEvent'>;
  tell(event: AuthEvent): void;
  /** Tells it together with the next event, and calls no listener now. */
  note(event: AuthEvent): void;
}

export function createSessionStore<Claims>(
  platform: Platform,
  policy: Policy,
  hold: HoldCalls | undefined,
  first: State<Claims> = INITIAL_STATE,
): SessionStore<Claims> {
  const { clock, report } = platform;
  const sessions = createListeners<Session<Claims>>(report);
  const departures = createListeners<Claims | undefined>(report);
  const changes = createListeners<Claims | undefined>(report);
  const events = createListeners<AuthEvent>(report);
  const effects: Effect<Claims>[] = [];
  let state = first;
  let session: Session<Claims> = Object.freeze(sessionOf<Claims>(first));
  let busy = false;
  let runner: EffectRunner;

  const run = (effect: Effect<Claims>) => {
    switch (effect.type) {
      case 'user-left':
        return departures.tell(effect.claims);
      case 'show':
        return sessions.tell(effect.session);
      case 'user-changed':
        return changes.tell(effect.claims);
      case 'record':
        return runner.record(effect.session, effect.isSignedIn);
      case 'refresh':
        return runner.refresh({ identityVersion: effect.identityVersion, attempt: effect.attempt });
      case 'presumed-lost':
        return runner.presumedLost();
      case 'tell':
        return events.tell(effect.event);
      case 'continue':
        return apply(effect.event);
      default:
        effect satisfies never;
    }
  };

  const apply = (event: SessionEvent<Claims>) => {
    const [after, more] = transition(state, event, clock.now(), policy);
    state = after;
    for (const effect of more) if (effect.type === 'show') session = effect.session;
    effects.push(...more);
  };

  const note = (event: AuthEvent) => void effects.push({ type: 'tell', event });

  /** A listener may cause another event. That changes the state at once, and listeners hear of it after this one. */
  const dispatch = (event: SessionEvent<Claims>) => {
    apply(event);
    drain();
  };

  const drain = () => {
    if (busy) return;
    busy = true;
    try {
      do {
        for (let next = effects.shift(); next !== undefined; next = effects.shift()) run(next);
        waiters.settle();
        noteDemand();
      } while (effects.length > 0);
    } finally {
      busy = false;
      setTimer();
    }
  };

  const waiters = createWaiters(
    clock,
    (held) => hold?.withoutRoom(held) ?? [],
    () => {
      if (busy) return;
      if (noteDemand() || effects.length > 0) drain();
      else setTimer();
    },
  );
  /** Notes what is waited for. Returns whether that has changed. */
  const noteDemand = (): boolean => {
    const isTokenDemanded = waiters.count('token') > 0;
    const heldCalls = waiters.count('sign-in');
    const isNews = isTokenDemanded !== state.isTokenDemanded || heldCalls !== state.heldCalls;
    if (isNews) apply({ type: 'demand', isTokenDemanded, heldCalls });
    return isNews;
  };
  const timer = createTimer(clock, () => dispatch({ type: 'tick' }));
  const setTimer = () => {
    const plan = nextDue(state, clock.now(), policy);
    // There may be no event for the machine's sleep, so the clocks are compared every second while a request
    // is under way.
    const plannedMs = plan && Math.min(plan.inMs, isInFlight(state) ? 1000 : plan.inMs);
    const inMs = Math.max(Math.min(plannedMs ?? Number.POSITIVE_INFINITY, waiters.dueInMs()), 0);
    timer(Number.isFinite(inMs) ? inMs : undefined);
  };

  return {
    waiters,
    connect: (connected) => {
      runner = connected;
    },
    dispatch,
    state: () => state,
    session: () => session,
    view: {
      getSession: () => session,
      subscribe: sessions.add,
      onUserLeft: departures.add,
      onUserChanged: changes.add,
      onEvent: events.add,
    },
    tell: (event) => {
      note(event);
      drain();
    },
    note,
  };
}
