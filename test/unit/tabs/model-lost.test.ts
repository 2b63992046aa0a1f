import { afterAll, describe, expect, it } from 'vitest';
import { type Check, explore } from './model-explore.ts';
import type { Run } from './model-run.ts';
import type { Scenario, Tolerance } from './model-scenario.ts';

/** What the runs of a scenario came to. */
interface Tally {
  ends: number;
  lost: number;
  lostWithinGrace: number;
  /** A request was sent beside one that was presumed lost. */
  repeated: number;
  /** Both were answered with tokens. */
  answeredTwice: number;
  /** What hung arrived after all, when the repetition had been answered or not. */
  arrivedLate: number;
}

const hang: Omit<Scenario, 'deeds'> = {
  from: 'expiry',
  disturbances: ['hang', 'lose', 'online'],
  budget: 2,
  transit: true,
};

const scenarios: { name: string; scenario: Scenario }[] = [
  { name: 'a tab alone', scenario: { ...hang, deeds: [['call', 'call']] } },
  {
    name: 'a tab alone, of a session that has no name',
    scenario: { ...hang, deeds: [['call', 'call']], namesSession: false },
  },
  { name: 'two tabs', scenario: { ...hang, deeds: [['call'], ['call']] } },
  { name: "two tabs that take 'turns'", scenario: { ...hang, deeds: [['call'], ['call']], client: { tabs: 'turns' } } },
];

/** How many runs, of all orders of things. */
const maxRuns = 800;

/** Lets all come to rest, and refreshes once more, within the life of the key and after it: then a lost session shows. */
const isLost = async ({ world, dead }: Run): Promise<boolean> => {
  for (const waitMs of [25_000, 61_000]) {
    await world.pass(waitMs);
    for (const tab of world.tabs) if (!dead.has(tab)) tab.client.refresh().catch(() => {});
    await world.pass(25_000);
  }
  return world.server.family('s1')?.state !== 'active';
};

const counting =
  (tally: Tally, tolerance: Tolerance): Check =>
  async (run, isEnd) => {
    const { world } = run;
    const { server, calls } = world;
    if (!isEnd) return undefined;
    tally.ends++;
    if (server.asked > server.refreshes.length || server.peak > 1) tally.repeated++;
    if (server.peak > 1 && server.refreshes.length > 1) tally.answeredTwice++;
    if (run.path.some((name) => name.startsWith('after all'))) tally.arrivedLate++;
    const unsettled = calls.find(({ settledAt, madeAt }) => (settledAt ?? world.now()) - madeAt > 20_000);
    if (unsettled !== undefined) return `a call took ${(unsettled.settledAt ?? world.now()) - unsettled.madeAt} ms`;
    const wasLost = await isLost(run);
    if (wasLost) tally.lost++;
    tally.lostWithinGrace += server.reusedWithinGrace;
    if (wasLost && tolerance === 'keys') return 'the session was lost';
    return undefined;
  };

const sizes: string[] = [];

afterAll(() => console.info(sizes.join('\n')));

describe('an honest client whose refresh is slow, lost, or answered twice (C-8)', () => {
  it.each(
    scenarios.flatMap((one) => (['keys', 'grace', 'neither'] as const).map((tolerance) => ({ ...one, tolerance }))),
  )('$name, at a server that knows $tolerance', { timeout: 600_000 }, async ({ name, scenario, tolerance }) => {
    const tally: Tally = { ends: 0, lost: 0, lostWithinGrace: 0, repeated: 0, answeredTwice: 0, arrivedLate: 0 };
    const { states } = await explore({ ...scenario, tolerance }, counting(tally, tolerance), maxRuns);
    sizes.push(
      `${tolerance}: ${tally.lost} sessions lost (${tally.lostWithinGrace} within the grace) in ${tally.ends} ends, ${tally.repeated} with a repetition, ${tally.answeredTwice} answered twice, ${tally.arrivedLate} with what arrived late, ${states} states: ${name}`,
    );
    // Tabs that share no token each rotate for themselves: what hangs in one may be two rotations old within the grace.
    if (scenario.client?.tabs !== 'turns') expect(tally.lostWithinGrace).toBe(0);
    if (tolerance === 'neither') expect(tally.lost).toBeGreaterThan(0);
    if (tolerance === 'keys') expect(tally.lost).toBe(0);
    expect(tally.repeated).toBeGreaterThan(300);
    // A server without tolerance answers the second one with the end of the session.
    if (tolerance !== 'neither') expect(tally.answeredTwice).toBeGreaterThan(15);
    expect(tally.arrivedLate).toBeGreaterThan(300);
  });
});
