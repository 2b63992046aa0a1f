import { type Choice, createRun, type Run } from './model-run.ts';
import type { Scenario } from './model-scenario.ts';

/** What an exploration has met. */
export interface Explored {
  runs: number;
  states: number;
  steps: number;
  pruned: number;
  ends: number;
  isExhausted: boolean;
}

export type Check = (run: Run, isEnd: boolean) => Promise<string | undefined> | string | undefined;

/** What tells a run's state from all others. */
const stateOf = (run: Run, choices: readonly Choice[]): string =>
  `${run.world.key()} ${run.disturbances.length} ${choices.map(({ name }) => name).join()}`;

const choose = async (run: Run, choice: Choice) => {
  run.path.push(choice.name);
  if (choice.disturbs !== undefined) run.disturbances.push(choice.disturbs);
  await choice.run();
};

/** Takes one, from all over the list: an exploration that is broken off has then seen more than how its first run may end. */
const takeFrom = <One>(list: One[], round: number): One | undefined => {
  const at = Math.floor(((round * goldenRatio) % 1) * list.length);
  const taken = list[at];
  const last = list.pop();
  if (at < list.length) list[at] = last as One;
  return taken;
};

/** The fractions of its multiples lie evenly between 0 and 1, however many there are. */
const goldenRatio = 0.618;

const told = (run: Run, wrong: string): Error => new Error(`${wrong}\n  ${run.path.join('\n  ')}`);

/** Plays the choices given, then the first one each time; states that were met before are not gone on from. */
export const explore = async (
  scenario: Scenario,
  check: Check,
  maxRuns: number,
  failures?: Error[],
): Promise<Explored> => {
  const met = new Set<string>();
  const open: number[][] = [[]];
  const size = { runs: 0, states: 0, steps: 0, pruned: 0, ends: 0, isExhausted: false };
  while (size.runs < maxRuns) {
    const given = takeFrom(open, size.runs);
    if (given === undefined) break;
    const run = await createRun(scenario);
    const taken: number[] = [];
    size.runs++;
    for (;;) {
      const choices = run.choices();
      if (taken.length >= given.length) {
        const state = stateOf(run, choices);
        const wrong = await check(run, false);
        if (wrong !== undefined) {
          if (failures === undefined) throw told(run, wrong);
          failures.push(told(run, wrong));
          break;
        }
        if (met.has(state)) {
          size.pruned++;
          break;
        }
        met.add(state);
        for (let other = choices.length - 1; other > 0; other--) open.push([...taken, other]);
      }
      const at = given[taken.length] ?? 0;
      const choice = choices[at];
      if (choice === undefined || taken.length > 200) {
        size.ends++;
        const wrong = await check(run, true);
        if (wrong !== undefined) {
          if (failures === undefined) throw told(run, wrong);
          failures.push(told(run, wrong));
        }
        break;
      }
      taken.push(at);
      size.steps++;
      await choose(run, choice);
    }
  }
  return { ...size, states: met.size, isExhausted: open.length === 0 };
};

/** Plays one run by numbers that say what to choose, and notes the states that it meets. */
export const playRandomly = async (
  scenario: Scenario,
  picks: readonly number[],
  check: Check,
  met: Set<string>,
): Promise<Run> => {
  const run = await createRun(scenario);
  for (const pick of picks) {
    const choices = run.choices();
    met.add(stateOf(run, choices));
    const choice = choices[pick % Math.max(choices.length, 1)];
    if (choice === undefined) break;
    await choose(run, choice);
    const wrong = await check(run, false);
    if (wrong !== undefined) throw told(run, wrong);
  }
  const wrong = await check(run, true);
  if (wrong !== undefined) throw told(run, wrong);
  return run;
};
