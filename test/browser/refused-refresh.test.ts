import { describe, expect } from 'vitest';
import { delay } from './harness/faults.ts';
import type { TestServer } from './harness/server.ts';
import { test } from './harness/world.ts';

const sidOf = (server: TestServer): string => {
  const signedIn = server.events.find(({ type }) => type === 'signed-in');
  return signedIn !== undefined && 'sid' in signedIn ? String(signedIn.sid) : '';
};

describe.concurrent('a refresh that is refused for good', () => {
  test.for([0, 700])(
    'after %i ms rejects 50 waiting calls, is asked once, and leaves the user locked out',
    async (tookMs, { open }) => {
      const { server, call, calls, session, told, page } = await open({ user: 'ann' });
      const before = server.log.refreshes().length;
      await server.authority.endSession(sidOf(server));
      server.faults.next('/auth/refresh', { before: delay(tookMs) });
      for (const outcome of await calls(50, '/api/echo')) {
        expect(outcome).toMatchObject({ error: 'UnauthenticatedError', code: 'unauthenticated', reason: 'revoked' });
      }
      expect(await session()).toMatchObject({
        status: 'relogin-required',
        reason: 'revoked',
        claims: { user: { name: 'ann' } },
      });
      const sent = server.log.api().length;
      for (const outcome of await calls(5, '/api/echo')) expect(outcome).toMatchObject({ code: 'unauthenticated' });
      expect(await call('/api/echo')).toMatchObject({ code: 'unauthenticated' });
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1200)));
      expect(server.log.api()).toHaveLength(sent);
      expect(server.log.refreshes()).toHaveLength(before + 1);
      expect((await told()).filter((line) => line.startsWith('shown relogin-required'))).toHaveLength(1);
      expect(await told()).not.toContain('left ann');
    },
  );

  test('is told apart from a network that is gone', async ({ open }) => {
    const { server, call, session } = await open({ user: 'ann', client: { refreshTimeoutMs: 1000 } });
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', { drop: true }, 50);
    expect(await call('/api/echo')).toMatchObject({ error: 'RefreshUnavailableError', code: 'refresh_unavailable' });
    expect(await session()).toMatchObject({ status: 'authenticated', problem: { kind: 'network' } });
  });

  test('ends with a sign-in of the same user, and calls go on', async ({ open }) => {
    const { server, call, signIn, session, told } = await open({ user: 'ann' });
    await server.authority.endSession(sidOf(server));
    expect(await call('/api/echo')).toMatchObject({ code: 'unauthenticated' });
    expect(await signIn('ann')).toMatchObject({ status: 200 });
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-ann' } });
    expect(await session()).toMatchObject({ status: 'authenticated' });
    expect(await told()).not.toContain('left ann');
  });
});
