import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { answering, delay, gate } from './harness/faults.ts';
import type { TestServer } from './harness/server.ts';
import { signInByRedirect } from './harness/sign-in-by-redirect.ts';
import { test } from './harness/world.ts';

const sessionOf = (server: TestServer): string => {
  const signedIn = server.events.find(({ type }) => type === 'signed-in');
  return signedIn !== undefined && 'sid' in signedIn ? String(signedIn.sid) : '';
};

const expectRevoked = async (server: TestServer) => {
  const sid = sessionOf(server);
  await eventually(() => expect(server.events).toContainEqual(expect.objectContaining({ type: 'signed-out', sid })));
};

describe.concurrent('a sign-out during a refresh', () => {
  test.for(['before', 'after'] as const)(
    'leaves nobody signed in, here or after a reload (README-9) (the refresh is slow %s its commit)',
    async (when, { open }) => {
      const { server, page, call, session, signOut, reload, start, known, told, context } = await open({ user: 'ann' });
      const answer = gate();
      server.faults.next('/auth/refresh', { [when]: answer.pass });
      const before = server.log.refreshes().length;
      await page.evaluate(() => void window.auth.refresh().catch(() => {}));
      await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
      const waiting = call('/api/echo');
      expect(await waiting).toMatchObject({ status: 200 });

      const left = signOut();
      await eventually(async () => expect(await session()).toMatchObject({ status: 'unauthenticated' }));
      expect(await call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError', reason: 'signed-out' });
      await eventually(() => expect(server.log.of('/auth/logout').at(-1)?.status).toBe(204));
      answer.open();
      expect(await left).toEqual({ confirmed: true });
      await expectRevoked(server);
      await eventually(() => expect(server.log.refreshes().at(-1)?.status).not.toBe(0));
      await delay(200)();
      expect(await session()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' });
      expect((await told()).slice((await told()).indexOf('left ann'))).not.toContain('shown authenticated ann');

      await reload();
      await start();
      expect(await known()).toMatchObject({ status: 'unauthenticated' });
      expect(await call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError' });
      expect(server.log.api()).toHaveLength(1);
      // A cookie that the refresh set too late opens nothing.
      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const request = new Request(`${server.origin}/auth/refresh`, {
        method: 'POST',
        headers: { cookie, origin: server.origin, 'x-auth-client': '1' },
      });
      expect([204, 401]).toContain((await server.authority.handle(request)).status);
    },
  );

  test('makes the calls that wait for the refresh reject, and sends none of them', async ({ open }) => {
    const { server, page, calls, signOut } = await open({ user: 'ann' });
    const answer = gate();
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', { before: answer.pass });
    const waiting = calls(20, '/api/echo');
    await eventually(() => expect(server.log.api().filter(({ status }) => status === 401)).toHaveLength(20));
    const sent = server.log.api().length;
    await signOut();
    for (const outcome of await waiting) expect(outcome).toMatchObject({ error: 'UnauthenticatedError' });
    answer.open();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(server.log.api()).toHaveLength(sent);
  });
});

describe.concurrent('a sign-out', () => {
  test('is heard by the server even when the page is left at once', async ({ open }) => {
    const { server, page, start, known } = await open({ user: 'ann' });
    server.faults.next('/auth/logout', { before: delay(300) });
    await page.evaluate(() => {
      void window.auth.signOut();
      location.href = '/bye';
    });
    await page.waitForURL('**/bye');
    await expectRevoked(server);
    await start();
    expect(await known()).toMatchObject({ status: 'unauthenticated' });
  });

  test('that the server does not hear is finished by the next page, before anything else (README-9)', async ({
    open,
  }) => {
    const { server, page, signOut, reload, start, known, told } = await open({
      user: 'ann',
      client: { refreshTimeoutMs: 500 },
    });
    const lost = { before: delay(50), drop: true, answer: () => new Response(null, { status: 503 }) };
    server.faults.next('/auth/logout', lost, 4);
    expect(await signOut()).toEqual({ confirmed: false });
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain('sign-out');
    const refreshes = server.log.refreshes().length;
    await eventually(() => expect(server.log.of('/auth/logout').length).toBeGreaterThan(0));
    while (server.faults.take('/auth/logout').drop === true);

    await reload();
    await start();
    expect(await known()).toMatchObject({ status: 'unauthenticated' });
    await expectRevoked(server);
    expect(
      server.log
        .refreshes()
        .slice(refreshes)
        .filter(({ status }) => status === 200),
    ).toEqual([]);
    expect(await told()).toContain('event sign-out-finished');
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('sign-out');
  });

  test('LIF-1, LIF-2: on the next page is not undone by Back: where no message has evicted it, the page comes back without the user', async ({
    open,
  }) => {
    const { server, page, start, signOut, known, call } = await open({ user: 'ann', client: { tabs: 'off' } });
    await page.evaluate(() => {
      window.addEventListener('pageshow', ({ persisted }) => {
        window.told.push(
          `pageshow ${persisted} ${window.auth.getSession().status} "${document.body.innerText.trim()}"`,
        );
        void window.outcomeOf(() => window.auth.authFetch('/api/after-back'));
      });
    });
    await page.goto(`${server.origin}/next`);
    await start({ tabs: 'off' });
    expect(await known()).toMatchObject({ status: 'authenticated' });
    expect(await signOut()).toEqual({ confirmed: true });

    await page.evaluate('history.back()');
    await page.waitForURL(`${server.origin}/`, { waitUntil: 'commit' });
    await eventually(async () =>
      expect(await page.evaluate(() => window.told)).toContainEqual(expect.stringContaining('pageshow')),
    );
    expect(await page.evaluate(() => window.told)).toContain('pageshow true unauthenticated ""');
    expect(await page.locator('#user').innerText()).toBe('');
    expect(await call('/api/after-back')).toMatchObject({ error: 'UnauthenticatedError' });
    expect(server.log.of('/api/after-back')).toEqual([]);
  });

  test('LIF-1: apart, a page comes back from the back/forward cache with its session and its calls', async ({
    open,
  }) => {
    const { server, page, call, session } = await open({ user: 'ann' });
    await page.evaluate(() => {
      window.addEventListener('pageshow', ({ persisted }) => window.told.push(`pageshow ${persisted}`));
    });
    await page.goto(`${server.origin}/next`);
    await page.evaluate('history.back()');
    await page.waitForURL(`${server.origin}/`, { waitUntil: 'commit' });
    await eventually(async () => expect(await page.evaluate(() => window.told)).toContain('pageshow true'));
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-ann' } });
    expect(await session()).toMatchObject({ status: 'authenticated' });
  });

  test('that is refused with 403 for ever locks nobody out who signs in by a redirect later (C-2)', async ({
    open,
  }) => {
    const { server, page, start, signOut, known, call } = await open({ user: 'ann' });
    server.faults.next('/auth/logout', answering(403), 1000);
    expect(await signOut()).toMatchObject({ confirmed: false });
    await signInByRedirect(server);
    // In the address bar, as from a bookmark or a mail: nothing but the redirect tells of it.
    await page.goto(`${server.origin}/callback`);
    await start();
    expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'bob' } } });
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('sign-out');
  });

  test('that a captive portal answers is not confirmed by its page, and is finished once it is gone (C-1)', async ({
    open,
  }) => {
    const { server, signOut, reload, start, known } = await open({ user: 'ann' });
    server.faults.next('/auth/logout', answering(200, { 'content-type': 'text/html' }, '<html>Wi-Fi</html>'), 1);
    expect(await signOut()).toEqual({ confirmed: false });
    await expectRevoked(server);
    await reload();
    await start();
    expect(await known()).toMatchObject({ status: 'unauthenticated' });
  });

  test('that is answered with a redirect is confirmed by a refresh, and the redirect not followed (C-1)', async ({
    open,
  }) => {
    const { server, signOut } = await open({ user: 'ann' });
    server.faults.next('/auth/logout', {
      after: async () => server.authority.endSession(sessionOf(server)),
      answer: () => new Response(null, { status: 302, headers: { location: '/elsewhere' } }),
    });
    expect(await signOut()).toEqual({ confirmed: true });
    expect(server.log.of('/elsewhere')).toEqual([]);
  });
});
