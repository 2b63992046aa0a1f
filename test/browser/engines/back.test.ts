import { expect } from 'vitest';
import type { EngineName } from '../harness/engines/engine.ts';
import { inEngines, test } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';
import { expectRestored, returned, signOutOnTheNextPage, watchReturn } from './return.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

inEngines('LIF-1: a page that Back restores as it was', (engine) => {
  test('has its session, and its first call succeeds', async ({ open }) => {
    const world = await open(engine, { user: 'ann' });
    const { server, page, back, call, session } = world;
    await watchReturn(page);
    const before = server.log.refreshes().length;
    await page.goto(`${server.origin}/next`);
    await back();
    await expectRestored(world);
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(await session()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(server.log.refreshes()).toHaveLength(before);
  });

  test('LIF-3: does not wait for the refresh that it was left in', async ({ open }) => {
    const world = await open(engine, { user: 'ann', graceMs: 0 });
    const { server, page, back, call, refresh, session } = world;
    await watchReturn(page);
    const answer = gate();
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', { after: answer.pass });
    const before = server.log.refreshes().length;
    await page.evaluate(() => {
      void window
        .outcomeOf(() => window.auth.authFetch('/api/waiting'))
        .then((outcome) => {
          window.told.push(`waited ${outcome.status}`);
        });
    });
    await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
    await page.goto(`${server.origin}/next`);
    await back();
    await expectRestored(world);
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(await refresh()).toMatchObject({ status: 200 });
    await eventually(async () => expect(await world.told()).toContain('waited 200'));

    answer.open();
    await delay(500)();
    expect(await session()).toMatchObject({ status: 'authenticated' });
    expect(await refresh()).toMatchObject({ status: 200 });
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
  });
});

/** Where documents that may not be stored are restored all the same. WebKit keeps them over plain HTTP. */
const keepsUnstorable = (engine: EngineName, tls: boolean) => engine === 'webkit' && !tls;

inEngines('LIF-2: Back after a sign-out on the next page', (engine) => {
  test('restores the page without token and claims, and sends no call of its user', async ({ open }) => {
    const world = await open(engine, { user: 'ann' });
    await watchReturn(world.page);
    await signOutOnTheNextPage(world);
    await world.back();
    await expectRestored(world);
    expect(await returned(world)).toEqual(['pageshow true unauthenticated ""']);
    expect(await world.call('/api/after-back')).toMatchObject({ error: 'UnauthenticatedError' });
    await delay(300)();
    expect(world.server.log.of('/api/after-back')).toEqual([]);
    expect(await world.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
  });

  test.for([true, false])(
    'shows nobody and sends no call of theirs where documents are not to be stored (HTTPS: %s)',
    async (tls, { open }) => {
      const world = await open(engine, { user: 'ann', tls, cacheControl: 'no-store' });
      const { server, page, back, start, known, call } = world;
      await watchReturn(page);
      await signOutOnTheNextPage(world);
      await back();
      const isKept = keepsUnstorable(engine, tls);
      await eventually(async () => expect(await returned(world)).toHaveLength(isKept ? 1 : 0));
      if (isKept) expect(await returned(world)).toEqual(['pageshow true unauthenticated ""']);
      else await start();
      expect(await known()).toMatchObject({ status: 'unauthenticated' });
      expect(await page.evaluate(() => document.body.innerText.trim())).toBe('');
      expect(await call('/api/after-back')).toMatchObject({ error: 'UnauthenticatedError' });
      await delay(300)();
      expect(server.log.of('/api/after-back')).toEqual([]);
    },
  );
});
