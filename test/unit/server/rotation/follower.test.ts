import { describe, expect, it } from 'vitest';
import type { ReuseReason, RotationPolicy } from '../../../../src/server/rotation/decide-refresh.ts';
import fc from '../../random.ts';
import { MINUTE, SECOND } from '../fixture.ts';
import { createTheft, followed, newestShared, runHour, type Theft } from './follower-model.ts';
import { dayOfLocklessPages, type LocklessPages } from './lockless-pages-model.ts';
import { POLICY, rotated, second } from './rotation-fixture.ts';

const OFF: RotationPolicy = { ...POLICY, maxReplaysInARow: 0 };
const HONEST_GENERATIONS = 15;

describe('a thief who polls within the grace', () => {
  it.each([0, 5, 10, 30, 60])(
    'RT-22 is stopped at the fifth generation in a row, with a grace of %i s (S-21)',
    (grace) => {
      const graceMs = grace * SECOND;
      const pollMs = graceMs === 0 ? 9 * SECOND : graceMs - SECOND;
      for (const keyed of [true, false]) {
        const free = runHour({ ...OFF, graceMs }, pollMs, keyed);
        const stopped = runHour({ ...POLICY, graceMs }, pollMs, keyed);
        console.info(
          `grace ${grace} s, poll every ${pollMs / SECOND} s${keyed ? ' with a key' : ''}: without the limit the thief follows ${followed(free)} of ${HONEST_GENERATIONS} generations (${free.session.state}), with it ${followed(stopped)} (${stopped.session.state})`,
        );
        expect(followed(free)).toBe(grace === 0 ? 0 : HONEST_GENERATIONS);
        expect(followed(stopped)).toBe(grace === 0 ? 0 : 4);
        expect(stopped.session.state).toBe('reused');
      }
    },
  );

  it('RT-22 follows no more generations than the limit allows, whatever he presents and when (S-21)', () => {
    const step = fc.oneof(
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), uses: fc.boolean() }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('present' as const),
          pick: fc.nat({ max: 3 }),
          key: fc.constantFrom(undefined, 'a', 'b', 'c'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('use' as const), pick: fc.nat({ max: 3 }) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('wait' as const),
          ms: fc.constantFrom(0, SECOND, 9 * SECOND, 11 * SECOND, MINUTE, 4 * MINUTE),
        }),
      },
    );
    let most = 0;
    let ended = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const theft = createTheft(POLICY);
        for (const next of steps) {
          const held = [newestShared(theft), ...[...theft.stolen].sort((one, other) => other - one)];
          if (next.kind === 'wait') theft.now += next.ms;
          else if (next.kind === 'refresh') theft.refresh(next.uses);
          else if (next.kind === 'use') theft.use(held[next.pick % held.length] ?? 1);
          else theft.present(held[next.pick % held.length] ?? 1, next.key);
        }
        most = Math.max(most, longestRun(theft));
        if (theft.session.state === 'reused') ended += 1;
        expect(longestRun(theft)).toBeLessThan(POLICY.maxReplaysInARow);
      }),
      { numRuns: 20_000 },
    );
    expect(most).toBeGreaterThan(1);
    expect(ended).toBeGreaterThan(1000);
  });
});

describe('replays that do not follow a session', () => {
  it('RT-22 are counted anew after a generation without one (S-21)', () => {
    let session = second;
    for (let round = 1; round <= 40; round += 1) {
      const { generation, parent } = session;
      if (round % 5 !== 0) session = rotated(session, { generation: parent ?? 1 }, session.rotatedAt + SECOND);
      session = rotated({ ...session, confirmed: true }, { generation }, round * MINUTE);
    }
    expect(session.state).toBe('active');
  });

  it('RT-22 count once in a generation, and once for an undelivered one and its replacement (S-21)', () => {
    let session = second;
    for (let round = 0; round < 20; round += 1)
      session = rotated(session, { generation: 1, keyHash: `tab ${round}` }, 1);
    session = rotated(session, { generation: 1 }, MINUTE);
    session = rotated(session, { generation: 1, keyHash: 'other' }, MINUTE + SECOND);
    expect(session).toMatchObject({ generation: 3, replaysInARow: 1, replayedGeneration: 3 });
  });

  it('RT-22 are no replays where the key is the same: a browser that loses every answer is not stopped (S-21)', () => {
    let session = second;
    for (let n = 2; n <= 50; n += 1) {
      session = rotated(session, { generation: n, keyHash: `k${n}` }, n * MINUTE);
      for (const late of [1, 5, 20]) {
        session = rotated(session, { generation: n, keyHash: `k${n}` }, n * MINUTE + late * SECOND);
      }
    }
    expect(session).toMatchObject({ state: 'active', replaysInARow: 0 });
  });
});

describe('pages of several origins that share a session and no lock', () => {
  const DAYS = 300;

  /** Prints how many days end the session, and by what. */
  function report(pages: LocklessPages): { inARow: number; late: number } {
    const days = Array.from({ length: DAYS }, (_, seed) => dayOfLocklessPages(POLICY, pages, seed));
    const ended = (reason: ReuseReason) => days.filter(({ endedBy }) => endedBy === reason).length;
    const inARow = ended('replays-in-a-row');
    // By an answer that comes after a later one, so that the cookie goes back to a spent token.
    const late = ended('spent');
    const longestRow = Math.max(...days.map((day) => day.longestRow));
    const { count, slowestMs, isStaggered, sleep } = pages;
    console.info(
      `${count} pages, answers within ${slowestMs} ms${sleep ? `, awake for ${sleep.awakeMs / MINUTE} min at a time` : ''}, lifetimes ${isStaggered ? 'staggered' : 'equal'}: of ${DAYS} days ${inARow} end the session by replays in a row (at most ${longestRow} were answered), ${late} by a late answer that moves the cookie back`,
    );
    return { inARow, late };
  }

  it.each([
    [2, 500, 0],
    [2, 2 * SECOND, 0],
    [2, 5 * SECOND, 0],
    [3, 2 * SECOND, 1],
    [5, 2 * SECOND, 1],
  ])('RT-22 never lose it by replays in a row: %i pages, answers within %i ms (S-21)', (count, slowestMs, late) => {
    report({ count, slowestMs, isStaggered: false });
    expect(report({ count, slowestMs, isStaggered: true })).toEqual({ inARow: 0, late });
  });

  it('RT-22 lose it where they wake together five times in a row, each time for less than a lifetime (S-21)', () => {
    const pages = { count: 2, slowestMs: 2 * SECOND, isStaggered: true };
    const naps = (awakeMs: number) => ({ ...pages, sleep: { awakeMs, asleepMs: 10 * MINUTE } });
    expect(report(naps(4 * MINUTE)).inARow).toBe(0);
    expect(report(naps(2 * MINUTE)).inARow).toBe(DAYS);
  });
});

/** The longest run of the browser's generations that the thief came to hold. */
function longestRun({ owned, stolen }: Theft): number {
  let run = 0;
  let longest = 0;
  for (const generation of owned.slice(1)) {
    run = stolen.has(generation) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
