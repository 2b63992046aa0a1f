import type { FakeTab } from './fake-browser.ts';
import type { Disturbance, Scenario } from './model-scenario.ts';
import { createModelWorld, type ModelWorld } from './model-world.ts';

export interface Choice {
  readonly name: string;
  /** Where it happens. */
  readonly tab: string;
  readonly disturbs?: Disturbance;
  run(): Promise<void>;
}

/** A run: its world, the names of the choices made, and what has gone wrong on the way. */
export interface Run {
  readonly world: ModelWorld;
  readonly scenario: Scenario;
  readonly path: string[];
  readonly disturbances: Disturbance[];
  /** When a user has signed out, and of what session. */
  readonly signOuts: { readonly at: number; readonly tab: string; readonly sid: string | undefined }[];
  /** Frozen, or in the back/forward cache. */
  readonly asleep: Set<FakeTab>;
  readonly dead: Set<FakeTab>;
}

/** How long tabs are watched beside one that is asleep. */
const wakeAfterMs = 12_000;

/** Wakes a tab, unless it was thrown away in its sleep. */
export const wake = ({ world, asleep, dead }: Run, tab: FakeTab): void => {
  asleep.delete(tab);
  tab.resume();
  tab.back();
  if (tab.isLive()) return;
  dead.add(tab);
  world.bury(tab.name);
};

export const createRun = async (scenario: Scenario): Promise<Run & { choices(): Choice[] }> => {
  const world = await createModelWorld(scenario);
  const { tabs } = world;
  const todo = scenario.deeds.map((deeds) => [...deeds]);
  const run: Run = { world, scenario, path: [], disturbances: [], signOuts: [], asleep: new Set(), dead: new Set() };
  const begunAt = world.now();
  const isHere = (tab: FakeTab) => !run.asleep.has(tab) && !run.dead.has(tab);

  const perform = async (tab: FakeTab, deed: Scenario['deeds'][number][number]) => {
    if (deed === 'sign-out') run.signOuts.push({ at: world.now(), tab: tab.name, sid: world.server.family()?.sid });
    await world.perform(tab, deed);
  };

  const isOver = () =>
    world.pending.length === 0 &&
    world.hanging.length === 0 &&
    todo.every((deeds, n) => deeds.length === 0 || run.dead.has(tabs[n] as FakeTab)) &&
    world.calls.every(
      ({ settledAt, tab }) => settledAt !== undefined || ![...tabs].some((one) => one.name === tab && isHere(one)),
    ) &&
    tabs.every((tab) => !isHere(tab) || tab.client.getSession().status !== 'loading') &&
    run.asleep.size === 0;

  const usual = (): Choice[] => {
    const deliveries = world.deliverable().map((passing) => ({
      name: `${passing.passage} to ${passing.tab} (${passing.brings.slice(0, 60)})`,
      tab: passing.tab,
      run: () => world.deliver(passing),
    }));
    const deeds = tabs.flatMap((tab, n) => {
      const [deed] = todo[n] ?? [];
      if (deed === undefined || !isHere(tab)) return [];
      return [
        {
          name: `${tab.name}: ${deed}`,
          tab: tab.name,
          run: async () => {
            todo[n]?.shift();
            await perform(tab, deed);
          },
        },
      ];
    });
    return [...deliveries, ...deeds];
  };

  const wakings = (): Choice[] =>
    [...run.asleep].map((tab) => ({
      name: `${tab.name} is woken`,
      tab: tab.name,
      run: async () => {
        world.note(tab.name, `wake ${world.now()}`);
        wake(run, tab);
        await world.settle();
      },
    }));

  const timers = (): Choice[] =>
    world.due().timers.map(([id, { tab, at }]) => ({
      name: `timer of ${tab} (+${at - world.now()} ms)`,
      tab,
      run: () => world.fire(id),
    }));

  const arrivals = (): Choice[] =>
    world.hanging.flatMap((passing) => {
      const { passage, tab } = passing;
      return [
        { name: `after all: ${passage} to ${tab}`, tab, run: () => world.deliver(passing) },
        { name: `never: ${passage} to ${tab}`, tab, run: () => world.deliver(passing, 'lose') },
      ];
    });

  const disturbing = (isIdle: boolean): Choice[] => {
    const { disturbances = [], budget = 1 } = scenario;
    if (run.disturbances.length >= budget) return [];
    const can = (kind: Disturbance) => disturbances.includes(kind);
    const here = tabs.filter(isHere);
    // Not promised: a tab that dies before the others can see the key of its request takes the key along, and the next request
    // is a theft to a strict server (without a grace).
    const isSeen = scenario.storage !== 'stale' || world.pending.every(({ passage }) => passage !== 'storage');
    const each = (
      kind: Exclude<Disturbance, 'slow' | 'lose' | 'hang'>,
      act: (tab: FakeTab) => Promise<void>,
    ): Choice[] =>
      can(kind) && (kind !== 'kill' || isSeen)
        ? here.map((tab) => ({ name: `${kind} ${tab.name}`, tab: tab.name, disturbs: kind, run: () => act(tab) }))
        : [];
    return [
      ...each('kill', async (tab) => {
        run.dead.add(tab);
        world.note(tab.name, `kill ${world.now()}`);
        tab.close();
        world.bury(tab.name);
        await world.settle();
      }),
      ...each('freeze', async (tab) => {
        run.asleep.add(tab);
        world.note(tab.name, `freeze ${world.now()}`);
        tab.freeze();
      }),
      ...each('leave', async (tab) => {
        run.asleep.add(tab);
        world.note(tab.name, `leave ${world.now()}`);
        tab.leave();
        await world.settle();
      }),
      ...each('clear', async (tab) => {
        world.note(tab.name, `clear ${world.now()}`);
        for (const key of [...world.browser.stored.keys()]) tab.platform.storage.write(key, undefined);
        await world.settle();
      }),
      ...(world.hanging.length > 0
        ? each('online', async (tab) => {
            world.note(tab.name, `online ${world.now()}`);
            tab.happen('online');
            await world.settle();
          })
        : []),
      ...(can('hang')
        ? world.pending
            .filter(({ lose, brings }) => lose !== undefined && brings.includes('/auth/refresh'))
            .map((passing) => ({
              name: `hangs: ${passing.passage} to ${passing.tab}`,
              tab: passing.tab,
              disturbs: 'hang' as const,
              run: async () => world.hang(passing),
            }))
        : []),
      ...(can('slow') && !isIdle
        ? timers().map((timer) => ({ ...timer, name: `too early: ${timer.name}`, disturbs: 'slow' as const }))
        : []),
      ...(can('lose')
        ? world.pending
            .filter(({ lose }) => lose !== undefined)
            .map((passing) => ({
              name: `lost: ${passing.passage} to ${passing.tab}`,
              tab: passing.tab,
              disturbs: 'lose' as const,
              run: () => world.deliver(passing, 'lose'),
            }))
        : []),
    ];
  };

  /**
   * Fresh tabs whose users do the same differ by name alone: what happens to one of them first might as well happen to another. It
   * happens to the first of them.
   */
  const isSpare = (tab: string): boolean => {
    const at = tabs.findIndex(({ name }) => name === tab);
    const isAlike = (other: FakeTab, n: number) =>
      n < at && world.isFresh(other.name) && String(todo[n]) === String(todo[at]);
    return world.isFresh(tab) && tabs.some(isAlike);
  };

  return {
    ...run,
    choices: () => {
      if (isOver()) return [];
      const going = usual();
      const idle = going.length === 0;
      // A tab that is asleep for good changes nothing more.
      if (idle && run.asleep.size > 0 && world.now() > begunAt + wakeAfterMs) return wakings();
      const all = [...(idle ? timers() : going), ...wakings(), ...arrivals(), ...disturbing(idle)];
      return all.filter(({ tab }) => !isSpare(tab));
    },
  };
};
