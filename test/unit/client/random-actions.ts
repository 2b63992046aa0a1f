import fc from 'fast-check';

const user = fc.constantFrom('ann', 'bob');
/** What a user, a page or a server may do. */
export const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('call' as const), signal: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), nth: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sign-in' as const), user, fails: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('sign-out' as const, 'refresh', 'hidden', 'visible', 'online') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), user: fc.option(user) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 200, 600, 3100, 11_000) }),
  },
);
/** How a refresh goes: `well` and `503` at once, `late` and `network` when the scheduler says so. */
export const refreshing = fc.constantFrom<'well' | 'late' | '503' | 'later' | 'network' | 'never'>(
  ...(['well', 'well', 'late', 'late', 'late', '503', 'later', 'network', 'never'] as const),
);

export type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
