import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { answering, type Fault, gate } from './harness/faults.ts';
import { test, type World } from './harness/world.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

describe('the 64 KiB that a page may have under way with `keepalive`', () => {
  /** More than Chromium takes in of an answer that nobody reads. */
  const big = 'x'.repeat(64 * 2 ** 20);
  const tooBig = (status: number): Fault => answering(status, { 'content-type': 'text/html', 'retry-after': '0' }, big);

  const send = ({ page }: World, path: string, bytes: number) =>
    page.evaluate(
      ([to, size]) => {
        const init = { method: 'POST', keepalive: true, body: new Uint8Array(size) };
        return window.outcomeOf(() => window.auth.authFetch(to, init));
      },
      [path, bytes] as const,
    );

  const expectAllFree = async (world: World) => {
    await eventually(async () => expect(await send(world, '/api/beacon', 65_536)).toMatchObject(ok));
    expect(await world.refresh()).toMatchObject({ status: 200 });
  };

  test('are used up by an answer that nobody reads', async ({ open }) => {
    const world = await open({ user: 'ann' });
    world.server.faults.next('/api/echo', tooBig(500));
    await world.page.evaluate(async () => {
      const init = { method: 'POST', keepalive: true, body: new Uint8Array(1000) };
      Object.assign(window, { unread: await fetch('/api/echo', init) });
    });
    expect(await send(world, '/api/beacon', 65_536)).toMatchObject({ error: 'TypeError' });
  });

  test('are free after refreshes that failed with big answers', async ({ open }) => {
    const world = await open({ user: 'ann', script: 'Math.random = () => 0;' });
    world.server.faults.next('/auth/refresh', tooBig(503), 2);
    expect(await world.refresh()).toMatchObject({ status: 200 });
    await expectAllFree(world);
  });

  test('are free after calls that were refused with big answers, and replayed', async ({ open }) => {
    const world = await open({ user: 'ann' });
    for (let n = 0; n < 2; n++) {
      world.server.faults.next('/api/echo', tooBig(401));
      expect(await send(world, '/api/echo', 20_000)).toMatchObject(ok);
    }
    await expectAllFree(world);
  });

  test('are free after sign-outs that were confirmed with big answers', async ({ open }) => {
    const world = await open({ user: 'ann' });
    for (let n = 0; n < 3; n++) {
      world.server.faults.next('/auth/logout', answering(200, { 'content-type': 'application/json' }, `"${big}"`));
      expect(await world.signOut()).toMatchObject({ confirmed: true });
      expect(await world.signIn('ann')).toMatchObject({ status: 200 });
    }
    await expectAllFree(world);
  });

  test('suffice to replay at once a call that takes more than half of them', async ({ open }) => {
    const world = await open({ user: 'ann' });
    const { server, refresh } = world;
    const { pass, open: answer } = gate();
    const invalid = { 'www-authenticate': 'Bearer error="invalid_token"' };
    server.faults.next('/api/echo', { after: pass, ...answering(401, invalid, '{}') });
    const call = send(world, '/api/echo', 40_000);
    await eventually(() => expect(server.log.of('/api/echo')).toHaveLength(1));
    expect(await refresh()).toMatchObject({ status: 200 });
    answer();
    expect(await call).toMatchObject(ok);
  });
});
