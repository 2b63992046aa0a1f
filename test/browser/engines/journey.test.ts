import { expect } from 'vitest';
import { inEngines, test } from '../harness/engines/world.ts';
import { delay } from '../harness/faults.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

inEngines('a user', (engine) => {
  test('signs in, calls at expiry, reloads, is locked out, signs in again, and signs out for good (README-3)', async ({
    open,
  }) => {
    const world = await open(engine, { client: false, tokenLifeMs: 2000 });
    const { server, page, start, signIn, calls, call, reload, known, session, signOut } = world;
    // A page that says it is hidden refreshes only when a call needs it.
    await page.evaluate(() => {
      Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden' });
    });
    await start();
    expect(await known()).toMatchObject({ status: 'unauthenticated', reason: 'anonymous' });
    expect(await signIn('ann')).toMatchObject({ status: 200 });
    server.tokenLifeMs = 60_000;
    await delay(2100)();
    const before = server.log.refreshes().length;
    for (const outcome of await calls(20, '/api/echo')) expect(outcome).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(server.log.of('/api/echo')).toHaveLength(20);

    await reload();
    await start();
    expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(await call('/api/echo')).toMatchObject(ok);

    await server.authority.endUserSessions('id-ann');
    expect(await call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError' });
    expect(await session()).toMatchObject({ status: 'relogin-required', reason: 'revoked' });
    expect(await signIn('ann')).toMatchObject({ status: 200 });
    expect(await call('/api/echo')).toMatchObject(ok);

    expect(await signOut()).toEqual({ confirmed: true });
    const sent = server.log.api().length;
    await reload();
    await start();
    expect(await known()).toMatchObject({ status: 'unauthenticated' });
    expect(await call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError' });
    expect(server.log.api()).toHaveLength(sent);
  });
});

inEngines(
  'BB-11: a stream as a body',
  (engine) => {
    test('is refused with a TypeError, and the server never gets its name in its place', async ({ open }) => {
      const { server, page, call } = await open(engine, { user: 'ann' });
      const refused = await page.evaluate(() => {
        const init = { method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' };
        return window.outcomeOf(() => window.auth.authFetch('/api/echo', init as RequestInit));
      });
      expect(refused).toMatchObject({ error: 'TypeError' });
      expect(await call('/api/echo')).toMatchObject(ok);
      expect(server.log.api()).toHaveLength(1);
    });
  },
  // Chromium sends streams as such.
  ['firefox', 'webkit'],
);
