import { expect } from 'vitest';
import { inEngines, inEnginesByTurns, test } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';
import { expectSessionAlive } from '../lifecycle/strict.ts';
import { expectNobody, signOutEverywhere } from '../tabs/departures.ts';
import { callsAt, failed, say, shareShortToken, slowestMs, tabsOf } from '../tabs/several.ts';

const strict = { client: false, graceMs: 0 } as const;

// They count refreshes to the last one, and a busy machine is slow to hand a token over.
inEnginesByTurns('tabs of one session', (engine) => {
  test('5 of them that make 20 calls each at the moment of expiry cost one refresh, and no call fails', async ({
    open,
  }) => {
    const world = await open(engine, strict);
    const { log } = world.server;
    const tabs = await tabsOf(world, 5, { hidden: true });
    const endsAt = await shareShortToken(world, tabs);
    const before = log.refreshes().length;
    const outcomes = await callsAt(tabs, endsAt, 20);
    say(`5 tabs × 20 calls at expiry, ${engine}`, {
      refreshes: log.refreshes().length - before,
      failed: failed(outcomes).length,
      slowestMs: slowestMs(outcomes),
    });
    expect(failed(outcomes)).toEqual([]);
    expect(outcomes).toHaveLength(100);
    expect(log.refreshes()).toHaveLength(before + 1);
    expect(log.api()).toHaveLength(100);
    await expectSessionAlive(world);
  });

  test('one that is opened beside another asks it, and not the server', async ({ open }) => {
    const world = await open(engine, { user: 'ann', graceMs: 0 });
    const { log } = world.server;
    const before = log.refreshes().length;
    const tab = await world.another();
    await tab.start();
    expect(await tab.call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-ann' } });
    expect(await tab.session()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(log.refreshes()).toHaveLength(before);
    await expectSessionAlive(world);
  });
});

inEngines('REV-10: a sign-out in one of several tabs', (engine) => {
  test('is true in all of them within a second, and after a reload of each', async ({ open }) => {
    const world = await open(engine, strict);
    const tabs = await tabsOf(world, 4);
    const tookMs = await signOutEverywhere(world, tabs);
    say(`sign-out in 4 tabs, ${engine}`, { tookMs });
    expect(tookMs).toBeLessThan(1000);
    await expectNobody(world, tabs);
  });

  test.for(['before', 'after'] as const)(
    'while another refreshes is true in all of them within a second, and is not undone (slow %s its commit)',
    async (when, { open }) => {
      const world = await open(engine, strict);
      const { server } = world;
      const tabs = await tabsOf(world, 3);
      const answer = gate();
      server.faults.next('/auth/refresh', { [when]: answer.pass });
      const before = server.log.refreshes().length;
      await tabs[1]?.page.evaluate(() => void window.auth.refresh().catch(() => {}));
      await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
      const tookMs = await signOutEverywhere(world, tabs);
      answer.open();
      await eventually(() => expect(server.log.refreshes()[before]?.status).not.toBe(0));
      // Time for the answer to arrive.
      await delay(300)();
      say(`sign-out in A during a refresh in B (${when}), ${engine}`, { tookMs });
      expect(tookMs).toBeLessThan(1000);
      await expectNobody(world, tabs);
    },
  );
});
