import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { delay, type Fault, gate } from './harness/faults.ts';
import { test, type World, type WorldOptions } from './harness/world.ts';
import { freezeWhile } from './lifecycle/situations.ts';
import { expectSessionAlive, ok, strict } from './lifecycle/strict.ts';
import { test as testHideable } from './lifecycle/test.ts';

type Opened = Pick<World, 'server' | 'call'>;

/**
 * A page whose refresh hangs, before or after the server has committed it, in an outage of `outageMs`: whatever is asked
 * for the first `times` times is never answered.
 */
const inOutage = async <W extends Opened>(world: W, where: 'before' | 'after', times = 1) => {
  const { server } = world;
  const before = server.log.refreshes().length;
  const { pass, open } = gate();
  server.faults.next('/auth/refresh', { [where]: pass } satisfies Fault, times);
  server.api.refuseTokensSoFar();
  void world.call('/api/echo');
  await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
  const refreshes = () => server.log.refreshes().slice(before);
  return { refreshes, release: open };
};

const expectRepeatedWithItsKey = (refreshes: World['server']['log']['all']) => {
  expect(refreshes).toHaveLength(2);
  expect(refreshes[0]?.key).toMatch(/./);
  expect(refreshes[1]).toMatchObject({ status: 200, key: refreshes[0]?.key });
};

const options: WorldOptions = { ...strict };

// First, since all that follows fits into the time that it waits.
describe.concurrent('refreshes that all hang', { timeout: 90_000 }, () => {
  test('leave the page connections to the server, over HTTP/1.1 too, and the first one that is answered counts (C-9)', async ({
    open,
  }) => {
    const world = await open({ ...options, client: { refreshTimeoutMs: 1000 } });
    const { refreshes } = await inOutage(world, 'before', 7);
    await eventually(() => expect(refreshes().length).toBeGreaterThanOrEqual(8), { timeout: 60_000 });
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(refreshes().at(-1)?.status).toBe(200);
    expect(await world.session()).toMatchObject({ status: 'authenticated' });
  });
});

describe.concurrent('a refresh that hangs, with a server that recovers after 12 s', { timeout: 60_000 }, () => {
  test.for(['before', 'after'] as const)(
    'and hung %s its commit: the first call after the recovery is served within 5 s, and nothing is lost (C-9)',
    async (where, { open }) => {
      const world = await open(options);
      const { refreshes, release } = await inOutage(world, where);
      await delay(12_000)();
      const called = await world.call('/api/echo');
      expect(called).toMatchObject(ok);
      expect(called.tookMs).toBeLessThan(5000);
      expectRepeatedWithItsKey(refreshes());
      release();
      await eventually(() => expect(refreshes()[0]?.status).not.toBe(0));
      expect(await world.call('/api/echo')).toMatchObject(ok);
      expect(await world.session()).toEqual(expect.not.objectContaining({ problem: expect.anything() }));
      await expectSessionAlive(world);
    },
  );

  test.for(['before', 'after'] as const)(
    'and hung %s its commit: the first call is served within 1 s of `online` (C-9)',
    async (where, { open }) => {
      const world = await open(options);
      const { refreshes, release } = await inOutage(world, where);
      await delay(12_000)();
      await world.page.evaluate(() => window.dispatchEvent(new Event('online')));
      const called = await world.call('/api/echo');
      expect(called).toMatchObject(ok);
      expect(called.tookMs).toBeLessThan(1000);
      expectRepeatedWithItsKey(refreshes());
      release();
      await eventually(() => expect(refreshes()[0]?.status).not.toBe(0));
      await expectSessionAlive(world);
    },
  );

  testHideable(
    'and a page that is frozen meanwhile: the first call is served within 1 s of waking (C-9)',
    async ({ open }) => {
      const world = await open(options);
      const { refreshes, release } = await inOutage(world, 'after');
      await freezeWhile(world, delay(12_000));
      await world.page.show();
      const called = await world.call('/api/echo');
      expect(called).toMatchObject(ok);
      expect(called.tookMs).toBeLessThan(1000);
      expectRepeatedWithItsKey(refreshes());
      release();
      await eventually(() => expect(refreshes()[0]?.status).not.toBe(0));
      await expectSessionAlive(world);
    },
  );
});
