import { describe, expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';
import type { TestServer } from '../harness/server.ts';
import { test, type World } from '../harness/world.ts';
import { expectSessionAlive, leastPeriodMs, ok, strict } from './strict.ts';

declare global {
  interface Window {
    /** Undoes the start of the page's client. */
    stop(): void;
  }
}

const startOne = ({ page }: World) =>
  page.evaluate(() => {
    window.auth = window.SilentRefresh.createAuthClient();
    window.stop = window.auth.start();
  });

describe.concurrent('a client that is stopped', () => {
  test('asks nothing past expiry, and started again makes its first call with one refresh', async ({ open }) => {
    const world = await open({ ...strict, tokenLifeMs: 2000 });
    const { server, page } = world;
    await world.reload();
    await startOne(world);
    await page.evaluate(async () => {
      await window.auth.ready();
      window.stop();
    });
    const before = server.log.refreshes().length;
    await delay(2500)();
    expect(server.log.refreshes()).toHaveLength(before);
    expect(await world.session()).toMatchObject({ status: 'authenticated' });

    server.tokenLifeMs = 60_000;
    await page.evaluate(() => {
      window.stop = window.auth.start();
    });
    for (const outcome of await world.calls(10, '/api/echo')) expect(outcome).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(server.log.api().map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  test('and started again 20 times within its token’s life asks nothing', async ({ open }) => {
    const world = await open(strict);
    await world.reload();
    await startOne(world);
    await world.known('authenticated');
    const before = world.server.log.refreshes().length;
    await world.page.evaluate(async () => {
      for (let count = 0; count < 20; count++) {
        window.stop();
        await new Promise((resolve) => setTimeout(resolve));
        window.stop = window.auth.start();
      }
    });
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(world.server.log.refreshes()).toHaveLength(before);
  });

  test('in mid-refresh still takes the answer', async ({ open }) => {
    const world = await open(strict);
    const { server, page } = world;
    await world.reload();
    const answer = gate();
    server.faults.next('/auth/refresh', { after: answer.pass });
    const before = server.log.refreshes().length;
    await startOne(world);
    await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
    await page.evaluate(() => window.stop());
    answer.open();
    await world.known('authenticated');
    await page.evaluate(() => {
      window.stop = window.auth.start();
    });
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
  });
});

/** A module that creates the client of the page, as one does that a bundler may evaluate again. */
const module = `
  globalThis.stop?.();
  globalThis.auth = SilentRefresh.createAuthClient();
  globalThis.stop = globalThis.auth.start();`;

const serveModule = ({ pages }: TestServer) =>
  pages.set('/client.js', () => new Response(module, { headers: { 'content-type': 'text/javascript' } }));

/** Evaluates the module anew. */
const replace = ({ page }: World, version: number) => page.evaluate(`import('/client.js?${version}').then(() => {})`);

describe.concurrent('a module with a client that is replaced while the page runs', () => {
  test('ten times keeps the session, with one refresh for each client and none by those stopped', async ({ open }) => {
    const world = await open({ ...strict, tokenLifeMs: 2000 });
    const { server } = world;
    serveModule(server);
    await world.reload();
    const before = server.log.refreshes().length;
    const begunAt = performance.now();
    for (let version = 1; version <= 10; version++) {
      await replace(world, version);
      expect(await world.call('/api/echo')).toMatchObject(ok);
    }
    await delay(4000)();
    const expiries = Math.ceil((performance.now() - begunAt) / leastPeriodMs(2000));
    const asked = server.log.refreshes().slice(before);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.length).toBeLessThanOrEqual(10 + expiries);
    await expectSessionAlive(world);
  });

  test('in mid-refresh keeps the session, and both use the same key', async ({ open }) => {
    const world = await open(strict);
    const { server } = world;
    serveModule(server);
    await world.reload();
    const answer = gate();
    server.faults.next('/auth/refresh', { after: answer.pass });
    const before = server.log.refreshes().length;
    await replace(world, 1);
    await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
    await replace(world, 2);
    expect(await world.call('/api/echo')).toMatchObject(ok);
    const late = server.log.refreshes()[before];
    answer.open();
    await eventually(() => expect(late?.status).not.toBe(0));
    expect(
      new Set(
        server.log
          .refreshes()
          .slice(before)
          .map(({ key }) => key),
      ).size,
    ).toBe(1);
    await expectSessionAlive(world);
  });
});
