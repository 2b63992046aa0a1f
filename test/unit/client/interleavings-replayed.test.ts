import { describe, expect, it } from 'vitest';
import { outcome, signedInWorld, watched } from './world.ts';

describe('a listener that signs out when it is told of a replay', () => {
  it('keeps it from being sent: no token is used after a sign-out', async () => {
    const { client, platform, server } = await signedInWorld();
    client.onEvent(({ type }) => {
      if (type === 'call-replayed') void client.signOut();
    });
    server.revokeTokens();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1000);
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.count('/api')).toBe(1);
    expect(await call).toBe('UnauthenticatedError');
  });
});

describe('a keepalive call whose 401 is slow to be read', () => {
  it('is not replayed where the user has signed out meanwhile', async () => {
    const { client, platform, server } = await signedInWorld();
    let end = () => {};
    server.next('/api', () => {
      const body = new ReadableStream({
        start: (controller) => {
          end = () => controller.close();
        },
      });
      return new Response(body, { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } });
    });
    const call = outcome(client.authFetch('/api', { method: 'POST', body: 'x', keepalive: true }));
    await platform.advance(500);
    expect(server.count('/auth/refresh')).toBe(1);
    void client.signOut();
    end();
    await platform.advance(1000);
    expect(server.count('/api')).toBe(1);
    expect(await call).toBe('UnauthenticatedError');
  });

  it('settles in bounded time, even where that never ends', async () => {
    const { client, platform, server } = await signedInWorld();
    const headers = { 'WWW-Authenticate': 'Bearer' };
    server.next('/api', () => new Response(new ReadableStream(), { status: 401, headers }));
    const call = watched(client.authFetch('/api', { method: 'POST', body: 'x', keepalive: true }));
    await platform.advance(120_000);
    expect(call.settled).toBe(true);
  });
});
