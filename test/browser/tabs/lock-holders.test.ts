import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { gate } from '../harness/faults.ts';
import { test, type World } from '../harness/world.ts';
import { expectSessionAlive } from '../lifecycle/strict.ts';
import { callsAt, failed, say, shareShortToken, slowestMs, tabsOf } from './several.ts';

declare global {
  interface Window {
    /** When the browser gave this page a lock that another one had. */
    releasedAt: Promise<number>;
  }
}

const strict = { tls: true, graceMs: 0, client: false } as const;
const ok = { status: 200, body: { user: 'id-ann' } };

const endings: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['is closed', (page) => page.close()],
  [
    'crashes',
    async (page) => {
      const crashed = new Promise((resolve) => page.once('crash', resolve));
      const devtools = await page.context().newCDPSession(page);
      // The page does not live to answer it.
      devtools.send('Page.crash').catch(() => {});
      await crashed;
    },
  ],
];

describe.concurrent('TAB-5: a tab that has the lock, and that', () => {
  test.for(endings)(
    '%s, is followed by another within a second after the browser has released its lock, and the session is kept',
    async ([, end], { open }) => {
      const world = await open(strict);
      const { server } = world;
      const [, holder, third] = await tabsOf(world, 3, { hidden: true });
      // One more lock, for which the third tab waits: how long the browser takes to notice that a page is gone is not the
      // client's time.
      if (holder !== undefined) await takeForEver(holder, ['probe']);
      await third?.page.evaluate(() => {
        window.releasedAt = navigator.locks.request('probe', () => Date.now());
      });
      const endsAt = await shareShortToken(
        world,
        [world, holder, third].filter((tab) => tab !== undefined),
      );
      const answer = gate();
      server.faults.next('/auth/refresh', { before: answer.pass });
      const before = server.log.refreshes().length;
      await holder?.page.evaluate(() => void window.auth.refresh().catch(() => {}));
      await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
      const waiting = callsAt([world], endsAt, 3);
      await waitsForLock(world);
      const endedAt = Date.now();
      if (holder !== undefined) await end(holder.page);
      expect(failed(await waiting)).toEqual([]);
      const releasedAt = (await third?.page.evaluate(() => window.releasedAt)) ?? Number.NaN;
      const refreshedAt = server.log.refreshes()[before + 1]?.at ?? Number.NaN;
      say('lock holder ended', { releasedAfterMs: releasedAt - endedAt, nextRefreshMs: refreshedAt - releasedAt });
      // Not before: then it would have gone on without the lock.
      expect(refreshedAt - releasedAt).toBeGreaterThan(-50);
      expect(refreshedAt - releasedAt).toBeLessThan(1000);
      expect(await third?.call('/api/echo')).toMatchObject(ok);
      expect(server.log.refreshes()).toHaveLength(before + 2);

      // Now the answer comes to the tab that is gone, and with it, it may be, a cookie.
      answer.open();
      await eventually(() => expect(server.log.refreshes()[before]?.status).not.toBe(0));
      await holder?.page.close();
      await expectSessionAlive(world);
    },
  );
});

/** Until somebody waits for the lock. */
const waitsForLock = ({ page }: World) =>
  eventually(async () =>
    expect((await page.evaluate(() => navigator.locks.query())).pending?.map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^silent-refresh:/),
    ),
  );

/** The names of the session's lock, and of the one behind it. */
const lockNames = async ({ server, page }: World): Promise<readonly string[]> => {
  const answer = gate();
  server.faults.next('/auth/refresh', { before: answer.pass });
  const before = server.log.refreshes().length;
  await page.evaluate(() => void window.auth.refresh());
  await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
  const held = (await page.evaluate(() => navigator.locks.query())).held?.map(({ name }) => String(name)) ?? [];
  answer.open();
  expect(held).toHaveLength(1);
  return [...held, ...held.map((name) => `${name}:second`)];
};

/** A page of the origin takes locks of the session, and never gives them back. */
const takeForEver = ({ page }: { readonly page: Page }, names: readonly string[]) =>
  page.evaluate(async (wanted) => {
    for (const name of wanted)
      await new Promise<void>((resolve) => {
        void navigator.locks.request(name, () => {
          resolve();
          return new Promise(() => {});
        });
      });
  }, names);

describe.concurrent('TAB-3: a page that never gives back', () => {
  test.for([
    ['the lock', 1, 1],
    ['the lock and the one behind it', 2, 19],
  ] as const)('%s costs 19 tabs seconds, and neither a call nor the session', async ([, count, most], { open }) => {
    const world = await open(strict);
    const { server } = world;
    const tabs = await tabsOf(world, 19, { hidden: true });
    const names = await lockNames(world);
    const endsAt = await shareShortToken(world, tabs, 5000);
    await takeForEver(await world.another(), names.slice(0, count));
    const before = server.log.refreshes().length;
    const happenedBefore = server.events.length;
    const outcomes = await callsAt(tabs, endsAt, 5);
    const rotations = server.events.slice(happenedBefore).filter(({ type }) => type === 'refreshed').length;
    const refreshes = server.log.refreshes().slice(before);
    say(`${count} of 2 locks held for ever, 19 tabs`, {
      refreshes: refreshes.map(({ status }) => status).join(),
      rotations,
      keys: new Set(refreshes.map(({ key }) => key)).size,
      failed: failed(outcomes).length,
      slowestMs: slowestMs(outcomes),
    });
    expect(failed(outcomes)).toEqual([]);
    expect(slowestMs(outcomes)).toBeLessThan(10_000);
    expect(refreshes.length).toBeLessThanOrEqual(most);
    // Whoever asks at the same time repeats what another asks.
    expect(new Set(refreshes.map(({ key }) => key)).size).toBe(1);
    expect(rotations).toBe(1);
    expect(server.log.api().filter(({ status }) => status !== 200)).toEqual([]);
    await expectSessionAlive(world);
  });
});
