import { expect } from 'vitest';
import type { DrivenPage } from '../harness/driven-page.ts';
import type { EngineName } from '../harness/engines/engines.ts';
import { inEngines, test } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';
import { expectLoadedAnew, expectRestored, returned, signOutOnTheNextPage, watchReturn } from './return.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

/** Where a page that holds a lock as it is left, for the refresh that it began, is kept. */
const keepsLocked = (engine: EngineName) => engine !== 'firefox';

/** Where a page that is sent a message is kept: elsewhere the news that somebody has signed in or out throws it away. */
const keepsListening = (engine: EngineName) => engine === 'webkit';

inEngines('LIF-1, TAB-6: a page that Back restores as it was', (engine) => {
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

  test('has its session where the next page has a client, too, which asks for tokens and tells of them', async ({
    open,
  }) => {
    const world = await open(engine, { user: 'ann' });
    const { server, page, back, call, start, known, refresh, session } = world;
    await watchReturn(page);
    const before = server.log.refreshes().length;
    await page.goto(`${server.origin}/next`);
    await start();
    await known('authenticated');
    expect(await refresh()).toMatchObject({ status: 200 });
    expect(server.log.refreshes()).toHaveLength(before + 2);
    await back();
    await expectRestored(world);
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(await session()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(server.log.refreshes()).toHaveLength(before + 2);
  });

  test('LIF-3: does not wait for the refresh that it was left in', async ({ open }) => {
    // The call that waits is not let go by the time that a busy machine takes to go and come back.
    const world = await open(engine, { user: 'ann', graceMs: 0, client: { refreshTimeoutMs: 60_000 } });
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
    if (keepsLocked(engine)) await expectRestored(world);
    else {
      await expectLoadedAnew(world);
      await world.start();
    }
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(await refresh()).toMatchObject({ status: 200 });
    if (keepsLocked(engine)) await eventually(async () => expect(await world.told()).toContain('waited 200'));

    answer.open();
    await delay(500)();
    expect(await session()).toMatchObject({ status: 'authenticated' });
    expect(await refresh()).toMatchObject({ status: 200 });
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
  });
});

inEngines('LIF-2: Back after a sign-in as somebody else on the next page', (engine) => {
  test('TAB-8: shows nothing of the user before: the page is thrown away, or asks who it is', async ({ open }) => {
    const world = await open(engine, { user: 'ann' });
    const { server, page, back, start, known, signIn, call } = world;
    await watchReturn(page);
    await page.goto(`${server.origin}/next`);
    await start();
    await known('authenticated');
    expect(await signIn('bob')).toMatchObject({ status: 200 });
    await back();
    if (keepsListening(engine)) {
      await expectRestored(world);
      expect(await returned(world)).toEqual(['pageshow true loading ""']);
    } else {
      await expectLoadedAnew(world);
      await start();
    }
    expect(await known('authenticated')).toMatchObject({ claims: { user: { name: 'bob' } } });
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
  });
});

/** Where documents that may not be stored are restored all the same. WebKit keeps them over plain HTTP. */
const keepsUnstorable = (engine: EngineName, tls: boolean) => engine === 'webkit' && !tls;

/** Has an app's own listeners call as soon as they hear of anything, and before the client does where they can. */
const callAtOnce = (page: DrivenPage): Promise<void> =>
  page.evaluate(() => {
    const call = (from: string) => {
      if (window.auth === undefined || localStorage.getItem('armed') === null) return;
      void window.outcomeOf(() => window.auth.authFetch('/api/after-back'));
      // A look at the session compares nothing (C-12), what acts does.
      window.told.push(`heard ${from} ${window.auth.getSession().status}`);
    };
    for (const type of ['resume', 'visibilitychange', 'pageshow']) {
      for (const target of [document, window]) {
        target.addEventListener(type, () => call(type));
        target.addEventListener(type, () => call(type), { capture: true });
      }
    }
  });

inEngines('LIF-2, REV-10: Back after a sign-out on the next page', (engine) => {
  test('TAB-8: sends no call of its user, and shows nobody: the page is thrown away, or is rid of token and claims', async ({
    open,
  }) => {
    const world = await open(engine, { user: 'ann' });
    await watchReturn(world.page);
    await signOutOnTheNextPage(world);
    await world.back();
    if (keepsListening(engine)) {
      await expectRestored(world);
      expect(await returned(world)).toEqual(['pageshow true unauthenticated ""']);
      expect(await world.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    } else {
      await expectLoadedAnew(world);
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'unauthenticated' });
    }
    expect(await world.call('/api/after-back')).toMatchObject({ error: 'UnauthenticatedError' });
    await delay(300)();
    expect(world.server.log.of('/api/after-back')).toEqual([]);
  });

  test('TAB-8: restores a page that no message reaches without token and claims, and sends no call of its user', async ({
    open,
  }) => {
    const client = { tabs: 'off' } as const;
    const world = await open(engine, { user: 'ann', client });
    await watchReturn(world.page);
    await signOutOnTheNextPage(world, client);
    await world.back();
    await expectRestored(world);
    expect(await returned(world)).toEqual(['pageshow true unauthenticated ""']);
    expect(await world.call('/api/after-back')).toMatchObject({ error: 'UnauthenticatedError' });
    await delay(300)();
    expect(world.server.log.of('/api/after-back')).toEqual([]);
    expect(await world.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
  });

  test('sends no call for a listener that hears of the return before the client does', async ({ open }) => {
    // Without a channel where a message would have the page thrown away.
    const client = keepsListening(engine) ? {} : ({ tabs: 'off' } as const);
    const world = await open(engine, { client: false });
    const { server, page, start, signIn, known } = world;
    await callAtOnce(page);
    await start(client);
    await known();
    expect(await signIn('ann')).toMatchObject({ status: 200 });
    await signOutOnTheNextPage(world, client);
    await world.back();
    const heard = () => page.evaluate(() => window.told.filter((line) => line.startsWith('heard')));
    await eventually(async () => expect(await heard()).toContain('heard pageshow unauthenticated'));
    if (engine === 'chromium') expect(await heard()).toContain('heard resume unauthenticated');
    if (engine === 'webkit') expect(await heard()).toContain('heard visibilitychange unauthenticated');
    await delay(300)();
    expect((await heard()).filter((line) => line.endsWith(' authenticated'))).toEqual([]);
    expect(server.log.of('/api/after-back')).toEqual([]);
    expect(await world.call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError' });
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
