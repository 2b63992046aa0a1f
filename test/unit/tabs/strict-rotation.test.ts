import { describe, expect, it } from 'vitest';
import { outcome, tally, times } from '../client/world.ts';
import { createAuthorityNetwork } from './authority-network.ts';
import { type BrowserOptions, createFakeBrowser, type FakeTab } from './fake-browser.ts';
import { call, shown, sub } from './scenes.ts';

/** Tabs signed in at an authority that takes every second use of a refresh token for a theft. */
const strictTabs = async (count: number, options: BrowserOptions = {}) => {
  const authority = createAuthorityNetwork();
  const browser = createFakeBrowser({ ...options, network: authority.network });
  const pass = authority.attach(browser);
  const [first, ...others] = times(count, () => browser.open()) as [FakeTab, ...FakeTab[]];
  first.client.start();
  await pass(20);
  const entry = outcome(first.client.signIn({ id: 'ann', password: 'right' }));
  // Until all tabs see the record of it, where storage is late.
  await pass(50);
  await entry;
  for (const tab of others) tab.client.start();
  await pass(200);
  expect(new Set(browser.tabs.map(sub))).toEqual(new Set(['ann']));
  const expire = async () => {
    for (const tab of browser.tabs) tab.happen('hidden');
    await browser.advance(15 * 60_000);
    authority.asked.length = 0;
  };
  return { browser, authority, pass, expire, tabs: browser.tabs };
};

const isAlive = async ({ browser, authority, pass, expire }: Awaited<ReturnType<typeof strictTabs>>) => {
  await expire();
  const next = browser.open();
  next.client.start();
  const called = call(next);
  await pass(200);
  expect(await called).toBe(200);
  expect(authority.refused()).toEqual([]);
};

/** All five make a call while a page keeps them from both locks. */
const goOnWithoutLocks = async (scene: Awaited<ReturnType<typeof strictTabs>>) => {
  const key = 'silent-refresh:https://app.example/auth/refresh';
  scene.browser.locks.take(key);
  scene.browser.locks.take(`${key}:second`);
  const calls = scene.tabs.map((tab) => call(tab));
  await scene.pass(6600);
  expect(tally(await Promise.all(calls))).toEqual({ 200: 5 });
  scene.browser.locks.vacate('hostile');
  await isAlive(scene);
};

describe('under strict rotation', { timeout: 30_000 }, () => {
  it.each([5, 20])('%i tabs with 20 calls each at expiry need one refresh, and the session lives on', async (count) => {
    const scene = await strictTabs(count);
    await scene.expire();
    const calls = scene.tabs.flatMap((tab) => times(20, () => call(tab)));
    await scene.pass(300);
    expect(tally(await Promise.all(calls))).toEqual({ 200: count * 20 });
    expect(scene.authority.count('/auth/refresh')).toBe(1);
    await isAlive(scene);
  });

  it.each([{ tabs: 'turns' } as const, { tabs: 'off' } as const])(
    'five tabs with $tabs refresh each for itself, and the session lives on',
    async (client) => {
      const scene = await strictTabs(5, { client });
      await scene.expire();
      const calls = scene.tabs.flatMap((tab) => times(20, () => call(tab)));
      await scene.pass(1000);
      expect(tally(await Promise.all(calls))).toEqual({ 200: 100 });
      expect(scene.authority.count('/auth/refresh')).toBe(5);
      await isAlive(scene);
    },
  );

  it.each([{ locks: false }, { channel: false }, { locks: false, channel: false }, { storage: 'stale' } as const])(
    'five tabs with %j lose neither a call nor the session',
    async (options) => {
      const scene = await strictTabs(5, options);
      await scene.expire();
      const calls = scene.tabs.flatMap((tab) => times(20, () => call(tab)));
      await scene.pass(1000);
      expect(tally(await Promise.all(calls))).toEqual({ 200: 100 });
      await isAlive(scene);
    },
  );

  it('a tab that is killed while it refreshes is followed by the next one, and the session lives on', async () => {
    const scene = await strictTabs(3);
    await scene.expire();
    const [killed, ...others] = scene.tabs as [FakeTab, FakeTab, FakeTab];
    void call(killed);
    await scene.browser.advance(3);
    killed.close();
    const calls = others.map((tab) => call(tab));
    await scene.pass(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 2 });
    expect(scene.authority.count('/auth/refresh')).toBe(2);
    await isAlive(scene);
  });

  it('a tab that is frozen while it refreshes costs the others the wait for its lock, and the session lives on', async () => {
    const scene = await strictTabs(5);
    await scene.expire();
    const [frozen, ...others] = scene.tabs as [FakeTab, ...FakeTab[]];
    void call(frozen);
    await scene.browser.advance(3);
    frozen.freeze();
    const calls = others.map((tab) => call(tab));
    await scene.pass(3600);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 4 });
    expect(scene.authority.count('/auth/refresh')).toBe(2);
    frozen.resume();
    await scene.pass(100);
    expect(shown(scene.tabs)).toEqual(times(5, () => 'authenticated'));
    await isAlive(scene);
  });

  // At 6 s all go on without a lock; each sees what the others write 30 ms late.
  it('tabs that a page keeps from all locks agree on one key, though they see storage late', async () => {
    const latencyMs = (passage: string) => ({ request: 0, storage: 30 })[passage] ?? 2;
    const scene = await strictTabs(5, { storage: 'stale', latencyMs });
    await scene.expire();
    scene.tabs.forEach((tab, index) => {
      tab.platform.nextRandom = index / 100;
    });
    await goOnWithoutLocks(scene);
  });

  it('a page that never gives the locks back costs seconds, and the session lives on', async () => {
    const scene = await strictTabs(5);
    await scene.expire();
    await goOnWithoutLocks(scene);
  });
});
