import { describe, expect, it } from 'vitest';
import { decideRefresh } from '../../../../src/server/rotation/decide-refresh.ts';
import fc from '../../random.ts';
import { MINUTE, SECOND } from '../fixture.ts';
import { POLICY, type Step, simulate } from './rotation-model.ts';

const RUNS = 20_000;
const pick = fc.nat({ max: 20 });
const waits = [100, SECOND, 9 * SECOND, 11 * SECOND, 40 * SECOND, 61 * SECOND, 15 * MINUTE];

const ordinary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'refresh' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'presume-lost' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'reload' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'use' }) },
  { weight: 6, arbitrary: pick.map((n): Step => ({ kind: 'arrive', pick: n })) },
  { weight: 2, arbitrary: pick.map((n): Step => ({ kind: 'duplicate', pick: n })) },
  { weight: 1, arbitrary: pick.map((n): Step => ({ kind: 'lose-request', pick: n })) },
  { weight: 5, arbitrary: pick.map((n): Step => ({ kind: 'answer', pick: n })) },
  { weight: 2, arbitrary: pick.map((n): Step => ({ kind: 'lose-answer', pick: n })) },
  { weight: 5, arbitrary: fc.constantFrom(...waits).map((ms): Step => ({ kind: 'wait', ms })) },
);
const hostile: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: ordinary },
  { weight: 1, arbitrary: pick.map((n): Step => ({ kind: 'thief-refresh', pick: n })) },
  { weight: 1, arbitrary: pick.map((n): Step => ({ kind: 'thief-use', pick: n })) },
);
const withSignOut: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: hostile },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'sign-out' }) },
);

const withSetBacks: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: ordinary },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }).map((writes): Step => ({ kind: 'set-back', writes })) },
);

/** Runs the property and says how often each thing was seen over all runs. */
function check(
  step: fc.Arbitrary<Step>,
  law: (world: ReturnType<typeof simulate>) => void,
  policy: typeof POLICY = POLICY,
): Record<string, number> {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const world = simulate(steps, policy);
      for (const [name, times] of Object.entries(world.seen)) seen[name] = (seen[name] ?? 0) + times;
      law(world);
    }),
    { numRuns: RUNS },
  );
  return seen;
}

describe('rotation, under random schedules', () => {
  it('RT-19 (a) loses no honest session to lost, late, doubled or concurrent answers', () => {
    const seen = check(ordinary, (world) => expect(world.denied).toBeUndefined());
    const met = ['presumed lost', 'answered twice'];
    for (const action of ['rotate', 'repeat', 'recover', 'duplicate', 'use: accept', 'lost answer', ...met]) {
      expect(seen[action], action).toBeGreaterThan(100);
    }
    expect(seen).not.toHaveProperty('reuse');
  });

  it('RT-19 (a) loses no honest session to a store that was set back (store-behind)', () => {
    const seen = check(withSetBacks, (world) => expect(world.denied).toBeUndefined());
    for (const what of ['set back', 'catch-up', 'rotate', 'repeat', 'duplicate']) {
      expect(seen[what], what).toBeGreaterThan(300);
    }
  });

  it('RT-19 (b) leaves no more than one live generation outside the grace once it is confirmed', () => {
    let confirmed = 0;
    let unconfirmed = 0;
    check(hostile, ({ session, now }) => {
      const later = Math.max(now, session.rotatedAt + POLICY.graceMs);
      if (session.state !== 'active') return;
      const live = Array.from({ length: session.generation + 1 }, (_, generation) => generation).filter(
        (generation) => {
          const { action } = decideRefresh(session, { generation }, later, POLICY);
          return action !== 'reuse' && action !== 'reject';
        },
      );
      if (session.confirmed) confirmed += 1;
      else unconfirmed += 1;
      expect(live.length).toBeLessThanOrEqual(session.confirmed ? 1 : 2);
      expect(live).toContain(session.generation);
    });
    expect(confirmed).toBeGreaterThan(500);
    expect(unconfirmed).toBeGreaterThan(500);
  });

  it('RT-19 (b) lets only one of an unconfirmed pair go on', () => {
    let pairs = 0;
    check(hostile, ({ session, now }) => {
      const later = Math.max(now, session.rotatedAt + POLICY.graceMs);
      if (session.state !== 'active' || session.parent === null || session.confirmed) return;
      pairs += 1;
      for (const [first, other] of [
        [session.parent, session.generation],
        [session.generation, session.parent],
      ] as const) {
        const taken = decideRefresh(session, { generation: first }, later, POLICY);
        if (!('session' in taken) || taken.action === 'reuse') continue;
        const next = decideRefresh(taken.session, { generation: other }, later + POLICY.graceMs, POLICY);
        expect(next.action).toBe('reuse');
      }
    });
    expect(pairs).toBeGreaterThan(500);
  });

  it('RT-19 (d) gives nothing to anybody once the session has ended', () => {
    const seen = check(withSignOut, (world) => expect(world.revived).toBe(false));
    for (const action of ['reuse', 'reject', 'use: reuse', 'use: refuse', 'thief: rotate', 'thief: reuse']) {
      expect(seen[action], action).toBeGreaterThan(200);
    }
  });

  it('RT-19 lets nobody spend a generation twice in strict mode', () => {
    const strict = { ...POLICY, graceMs: 0, retryWindowMs: 0, recoveryMs: 0 };
    const seen = check(
      hostile,
      ({ session, seen: { rotate = 0 } }) => expect(session.generation).toBe(1 + rotate),
      strict,
    );
    expect(seen.reuse).toBeGreaterThan(500);
    expect(seen).not.toHaveProperty('repeat');
    expect(seen).not.toHaveProperty('replay');
    expect(seen).not.toHaveProperty('recover');
  });
});

describe('an honest client whose request is slow, lost, or answered twice (C-8)', () => {
  const none = { ...POLICY, graceMs: 0, retryWindowMs: 0, recoveryMs: 0 };
  const servers = [
    { knows: 'keys', policy: { ...none, retryWindowMs: MINUTE } },
    { knows: 'a grace', policy: { ...none, graceMs: 10 * SECOND } },
    { knows: 'neither', policy: none },
  ];
  const soon: fc.Arbitrary<Step> = fc.oneof(
    { weight: 9, arbitrary: ordinary.filter(({ kind }) => kind !== 'wait') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(100, SECOND, 5 * SECOND, 15 * SECOND).map((ms): Step => ({ kind: 'wait', ms })),
    },
  );

  it.each(servers)('at a server that knows $knows: the sessions lost are counted', ({ knows, policy }) => {
    const lost = { all: 0, withinGrace: 0, overtaken: 0, outlivedKey: 0 };
    const seen = check(
      soon,
      ({ denied, deniedAs }) => {
        if (denied === undefined) return;
        lost.all++;
        if (deniedAs?.withinGrace) lost.withinGrace++;
        if (deniedAs?.overtaken) lost.overtaken++;
        if (deniedAs?.outlivedKey) lost.outlivedKey++;
      },
      policy,
    );
    console.info(
      `${knows}: ${lost.all} of ${RUNS} sessions lost, ${lost.withinGrace} within the grace, ${lost.overtaken} as two rotations had overtaken them, ${lost.outlivedKey} to a repetition later than the life of its key`,
    );
    if (knows === 'keys') expect(lost.all - lost.outlivedKey).toBe(0);
    if (knows === 'a grace') expect(lost.withinGrace).toBe(0);
    if (knows === 'neither') expect(lost.all).toBeGreaterThan(1000);
    for (const what of ['presumed lost', 'lost answer']) expect(seen[what], what).toBeGreaterThan(1000);
    if (knows !== 'neither') expect(seen['answered twice']).toBeGreaterThan(1000);
  });
});
