import { expect } from 'vitest';
import type { EngineName } from '../harness/engines/engines.ts';
import { inEngines, test, type World } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import { delay } from '../harness/faults.ts';
import { type Leaving, leaveInRefresh, leavings, type Times } from './leave.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

interface Variant {
  readonly leaving: Leaving;
  /** Where the time is lost: on the way there, or on the way back. */
  readonly lost: 'before' | 'after';
  readonly graceMs: number;
}

const variants: readonly Variant[] = (['after', 'before'] as const).flatMap((lost) =>
  leavings.flatMap((leaving) => [10_000, 0].map((graceMs) => ({ leaving, lost, graceMs }))),
);

/** The session is there, and lasts over a refresh. */
const expectLasting = async ({ call, refresh }: World) => {
  expect(await call('/api/echo')).toMatchObject(ok);
  expect(await refresh()).toMatchObject({ status: 200 });
  expect(await call('/api/echo')).toMatchObject(ok);
};

const declare = (engine: EngineName, times: Times, among: readonly Variant[]) => {
  test.for(among.map((variant) => ({ ...variant, ...times })))(
    '$leaving $leaveMs ms into one that takes $refreshMs ms $lost its commit keeps the session (grace $graceMs ms)',
    async (variant, { open }) => {
      const world = await open(engine, { user: 'ann', graceMs: variant.graceMs });
      const { server } = world;
      expect(await world.call('/api/before')).toMatchObject(ok);
      const late = await leaveInRefresh(world, variant);
      await world.known('authenticated');
      await expectLasting(world);

      // Now the answer to the page that is gone comes, and with it, it may be, a cookie.
      late.allow();
      await eventually(() => expect(late.isAnswered()).toBe(true), { timeout: 60_000 });
      await delay(500)();
      await expectLasting(world);
      await world.reload();
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'authenticated' });
      expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
    },
  );
};

const title = 'RT-12, RT-20: during a refresh';
const isWorthTheTime = ({ leaving, lost }: Variant) => lost === 'after' || leaving === 'a reload';

// First, since all that follows fits into the time that these wait.
inEngines(title, (engine) => declare(engine, { refreshMs: 40_000, leaveMs: 15_000 }, variants.filter(isWorthTheTime)));
inEngines(title, (engine) => declare(engine, { refreshMs: 1000, leaveMs: 200 }, variants));

inEngines('RT-12: a reload', (engine) => {
  test('that finds the answer of the dead page already there goes on with its cookie', async ({ open }) => {
    const world = await open(engine, { user: 'ann', graceMs: 0 });
    const { server, page, reload, start, known, cookies } = world;
    server.faults.next('/auth/refresh', { after: delay(600) });
    const before = server.log.refreshes().length;
    await page.evaluate(() => void window.auth.refresh().catch(() => {}));
    await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
    await reload();
    await eventually(() => expect(server.log.refreshes().at(-1)?.status).toBe(200));
    await eventually(async () => expect(await cookies()).toEqual([expect.stringMatching(/\.2\./)]));
    await start();
    expect(await known()).toMatchObject({ status: 'authenticated' });
  });

  test('costs one refresh, whatever was asked for before it', async ({ open }) => {
    const { server, reload, start, known, calls } = await open(engine, { user: 'ann' });
    const before = server.log.refreshes().length;
    await reload();
    await start();
    for (const outcome of await calls(20, '/api/echo')) expect(outcome).toMatchObject(ok);
    expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(server.log.refreshes()).toHaveLength(before + 1);
  });
});
