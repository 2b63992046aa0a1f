import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { delay } from './harness/faults.ts';
import { test, type World, type WorldOptions } from './harness/world.ts';

interface Variant {
  /** How long the refresh takes, and how far into it the page is reloaded. */
  readonly refreshMs: number;
  readonly reloadMs: number;
  /** Where the time is lost: on the way there, or on the way back. */
  readonly lost: 'before' | 'after';
  readonly graceMs: number;
}

const variants: Variant[] = [
  { refreshMs: 40_000, reloadMs: 15_000 },
  { refreshMs: 1000, reloadMs: 200 },
].flatMap((times) =>
  (['before', 'after'] as const).flatMap((lost) =>
    [10_000, 0].map((graceMs): Variant => ({ ...times, lost, graceMs })),
  ),
);

const describeVariant = ({ refreshMs, reloadMs, lost, graceMs }: Variant) =>
  `${reloadMs} ms into a refresh that takes ${refreshMs} ms ${lost} its commit, with ${graceMs} ms of grace`;

/** Reloads the page `reloadMs` after the server has got a refresh, which takes `refreshMs`. */
const reloadInRefresh = async (world: World, { refreshMs, reloadMs, lost }: Variant) => {
  const { server, page } = world;
  let over = false;
  server.faults.next('/auth/refresh', {
    [lost]: () =>
      delay(refreshMs)().finally(() => {
        over = true;
      }),
  });
  const before = server.log.refreshes().length;
  await page.evaluate(() => void window.auth.refresh().catch(() => {}));
  await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
  await delay(reloadMs)();
  await world.reload();
  expect(over).toBe(false);
  return { isOver: () => over };
};

const ok = { status: 200, body: { user: 'id-ann' } };
const options = ({ graceMs }: Variant): WorldOptions => ({ user: 'ann', graceMs });

describe.concurrent('RT-12, RT-20: a reload', () => {
  test.for(variants.map((variant) => [describeVariant(variant), variant] as const))(
    '%s keeps the session, also at the refresh after it',
    async ([, variant], { open }) => {
      const world = await open(options(variant));
      expect(await world.call('/api/before')).toMatchObject(ok);
      const { isOver } = await reloadInRefresh(world, variant);
      await world.start();
      await world.known('authenticated');
      expect(await world.call('/api/echo')).toMatchObject(ok);
      expect(await world.refresh()).toMatchObject({ status: 200 });
      expect(await world.call('/api/echo')).toMatchObject(ok);

      // Now the answer to the dead page comes, and with it, it may be, a cookie.
      await eventually(() => expect(isOver()).toBe(true), { timeout: 45_000 });
      await delay(500)();
      expect(await world.refresh()).toMatchObject({ status: 200 });
      expect(await world.call('/api/echo')).toMatchObject(ok);
      await world.reload();
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'authenticated' });
      expect(world.server.events.map(({ type }) => type)).not.toContain('refresh-reused');
    },
  );

  test('that finds the answer of the dead page already there goes on with its cookie', async ({ open }) => {
    const world = await open({ user: 'ann', graceMs: 0 });
    const { isOver } = await reloadInRefresh(world, { refreshMs: 600, reloadMs: 100, lost: 'after', graceMs: 0 });
    await eventually(() => expect(isOver()).toBe(true));
    await delay(300)();
    await world.start();
    expect(await world.known()).toMatchObject({ status: 'authenticated' });
    const cookies = await world.context.cookies();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]?.value).toMatch(/\.2\./);
  });

  test('costs one refresh, whatever was asked for before it', async ({ open }) => {
    const { server, reload, start, known, calls } = await open({ user: 'ann' });
    const before = server.log.refreshes().length;
    await reload();
    await start();
    for (const outcome of await calls(20, '/api/echo')) expect(outcome).toMatchObject(ok);
    expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(server.log.refreshes()).toHaveLength(before + 1);
  });
});
