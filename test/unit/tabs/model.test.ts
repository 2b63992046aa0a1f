import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from '../random.ts';
import { explore, playRandomly } from './model-explore.ts';
import { keepsItsPromises } from './model-promises.ts';
import type { Deed, Disturbance, Scenario } from './model-scenario.ts';

const anything: Disturbance[] = ['kill', 'freeze', 'slow', 'lose'];

/** With the least number of states that there are to be met: an exploration that meets fewer has lost its way. */
const scenarios: { name: string; states: number; scenario: Scenario }[] = [
  {
    name: 'two that call at expiry, while one is killed or frozen, an answer is lost, or timers are early',
    states: 1400,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], disturbances: anything },
  },
  {
    name: 'two, of which one signs out while the other refreshes, before or after the commit at the server',
    states: 600,
    scenario: { from: 'expiry', deeds: [['call'], ['sign-out']], transit: true },
  },
  {
    name: 'two, of which one signs out while the other refreshes, and something goes wrong',
    states: 2200,
    scenario: { from: 'expiry', deeds: [['call'], ['sign-out']], disturbances: ['kill', 'slow', 'lose'] },
  },
  {
    name: 'two, of which one signs out of a session that has no name',
    states: 400,
    scenario: { from: 'expiry', deeds: [['call'], ['sign-out']], transit: true, namesSession: false },
  },
  {
    name: 'two, of which one signs in as somebody else while the other refreshes, and something goes wrong',
    states: 5300,
    scenario: { from: 'expiry', deeds: [['sign-in bob'], ['call']], disturbances: ['slow', 'lose'], transit: true },
  },
  {
    name: 'two that sign in at once, as two users',
    states: 5800,
    scenario: { from: 'signed-in', deeds: [['sign-in bob'], ['sign-in ann']] },
  },
  {
    name: 'two that are restored at once, and something goes wrong',
    states: 400,
    scenario: { from: 'restored', deeds: [['start'], ['start']], disturbances: anything },
  },
  {
    name: 'two that call as they are restored',
    states: 50,
    scenario: {
      from: 'restored',
      deeds: [
        ['start', 'call'],
        ['start', 'call'],
      ],
    },
  },
  {
    name: 'two that call as they are restored without a record',
    states: 12_500,
    scenario: {
      from: 'restored',
      isCleared: true,
      deeds: [
        ['start', 'call'],
        ['start', 'call'],
      ],
    },
  },
  {
    name: "two that take 'turns', one of which is killed",
    states: 100,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], client: { tabs: 'turns' }, disturbances: ['kill'] },
  },
  {
    name: 'two that share nothing, while an answer is lost',
    states: 50,
    scenario: {
      from: 'expiry',
      deeds: [['call'], ['call']],
      client: { tabs: 'off' },
      disturbances: ['lose'],
      transit: true,
    },
  },
  {
    name: 'two that call at expiry, while one is left for a while',
    states: 1290,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], disturbances: ['leave'] },
  },
  {
    name: 'two, of which one signs out and the other is left for a while, and hears of it when it is back',
    states: 2600,
    scenario: { from: 'signed-in', deeds: [['sign-out'], ['call']], disturbances: ['leave'], keepsListening: true },
  },
  {
    name: 'two, of which one signs in as somebody else and the other is left for a while',
    states: 4900,
    scenario: { from: 'signed-in', deeds: [['sign-in bob'], ['call']], disturbances: ['leave'], keepsListening: true },
  },
  {
    name: 'three, of which two call at expiry',
    states: 65,
    scenario: { from: 'expiry', deeds: [['call'], ['call'], []] },
  },
  {
    name: 'three, of which one signs out and one calls',
    states: 700,
    scenario: { from: 'signed-in', deeds: [['sign-out'], ['call'], []] },
  },
  {
    name: 'three that are restored at once',
    states: 70,
    scenario: { from: 'restored', deeds: [['start'], ['start'], ['start']] },
  },
];

/** Too many for all orders of things: the first of them. */
const larger: { name: string; scenario: Scenario }[] = [
  {
    name: 'two that start without a record, of which one signs in as somebody else',
    scenario: { from: 'restored', isCleared: true, deeds: [['start'], ['start', 'sign-in bob']] },
  },
  {
    name: 'two that see storage late, of which one signs out while the other refreshes',
    scenario: { from: 'expiry', storage: 'stale', deeds: [['call'], ['sign-out']] },
  },
  {
    name: 'two that see storage late and call at expiry, while one is killed',
    scenario: { from: 'expiry', storage: 'stale', deeds: [['call'], ['call']], disturbances: ['kill'] },
  },
];

const sizes: string[] = [];
const { stackTraceLimit } = Error;

beforeAll(() => {
  Error.stackTraceLimit = 0;
});

afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
  console.info(sizes.join('\n'));
});

describe('in every order of things', () => {
  it.each(scenarios)('tabs keep their promises: $name', { timeout: 120_000 }, async ({ name, states, scenario }) => {
    const found = await explore(scenario, keepsItsPromises, 20_000);
    sizes.push(`${found.runs} runs, ${found.steps} steps, ${found.states} states, ${found.ends} ends: ${name}`);
    expect(found.isExhausted).toBe(true);
    expect(found.states).toBeGreaterThanOrEqual(states);
  });

  it.each(larger)('tabs keep their promises, in the first 3000 orders: $name', { timeout: 120_000 }, async (larger) => {
    const found = await explore(larger.scenario, keepsItsPromises, 3000);
    sizes.push(`the first ${found.runs} runs, ${found.steps} steps, ${found.states} states: ${larger.name}`);
    expect(found.states).toBeGreaterThan(2000);
  });

  it('three tabs keep their promises in orders drawn at random', { timeout: 120_000 }, async () => {
    const deeds = fc.array(fc.constantFrom<Deed>('call', 'call', 'call', 'sign-out', 'sign-in ann', 'sign-in bob'), {
      maxLength: 2,
    });
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(deeds, deeds, deeds),
        fc.constantFrom<Scenario['from']>('expiry', 'signed-in'),
        fc.array(fc.nat(60), { minLength: 60, maxLength: 60 }),
        fc.boolean(),
        async (all, from, picks, keepsListening) => {
          const disturbances: Disturbance[] = [...anything, 'leave'];
          const scenario: Scenario = { from, deeds: all, disturbances, budget: 2, transit: true, keepsListening };
          steps += await playRandomly(scenario, picks, keepsItsPromises);
        },
      ),
      { numRuns: 1000, seed: 20260101, endOnFailure: true },
    );
    sizes.push(`1000 runs, ${steps} steps: at random`);
    expect(steps).toBeGreaterThan(8000);
  });
});
