import type { SessionEvent } from '../../../src/session/events.ts';
import fc from '../random.ts';
import { type Claims, HOUR, MINUTE } from './events.ts';

export type User = 'ann' | 'bob' | undefined;

/** One thing that happens in a random history. */
export type Move =
  | { readonly do: 'pass'; readonly ms: number }
  /** The wall clock alone: it is set, or the machine has slept. */
  | { readonly do: 'wall'; readonly byMs: number }
  | {
      readonly do: 'answer';
      readonly which: number;
      readonly as: 'tokens' | 'no' | 'failure';
      readonly user: User;
      readonly lifetimeMs: number | undefined;
    }
  | { readonly do: 'call'; readonly kind: 'plain' | 'fresh' | 'newer'; readonly holds: boolean }
  | { readonly do: 'sign-in'; readonly user: User; readonly lifetimeMs: number }
  /** What became of a call with the newest token, or with one of the `ago` before. */
  | { readonly do: 'refused' | 'succeeded'; readonly ago: number }
  | { readonly do: 'event'; readonly event: SessionEvent<Claims> };

const user = fc.constantFrom<User>('ann', 'ann', 'ann', 'bob', undefined);
const event = fc.constantFrom<SessionEvent<Claims>>(
  { type: 'started', isRecorded: false, signedOut: false, visible: true },
  { type: 'started', isRecorded: true, signedOut: true, visible: true },
  { type: 'stopped' },
  { type: 'visibility', visible: true },
  { type: 'visibility', visible: false },
  { type: 'online' },
  { type: 'tick' },
  { type: 'restored' },
  { type: 'shared-session-changed', signedOut: true },
  { type: 'shared-session-changed', signedOut: false },
  { type: 'signed-out' },
  { type: 'signed-out' },
  { type: 'sign-out-settled' },
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
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      kind: fc.constantFrom('plain', 'fresh', 'newer'),
      holds: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('sign-in' as const),
      user,
      lifetimeMs: fc.constantFrom(MINUTE, MINUTE, 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('refused' as const, 'succeeded' as const), ago: fc.nat(2) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('event' as const), event }) },
) as fc.Arbitrary<Move>;

const moves = fc.array(move, { minLength: 5, maxLength: 60 });

const start: Move = { do: 'event', event: { type: 'started', isRecorded: false, signedOut: false, visible: true } };
const startAfterSignOut: Move = {
  do: 'event',
  event: { type: 'started', isRecorded: true, signedOut: true, visible: true },
};
const answeredBy = (as: 'tokens' | 'no', id: User): Move => ({
  do: 'answer',
  which: 0,
  as,
  user: id,
  lifetimeMs: MINUTE,
});

/** Histories that begin, mostly, with a start. */
export const histories = moves.map((rest): Move[] => [start, ...rest]);

const call = fc.constantFrom<Move>(
  { do: 'call', kind: 'plain', holds: true },
  { do: 'call', kind: 'newer', holds: true },
  { do: 'call', kind: 'plain', holds: false },
);

/** Somebody who is signed in is locked out while calls wait or after, and then, perhaps, is let in again. */
const lockOut = fc
  .record({
    before: fc.array(call, { maxLength: 2 }),
    after: fc.array(call, { maxLength: 2 }),
    passMs: fc.constantFrom(0, 60_000, 100_000),
    between: fc.option(move, { freq: 2 }),
    id: user,
    lifetimeMs: fc.constantFrom(MINUTE, MINUTE, 1),
    isLetIn: fc.constantFrom(true, true, true, false),
  })
  .map(({ before, after, passMs, between, id, lifetimeMs, isLetIn }): Move[] => [
    { do: 'pass', ms: MINUTE },
    ...before,
    answeredBy('no', id),
    ...after,
    { do: 'pass', ms: passMs },
    ...(between === null ? [] : [between]),
    ...(isLetIn ? [{ do: 'sign-in', user: id, lifetimeMs } as const] : []),
  ]);

/** Histories in which somebody is locked out, again and again. */
export const lockedOutHistories = fc
  .record({
    id: user,
    rest: fc.array(fc.oneof({ weight: 2, arbitrary: lockOut }, { weight: 1, arbitrary: fc.array(move) }), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ id, rest }): Move[] => [start, answeredBy('tokens', id), ...rest.flat()]);

/** Histories that begin with a sign-out which the page before has left to be confirmed, and which is over at some time. */
export const signedOutHistories = fc
  .tuple(fc.array(move, { maxLength: 10 }), moves)
  .map(([before, after]): Move[] => [
    startAfterSignOut,
    ...before,
    { do: 'event', event: { type: 'sign-out-settled' } },
    ...after,
  ]);
