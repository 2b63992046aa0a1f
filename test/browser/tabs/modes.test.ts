import { describe, expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { delay } from '../harness/faults.ts';
import type { TestServer } from '../harness/server.ts';
import type { Tab } from '../harness/tab.ts';
import { test } from '../harness/world.ts';
import { expectSessionAlive } from '../lifecycle/strict.ts';
import { signOutEverywhere } from './departures.ts';
import { callsAt, failed, say, shareShortToken, startIn, tabsOf } from './several.ts';

const strict = { tls: true, graceMs: 0, client: false } as const;

declare global {
  interface Window {
    heardOnChannels: unknown[];
  }
}

/** Listens to what the tabs tell each other, as any script of the origin could. */
const tap = async ({ page }: Tab, server: TestServer) => {
  await page.evaluate((name) => {
    window.heardOnChannels = [];
    for (const end of ['', ':tokens'])
      new BroadcastChannel(name + end).onmessage = ({ data }) => window.heardOnChannels.push(data);
  }, `silent-refresh:${server.origin}/auth/refresh`);
  return () => page.evaluate(() => JSON.stringify(window.heardOnChannels));
};

/** Lets every refresh take a while, and counts how many there are at a time. */
const countAtOnce = ({ faults }: TestServer) => {
  let now = 0;
  let most = 0;
  const before = async () => {
    most = Math.max(most, ++now);
    await delay(150)();
    now--;
  };
  faults.next('/auth/refresh', { before }, 100);
  return () => most;
};

/** Gives each tab a token of its own that lives for a moment only; those after it live long. */
const expire = async (server: TestServer, tabs: readonly Tab[], lifeMs: number) => {
  server.tokenLifeMs = lifeMs;
  for (const tab of tabs) expect(await tab.refresh()).toMatchObject({ status: 200 });
  server.tokenLifeMs = 60_000;
  return Date.now() + lifeMs;
};

describe.concurrent("tabs: 'turns'", () => {
  test('TAB-1, TAB-10: puts no token on a channel, and never has two refreshes at a time', async ({ open }) => {
    const world = await open(strict);
    const { server } = world;
    const heard = await tap(await world.another(), server);
    const atOnce = countAtOnce(server);
    const tabs = await tabsOf(world, 5, { client: { tabs: 'turns' }, hidden: true });
    const endsAt = await expire(server, tabs, 2000);
    const before = server.log.refreshes().length;
    const outcomes = await callsAt(tabs, endsAt, 20);
    say('5 tabs in turns at expiry', {
      refreshes: server.log.refreshes().length - before,
      atOnce: atOnce(),
      failed: failed(outcomes).length,
    });
    expect(failed(outcomes)).toEqual([]);
    expect(server.log.refreshes().length - before).toBe(5);
    expect(atOnce()).toBe(1);
    await expectSessionAlive(world);
    expect(await signOutEverywhere(world, tabs)).toBeLessThan(1000);
    expect(await heard()).toContain('"changed"');
    expect(server.secrets.foundIn(await heard())).toEqual([]);
    expect(server.secrets.accessTokens.size).toBeGreaterThan(10);
  });
});

describe.concurrent("tabs: 'share'", () => {
  test('TAB-10: is heard on the channels, which proves that listening to it shows what passes', async ({ open }) => {
    const world = await open(strict);
    const { server } = world;
    const ear = await world.another();
    const heard = await tap(ear, server);
    await tabsOf(world, 2);
    expect(server.secrets.foundIn(await heard())).not.toEqual([]);
    // What was heard is not to be found when secrets are looked for at the end.
    await ear.page.close();
  });

  test('costs one refresh for all tabs after a script has cleared storage, and no call fails', async ({ open }) => {
    const world = await open(strict);
    const { server } = world;
    const tabs = await tabsOf(world, 3, { hidden: true });
    const endsAt = await shareShortToken(world, tabs);
    const before = server.log.refreshes().length;
    await world.page.evaluate(() => localStorage.clear());
    expect(failed(await callsAt(tabs, endsAt, 20))).toEqual([]);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    await expectSessionAlive(world);
  });

  test('passes tokens between clients of one audience alone', async ({ open }) => {
    const world = await open(strict);
    const { server } = world;
    const [, mail] = await tabsOf(world, 2, { client: { audience: 'mail' } });
    const before = server.log.refreshes().length;
    const files = await startIn(await world.another(), { client: { audience: 'files' } });
    await files.known('authenticated');
    expect(server.log.refreshes()).toHaveLength(before + 1);
    const another = await startIn(await world.another(), { client: { audience: 'mail' } });
    await another.known('authenticated');
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(
      await signOutEverywhere(
        world,
        [world, mail, files, another].filter((tab) => tab !== undefined),
      ),
    ).toBeLessThan(1000);
  });
});

describe.concurrent("tabs: 'off'", () => {
  test('takes no lock and says nothing, and the session is kept by the grace of the server', async ({ open }) => {
    const world = await open({ ...strict, graceMs: 10_000 });
    const { server } = world;
    const heard = await tap(await world.another(), server);
    const atOnce = countAtOnce(server);
    const tabs = await tabsOf(world, 4, { client: { tabs: 'off' }, hidden: true });
    const endsAt = await expire(server, tabs, 2000);
    const locks = tabs.map(({ page }) =>
      page.evaluate(async (until) => {
        const seen: string[] = [];
        while (Date.now() < until) {
          const { held = [], pending = [] } = await navigator.locks.query();
          seen.push(...[...held, ...pending].map(({ name }) => String(name)));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return seen;
      }, endsAt + 500),
    );
    const outcomes = await callsAt(tabs, endsAt, 20);
    say("4 tabs 'off' at expiry", { atOnce: atOnce(), failed: failed(outcomes).length });
    expect(failed(outcomes)).toEqual([]);
    expect((await Promise.all(locks)).flat()).toEqual([]);
    expect(await heard()).toBe('[]');
    await expectSessionAlive(world);
  });
});

const noLocks = 'delete Navigator.prototype.locks;';
const noChannel = 'delete globalThis.BroadcastChannel;';

describe.concurrent('TAB-12: a browser', () => {
  test.for([
    ['without Web Locks', noLocks],
    ['without BroadcastChannel', noChannel],
    ['without both', noLocks + noChannel],
    [
      'where both are forbidden',
      `if (navigator.locks) navigator.locks.request = () => { throw new DOMException('no', 'SecurityError'); };
      globalThis.BroadcastChannel = class { constructor() { throw new DOMException('no', 'SecurityError'); } };`,
    ],
  ] as const)('%s keeps the session and every call, by the grace of the server', async ([, script], { open }) => {
    const world = await open({ ...strict, graceMs: 10_000, script });
    const { server } = world;
    const tabs = await tabsOf(world, 4, { hidden: true });
    const endsAt = await expire(server, tabs, 2000);
    const outcomes = await callsAt(tabs, endsAt, 10);
    expect(failed(outcomes)).toEqual([]);
    await expectSessionAlive(world);
    await tabs[1]?.signOut();
    for (const tab of tabs)
      await eventually(async () => expect(await tab.session()).toMatchObject({ status: 'unauthenticated' }));
  });
});
