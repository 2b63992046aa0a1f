import fc from '../random.ts';

const user = fc.constantFrom('ann', 'ann', 'bob');
const only = <T extends string>(...names: T[]) => fc.record({ do: fc.constantFrom(...names) });
const relogin = fc.constantFrom<'hold' | 'reject' | undefined>('hold', 'hold', 'reject', undefined);
const hourMs = 3_600_000;

/** What a listener does when it is told of something, once. */
export type Misbehaviour = 'throw' | 'leave' | 'call' | 'sign-in' | 'sign-out' | 'refresh' | 'abort' | 'stop';

/** What a user, a page or a server may do. */
const action = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('call' as const), signal: fc.boolean(), posts: fc.boolean(), relogin }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('token' as const), signal: fc.boolean(), relogin }) },
  // The newest ones, or the oldest.
  { weight: 4, arbitrary: fc.record({ do: fc.constant('abort' as const), nth: fc.integer({ min: -3, max: 2 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('sign-in' as const),
      user,
      fails: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: only('sign-out', 'refresh', 'hidden', 'visible', 'online') },
  { weight: 1, arbitrary: only('restored', 'resumed', 'reload') },
  { weight: 1, arbitrary: only('stop', 'start', 'start') },
  { weight: 1, arbitrary: only('revoke') },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), user: fc.option(user, { freq: 2 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 200, 600, 3100, 11_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('wall' as const, 'sleep'),
      ms: fc.constantFrom(6000, 45_000, 8 * hourMs),
      isBack: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('listen' as const),
      where: fc.constantFrom('subscribe' as const, 'onEvent', 'onUserLeft'),
      /** Told before those who judge. */
      isEarly: fc.boolean(),
      does: fc.constantFrom<Misbehaviour>(
        ...(['throw', 'leave', 'call', 'sign-in', 'sign-out', 'refresh', 'abort', 'stop'] as const),
      ),
    }),
  },
);

export type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const heldCall = fc.record({
  do: fc.constant('call' as const),
  signal: fc.boolean(),
  posts: fc.boolean(),
  relogin: fc.constant('hold' as const),
});

/** Ann's session ends, calls are held, something happens, and somebody signs in. */
const lockOut = fc
  .record({
    before: fc.array(heldCall, { maxLength: 1 }),
    calls: fc.array(heldCall, { minLength: 1, maxLength: 4 }),
    aborted: fc.option(fc.integer({ min: -2, max: -1 }), { freq: 2 }),
    between: fc.array(action, { maxLength: 3 }),
    user,
    sleepMs: fc.option(fc.constantFrom(6000, 8 * hourMs), { freq: 8 }),
  })
  .map(({ before, calls, aborted, between, user, sleepMs }): Action[] => [
    { do: 'end', user: null },
    ...before,
    { do: 'pass', ms: 11_000 },
    ...calls,
    ...(aborted === null ? [] : [{ do: 'abort', nth: aborted } as const]),
    ...(sleepMs === null ? [] : ([{ do: 'sleep', ms: sleepMs, isBack: false }, { do: 'resumed' }] as const)),
    ...between,
    { do: 'sign-in', user, fails: false },
    { do: 'pass', ms: 1 },
  ]);

/** Ann signs out, and loads the page anew before the server has said that it knows. */
const leave = fc
  .array(action, { maxLength: 2 })
  .map((between): Action[] => [
    { do: 'sign-out' },
    { do: 'pass', ms: 1 },
    ...between,
    { do: 'reload' },
    { do: 'pass', ms: 3100 },
  ]);

export const actions = fc
  .array(
    fc.oneof(
      { weight: 14, arbitrary: action.map((one): Action[] => [one]) },
      { weight: 2, arbitrary: lockOut },
      { weight: 1, arbitrary: leave },
    ),
    { minLength: 4, maxLength: 24 },
  )
  .map((scenes) => scenes.flat());

/**
 * How a refresh goes: `well`, `503` and `later` at once; `late`, `network` and `lost` when the scheduler says so. `lost` and
 * `unheard` have been done by the server, and nobody here knows.
 */
const refreshing = fc.constantFrom<'well' | 'late' | '503' | 'later' | 'network' | 'lost' | 'never' | 'unheard'>(
  ...(['well', 'well', 'well', 'late', 'late', 'late', '503', 'later', 'network', 'lost', 'never', 'unheard'] as const),
);

/** How a sign-out goes. */
const signingOut = fc.constantFrom<'well' | '503' | 'network' | 'lost' | 'never'>(
  ...(['well', 'well', 'well', '503', 'network', 'lost', 'never'] as const),
);

/** What stands from the beginning. */
export const setting = fc.record({
  first: fc.constantFrom('ann', 'ann', undefined),
  relogin: fc.constantFrom<'hold' | 'reject'>('hold', 'reject'),
  maxHeldCalls: fc.integer({ min: 1, max: 3 }),
  holdTimeoutMs: fc.constantFrom(5000, 30_000),
  namesSession: fc.constantFrom(true, true, true, false),
  stopsEarly: fc.boolean(),
  refreshes: fc.array(refreshing, { minLength: 16, maxLength: 16 }),
  signOuts: fc.array(signingOut, { minLength: 6, maxLength: 6 }),
});

export type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;
