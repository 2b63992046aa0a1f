import { afterAll, beforeAll, expect, it } from 'vitest';
import { explore } from './model-explore.ts';
import { keepsItsPromises } from './model-promises.ts';
import type { Scenario } from './model-scenario.ts';

export interface Exploration {
  readonly name: string;
  /** How many states were met: an exploration that meets fewer has lost its way. */
  readonly states: number;
  readonly scenario: Scenario;
}

/** What a file has explored, in lines that are printed at its end. */
export const reportSizes = (): string[] => {
  const sizes: string[] = [];
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
    console.info(sizes.join('\n'));
  });
  return sizes;
};

/** Declares that tabs keep their promises in every order of each of the scenarios. */
export const inEveryOrder = (explorations: readonly Exploration[], sizes: string[]): void => {
  it.each(explorations)('tabs keep their promises: $name', { timeout: 600_000 }, async ({ name, states, scenario }) => {
    const found = await explore(scenario, keepsItsPromises, 20_000);
    sizes.push(`${found.runs} runs, ${found.steps} steps, ${found.states} states, ${found.ends} ends: ${name}`);
    expect(found.isExhausted).toBe(true);
    expect(found.states).toBeGreaterThanOrEqual(states);
  });
};
