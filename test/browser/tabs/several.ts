import { expect } from 'vitest';
import type { WorldOf } from '../harness/create-world.ts';
import type { DrivenPage } from '../harness/driven-page.ts';
import { eventually } from '../harness/eventually.ts';
import type { Outcome } from '../harness/in-page.ts';
import type { PlainOptions, Tab } from '../harness/tab.ts';

interface Kind {
  readonly client?: PlainOptions;
  /** Pages that say they are hidden refresh only when a call needs it. */
  readonly hidden?: boolean;
}

/** Starts a client in a tab that has none yet. */
export const startIn = async <P extends DrivenPage>(tab: Tab<P>, { client, hidden = false }: Kind = {}) => {
  if (hidden) {
    await tab.page.evaluate(() => {
      Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden' });
    });
  }
  await tab.start(client);
  return tab;
};

/** `count` tabs of a world without a client so far, all of them Ann's. */
export const tabsOf = async <P extends DrivenPage>(world: WorldOf<P>, count: number, kind: Kind = {}) => {
  await startIn(world, kind);
  await world.known('unauthenticated');
  expect(await world.signIn('ann')).toMatchObject({ status: 200 });
  const open = async () => startIn(await world.another(), kind);
  const others = await Promise.all(Array.from({ length: count - 1 }, open));
  for (const tab of others) await tab.known('authenticated');
  return [world, ...others] as const;
};

/** Whether a sibling has handed over a token of that life. */
const hasAdopted = <P extends DrivenPage>({ page }: Tab<P>, lifeMs: number): Promise<boolean> =>
  page.evaluate(
    (lifetimeMs) =>
      window.heard.some((told) => {
        const event = told as { readonly type?: string; readonly lifetimeMs?: number };
        return event.type === 'received-from-tab' && event.lifetimeMs === lifetimeMs;
      }),
    lifeMs,
  );

/** Gives all tabs one token of a short life, and those after it a long one. Says when it ends. */
export const shareShortToken = async <P extends DrivenPage>(
  { server }: WorldOf<P>,
  tabs: readonly Tab<P>[],
  lifeMs = 3000,
): Promise<number> => {
  const [first, ...others] = tabs;
  server.tokenLifeMs = lifeMs;
  const endsAt = Date.now() + lifeMs;
  expect(await first?.refresh()).toMatchObject({ status: 200 });
  server.tokenLifeMs = 60_000;
  for (const tab of others) await eventually(async () => expect(await hasAdopted(tab, lifeMs)).toBe(true));
  return endsAt;
};

/** `count` calls of each tab in one task, at a moment of the wall clock. */
export const callsAt = async <P extends DrivenPage>(
  tabs: readonly Tab<P>[],
  wallAt: number,
  count: number,
): Promise<readonly Outcome[]> => {
  const outcomes = await Promise.all(
    tabs.map(({ page }) =>
      page.evaluate(
        async ([at, times]) => {
          await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
          const call = () => window.outcomeOf(() => window.auth.authFetch('/api/echo', { cache: 'no-store' }));
          return Promise.all(Array.from({ length: times }, call));
        },
        [wallAt, count] as const,
      ),
    ),
  );
  return outcomes.flat();
};

export const failed = (outcomes: readonly Outcome[]) => outcomes.filter(({ status }) => status !== 200);

export const slowestMs = (outcomes: readonly Outcome[]) => Math.max(...outcomes.map(({ tookMs }) => tookMs));

/** Prints a figure that the test has measured. */
export const say = (what: string, figures: object) => console.log(`${what}:`, JSON.stringify(figures));
