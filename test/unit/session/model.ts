import { type Demand, demandAt, judgeDemand, type Outcome } from '../../../src/session/demand.ts';
import type { Effect, SessionEvent } from '../../../src/session/events.ts';
import { nextDue } from '../../../src/session/schedule.ts';
import { INITIAL_STATE, type State } from '../../../src/session/state.ts';
import type { Instant } from '../../../src/session/time.ts';
import { transition } from '../../../src/session/transition.ts';
import { at, type Claims, MINUTE, tokenSet } from './events.ts';
import type { Move, User } from './moves.ts';
import { policy } from './play.ts';

/** The rules of the model: calls are held for so short that histories see the end of it. */
export const rules = { ...policy, holdTimeoutMs: 2 * MINUTE };

/** What one event did. */
export interface Happening {
  readonly event: SessionEvent<Claims>;
  readonly before: State<Claims>;
  readonly after: State<Claims>;
  readonly effects: readonly Effect<Claims>[];
  readonly now: Instant;
  /** Somebody was waiting for a token, before and after. */
  readonly waited: boolean;
  readonly waits: boolean;
  /** How many calls are held after it. */
  readonly heldCalls: number;
  /** The number of the first token that this session could have had. */
  readonly firstTokenNumber: number;
}

/** A time in which a call waited for the same thing, on and on. */
interface Phase {
  readonly for: 'wait' | 'held';
  readonly since: Instant;
}

interface Call {
  readonly demand: Demand;
  /** Whose call it is (`anyone`: nobody was known when it was made). */
  readonly owner: User | 'anyone';
  readonly phases: Phase[];
}

/** The end of a call's wait. */
export interface Settled extends Call {
  readonly answer: Outcome;
  readonly state: State<Claims>;
  readonly now: Instant;
}

export interface Watcher {
  readonly onHappening?: (happening: Happening) => void;
  readonly onSettled?: (settled: Settled) => void;
  /** All is done that was due, and this is how it stands. */
  readonly onRest?: (state: State<Claims>, calls: readonly Call[], now: Instant) => void;
}

/** Plays a history with an abstract shell: refreshes begun stay open and may be answered at any time, in any order. */
export const playHistory = (moves: readonly Move[], watcher: Watcher): void => {
  let state: State<Claims> = INITIAL_STATE;
  let ms = 0;
  let wallBy = 0;
  let tokens = 0;
  let firstTokenNumber = 1;
  const open: { readonly number: number; readonly identityVersion: number; readonly sentMs: number }[] = [];
  const calls: Call[] = [];
  const now = (): Instant => at(ms, wallBy);
  const count = (what: Phase['for']) => calls.filter(({ phases }) => phases.at(-1)?.for === what).length;

  const settleCalls = () => {
    for (const call of [...calls]) {
      const found = judgeDemand(state, call.demand, now(), rules);
      if (found.is === 'wait' || found.is === 'held') {
        if (call.phases.at(-1)?.for !== found.is) call.phases.push({ for: found.is, since: now() });
        continue;
      }
      calls.splice(calls.indexOf(call), 1);
      watcher.onSettled?.({ ...call, answer: found, state, now: now() });
    }
  };

  const dispatch = (first: SessionEvent<Claims>) => {
    const queue = [first];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const before = state;
      const waited = count('wait') > 0;
      const [after, effects] = transition(state, next, now(), rules);
      state = after;
      if (after.identityVersion !== before.identityVersion)
        firstTokenNumber = after.token === undefined ? after.tokenNumber + 1 : after.tokenNumber;
      for (const effect of effects) {
        if (effect.type === 'refresh')
          open.unshift({ number: effect.attempt, identityVersion: effect.identityVersion, sentMs: ms });
        if (effect.type === 'continue') queue.push(effect.event);
      }
      settleCalls();
      const heldCalls = count('held');
      const isTokenDemanded = count('wait') > 0;
      watcher.onHappening?.({
        event: next,
        before,
        after,
        effects,
        now: now(),
        waited,
        waits: isTokenDemanded,
        heldCalls,
        firstTokenNumber,
      });
      if (queue.length === 0 && (isTokenDemanded !== state.isTokenDemanded || heldCalls !== state.heldCalls)) {
        queue.push({ type: 'demand', isTokenDemanded, heldCalls });
      }
    }
    watcher.onRest?.(state, calls, now());
  };

  /** Wakes the machine whenever its plan or a call's bound says so, as the timer does. */
  const pass = (byMs: number) => {
    const endMs = ms + byMs;
    for (let queue = 0; queue < 400; queue++) {
      const bounds = calls.map(({ demand }) => {
        const found = judgeDemand(state, demand, now(), rules);
        return 'inMs' in found ? found.inMs : 0;
      });
      const plannedMs = nextDue(state, now(), rules)?.inMs ?? Number.POSITIVE_INFINITY;
      const nextMs = ms + Math.max(Math.ceil(Math.min(plannedMs, ...bounds)), 1);
      if (nextMs > endMs) break;
      ms = nextMs;
      dispatch({ type: 'tick' });
    }
    ms = endMs;
    dispatch({ type: 'tick' });
  };

  const grantFor = (id: User, askedMs: number, lifetimeMs?: number) => {
    const found = tokenSet({ id, value: `token-${id}-${++tokens}`, claims: { sub: id }, lifetimeMs });
    return { ...found, obtainedAt: at(askedMs, wallBy) };
  };

  const make = (next: Move) => {
    switch (next.do) {
      case 'pass':
        return pass(next.ms);
      case 'wall':
        ms++;
        wallBy += next.byMs;
        return dispatch({ type: 'tick' });
      case 'answer': {
        const [attempt] = open.splice(next.which, 1);
        if (attempt === undefined) return;
        const id = { identityVersion: attempt.identityVersion, attempt: attempt.number };
        if (next.as === 'no')
          return dispatch({ type: 'refresh-rejected', ...id, reason: 'expired', status: 401, error: 'invalid_grant' });
        if (next.as === 'tokens') {
          const found = grantFor(next.user, attempt.sentMs, next.lifetimeMs);
          return dispatch({ type: 'refreshed', ...id, tokenSet: found, jitter: 0.5 });
        }
        const problem = { kind: 'network' } as const;
        return dispatch({ type: 'refresh-failed', ...id, problem, delayMs: 2000, mandatedMs: 0 });
      }
      case 'call': {
        const demand: Demand = {
          ...demandAt(state, now()),
          holds: next.holds && next.kind !== 'fresh',
          ...(next.kind === 'fresh' && { fresh: true }),
          ...(next.kind === 'newer' && { newerThan: state.tokenNumber }),
        };
        calls.push({ demand, owner: state.user === undefined ? 'anyone' : (state.user.id as User), phases: [] });
        settleCalls();
        const waiting = { isTokenDemanded: count('wait') > 0, heldCalls: count('held') };
        if (waiting.isTokenDemanded !== state.isTokenDemanded || waiting.heldCalls !== state.heldCalls)
          dispatch({ type: 'demand', ...waiting });
        return;
      }
      case 'sign-in':
        return dispatch({ type: 'signed-in', tokenSet: grantFor(next.user, ms, next.lifetimeMs), jitter: 0.5 });
      case 'refused':
        return dispatch({ type: 'replay-refused', tokenNumber: state.tokenNumber - next.ago, endpoint: '/api' });
      case 'succeeded':
        return dispatch({ type: 'call-succeeded', tokenNumber: state.tokenNumber - next.ago, endpoints: ['/api'] });
      case 'event':
        return dispatch(next.event);
    }
  };

  for (const next of moves) make(next);
};
