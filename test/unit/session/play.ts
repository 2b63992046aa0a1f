import { type Demand, demandAt, judgeDemand, type Outcome } from '../../../src/session/demand.ts';
import type { AuthEvent, Effect, SessionEvent } from '../../../src/session/events.ts';
import { nextDue } from '../../../src/session/schedule.ts';
import type { Session } from '../../../src/session/session.ts';
import { sessionOf } from '../../../src/session/snapshot.ts';
import { INITIAL_STATE, type Policy, type State } from '../../../src/session/state.ts';
import type { Instant } from '../../../src/session/time.ts';
import { transition } from '../../../src/session/transition.ts';
import { at, type Claims, type GrantFacts, MINUTE, refreshed, rejected, SECOND, started } from './events.ts';

export const policy: Policy = {
  refreshTimeoutMs: 10 * SECOND,
  refreshWhenHidden: false,
  maxLeadMs: MINUTE,
  leadShare: 0.2,
  maxGuardMs: 5 * SECOND,
  holdTimeoutMs: 10 * MINUTE,
  presumedLostMs: 15 * SECOND,
  presumedLostOnWakeMs: 5 * SECOND,
  minIntervalMs: 500,
  breakerThreshold: 3,
  cooldownMs: 5 * SECOND,
  maxCooldownMs: 5 * MINUTE,
};

/** Events that have no members but their type. */
type EventName = 'tick' | 'signed-out' | 'sign-out-settled' | 'stopped' | 'online' | 'resumed' | 'restored';

export type Effects = readonly Effect<Claims>[];

/** A session that is played step by step. */
export interface Play {
  state(): State<Claims>;
  session(): Session<Claims>;
  /** Sends an event, and those that it makes follow at once. Returns the effects of all of them. */
  send(event: SessionEvent<Claims> | EventName, now: number | Instant): Effects;
  /** The demand of a call that is made at `now`. Any good token will do, unless `facts` ask for more. */
  demandAt(now: number | Instant, facts?: Partial<Demand>): Demand;
  /** What becomes of such a call. */
  judge(demand: Demand, now: number | Instant): Outcome;
  /** In how many ms the next refresh is due; `undefined` = none is. */
  refreshDueInMs(now: number | Instant): number | undefined;
}

const instant = (now: number | Instant): Instant => (typeof now === 'number' ? at(now) : now);

export const createPlay = (changes: Partial<Policy> = {}): Play => {
  const rules = { ...policy, ...changes };
  let state: State<Claims> = INITIAL_STATE;
  let session: Session<Claims> = Object.freeze(sessionOf<Claims>(INITIAL_STATE));
  const send = (given: SessionEvent<Claims> | EventName, now: number | Instant): Effects => {
    const event = typeof given === 'string' ? { type: given } : given;
    const [next, effects] = transition(state, event, instant(now), rules);
    state = next;
    session = shownIn(effects).at(-1) ?? session;
    return effects.flatMap((effect) => (effect.type === 'continue' ? [effect, ...send(effect.event, now)] : [effect]));
  };
  return {
    state: () => state,
    session: () => session,
    send,
    demandAt: (now, facts = {}) => ({ ...demandAt(state, instant(now)), ...facts }),
    judge: (demand, now) => judgeDemand(state, demand, instant(now), rules),
    refreshDueInMs: (now) => {
      const plan = nextDue(state, instant(now), rules);
      return plan?.due === 'refresh' ? plan.inMs : undefined;
    },
  };
};

/** Started at 0: attempt 1 asks who is signed in. */
export const createStarted = (changes: Partial<Policy> = {}): Play => {
  const play = createPlay(changes);
  play.send(started(), 0);
  return play;
};

/** Started at 0, attempt 1 answered at 100 ms. */
export const createSignedIn = (facts: GrantFacts = {}, changes: Partial<Policy> = {}): Play => {
  const play = createStarted(changes);
  play.send(refreshed(1, facts), 100);
  return play;
};

/** Signed in, and refreshing: attempt 2 is in flight since 250 s. */
export const createRefreshing = (facts: GrantFacts = {}): Play => {
  const play = createSignedIn(facts);
  play.send('tick', 250 * SECOND);
  return play;
};

/** Signed in as ann, with attempt 2 answered by a definitive no. */
export const createLockedOut = (): Play => {
  const play = createRefreshing();
  play.send(rejected(2), 251 * SECOND);
  return play;
};

/** A page on which ann has signed out: session 1. */
export const createSignedOut = (): Play => {
  const play = createSignedIn();
  play.send('signed-out', 200);
  return play;
};

export const attemptsIn = (effects: Effects): number[] =>
  effects.flatMap((effect) => (effect.type === 'refresh' ? [effect.attempt] : []));

export const shownIn = (effects: Effects): Session<Claims>[] =>
  effects.flatMap((effect) => (effect.type === 'show' ? [effect.session] : []));

export const toldIn = (effects: Effects): AuthEvent[] =>
  effects.flatMap((effect) => (effect.type === 'tell' ? [effect.event] : []));

export const namesOf = (effects: Effects): string[] =>
  effects.map((effect) => {
    if (effect.type === 'tell') return `tell ${effect.event.type}`;
    if (effect.type === 'show') return `show ${effect.session.status}`;
    return effect.type === 'record' ? `record ${effect.session}` : effect.type;
  });
