import fc from 'fast-check';
import { type Answer, answer, type Need, needAt } from '../../../src/session/answer.ts';
import type { Effect, SessionEvent } from '../../../src/session/event.ts';
import { type Instant, waitedMs } from '../../../src/session/expiry.ts';
import { planNext } from '../../../src/session/plan.ts';
import { initialState, type State } from '../../../src/session/state.ts';
import { transition } from '../../../src/session/transition.ts';
import { at, type Claims, grant, HOUR, MINUTE, policy } from './fixture.ts';

type User = 'ann' | 'bob' | undefined;

/** One thing that happens in a random history. */
export type Move =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'wall'; readonly byMs: number }
  | {
      readonly do: 'answer';
      readonly which: number;
      readonly as: 'tokens' | 'no' | 'failure';
      readonly user: User;
      readonly lifetimeMs: number | undefined;
    }
  | { readonly do: 'call'; readonly kind: 'plain' | 'fresh' | 'newer' }
  | { readonly do: 'sign-in'; readonly user: User }
  | { readonly do: 'refused' | 'succeeded' }
  | { readonly do: 'event'; readonly event: SessionEvent<Claims> };

const user = fc.constantFrom<User>('ann', 'ann', 'ann', 'bob', undefined);
const event = fc.constantFrom<SessionEvent<Claims>>(
  { type: 'started', remembered: false, signedOut: false, visible: true },
  { type: 'started', remembered: true, signedOut: true, visible: true },
  { type: 'stopped' },
  { type: 'visibility', visible: true },
  { type: 'visibility', visible: false },
  { type: 'online' },
  { type: 'woken' },
  { type: 'restored' },
  { type: 'epoch-differs', signedOut: true },
  { type: 'epoch-differs', signedOut: false },
  { type: 'signed-out' },
  { type: 'signed-out' },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.oneof(fc.nat(1000), fc.nat(20_000), fc.nat(4 * MINUTE)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wall' as const), byMs: fc.constantFrom(25 * HOUR, -HOUR, MINUTE) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.oneof(fc.constant(0), fc.nat(5)),
      as: fc.constantFrom('tokens' as const, 'tokens' as const, 'no' as const, 'failure' as const),
      user,
      lifetimeMs: fc.constantFrom(2000, MINUTE, 5 * MINUTE, undefined),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('call' as const), kind: fc.constantFrom('plain', 'fresh', 'newer') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sign-in' as const), user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('refused' as const, 'succeeded' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('event' as const), event }) },
) as fc.Arbitrary<Move>;

/** Histories that begin, mostly, with a start. */
export const histories = fc
  .array(move, { minLength: 5, maxLength: 60 })
  .map((moves): Move[] => [
    { do: 'event', event: { type: 'started', remembered: false, signedOut: false, visible: true } },
    ...moves,
  ]);

/** What one event did. */
export interface Happening {
  readonly event: SessionEvent<Claims>;
  readonly before: State<Claims>;
  readonly after: State<Claims>;
  readonly effects: readonly Effect<Claims>[];
  readonly now: Instant;
  /** Somebody was waiting, before and after. */
  readonly waited: boolean;
  readonly waits: boolean;
}

/** The end of a call's wait, and whose call it was (`anyone`: nobody was known when it was made). */
export interface Settled {
  readonly answer: Answer;
  readonly owner: User | 'anyone';
  readonly askedAt: Instant;
  readonly now: Instant;
}

/** Plays a history with an abstract shell: exchanges begun stay open and may be answered at any time, in any order. */
export const playHistory = (
  moves: readonly Move[],
  onHappening: (happening: Happening) => void,
  onSettled: (settled: Settled) => void,
): void => {
  let state: State<Claims> = initialState;
  let ms = 0;
  let wallBy = 0;
  let tokens = 0;
  const open: { readonly number: number; readonly epoch: number; readonly sentMs: number }[] = [];
  const calls: { readonly need: Need; readonly owner: User | 'anyone' }[] = [];
  const now = (): Instant => at(ms, wallBy);

  const settleCalls = () => {
    for (const call of [...calls]) {
      const found = answer(state, call.need, now(), policy);
      if (found.is === 'wait') continue;
      calls.splice(calls.indexOf(call), 1);
      onSettled({ answer: found, owner: call.owner, askedAt: call.need.askedAt, now: now() });
    }
  };

  const dispatch = (first: SessionEvent<Claims>) => {
    const queue = [first];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const before = state;
      const waited = calls.length > 0;
      const [after, effects] = transition(state, next, now(), policy);
      state = after;
      for (const effect of effects) {
        if (effect.type === 'exchange') open.unshift({ number: effect.number, epoch: effect.epoch, sentMs: ms });
        if (effect.type === 'continue') queue.push(effect.event);
      }
      settleCalls();
      onHappening({ event: next, before, after, effects, now: now(), waited, waits: calls.length > 0 });
      const wanted = calls.length > 0;
      if (queue.length === 0 && wanted !== state.wanted) queue.push({ type: 'demand', wanted, held: 0 });
    }
  };

  /** Wakes the machine whenever its plan or a call's bound says so, as the alarm does. */
  const pass = (byMs: number) => {
    const endMs = ms + byMs;
    for (let turns = 0; turns < 200; turns++) {
      const plannedMs = planNext(state, now(), policy)?.inMs ?? Number.POSITIVE_INFINITY;
      const boundMs = calls[0] ? policy.refreshTimeoutMs - waitedMs(calls[0].need.askedAt, now()) : plannedMs;
      const nextMs = ms + Math.max(Math.ceil(Math.min(plannedMs, boundMs)), 1);
      if (nextMs > endMs) break;
      ms = nextMs;
      dispatch({ type: 'woken' });
    }
    ms = endMs;
    dispatch({ type: 'woken' });
  };

  const grantFor = (id: User, askedMs: number, lifetimeMs?: number) => {
    const found = grant({ id, value: `token-${id}-${++tokens}`, claims: { sub: id }, lifetimeMs });
    return { ...found, obtainedAt: at(askedMs, wallBy) };
  };

  const make = (next: Move) => {
    switch (next.do) {
      case 'pass':
        return pass(next.ms);
      case 'wall':
        wallBy += next.byMs;
        return dispatch({ type: 'woken' });
      case 'answer': {
        const [exchange] = open.splice(next.which, 1);
        if (exchange === undefined) return;
        const id = { epoch: exchange.epoch, exchange: exchange.number };
        if (next.as === 'no') return dispatch({ type: 'refresh-rejected', ...id, reason: 'expired', status: 401 });
        if (next.as === 'tokens') {
          const found = grantFor(next.user, exchange.sentMs, next.lifetimeMs);
          return dispatch({ type: 'refreshed', ...id, grant: found, jitter: 0.5 });
        }
        const problem = { kind: 'network' } as const;
        return dispatch({ type: 'refresh-failed', ...id, problem, delayMs: 2000, mandatedMs: 0 });
      }
      case 'call': {
        const need: Need = {
          ...needAt(state, now()),
          ...(next.kind === 'fresh' && { fresh: true }),
          ...(next.kind === 'newer' && { newerThan: state.serial }),
        };
        calls.push({ need, owner: state.user === undefined ? 'anyone' : (state.user.id as User) });
        settleCalls();
        if (calls.length > 0 && !state.wanted) dispatch({ type: 'demand', wanted: true, held: 0 });
        return;
      }
      case 'sign-in':
        return dispatch({ type: 'signed-in', grant: grantFor(next.user, ms, MINUTE), jitter: 0.5 });
      case 'refused':
        return dispatch({ type: 'replay-refused', serial: state.serial });
      case 'succeeded':
        return dispatch({ type: 'call-succeeded', serial: state.serial });
      case 'event':
        return dispatch(next.event);
    }
  };

  for (const next of moves) make(next);
};
