import { describe, expect, it } from 'vitest';
import { networkError, never, status } from './fake-server.ts';
import { atExpiry, createWorld, outcome, reloaded, signedInWorld, signedOutWorld } from './world.ts';

const nobody = { status: 'unauthenticated', reason: 'signed-out' };

describe('a sign-out', () => {
  it('RT-18 is final while nobody knows yet who is signed in', async () => {
    const world = createWorld();
    const { client, platform, server } = world;
    server.enter('ann');
    server.next('/auth/refresh', server.late(5000));
    client.start();
    await platform.advance(100);
    const signOut = client.signOut();
    expect(client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    await platform.advance(20_000);
    expect(await signOut).toEqual({ confirmed: true });
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.session).toBeUndefined();
  });

  it('is final before the start', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const signOut = client.signOut();
    client.start();
    await platform.advance(20_000);
    expect(await signOut).toEqual({ confirmed: true });
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.session).toBeUndefined();
  });

  it('in the same breath as a call lets no token out after it', async () => {
    const { client, server } = await signedInWorld();
    const call = outcome(client.authFetch('/api'));
    const signOut = client.signOut();
    await Promise.all([call, signOut]);
    const order = server.log.map(({ path }) => path);
    expect(order.indexOf('/api')).toBeLessThan(order.indexOf('/auth/logout'));
  });

  it('takes effect within the call', async () => {
    const { client, sessions, left } = await signedInWorld();
    const signOut = client.signOut();
    expect(client.getSession()).toEqual(nobody);
    expect([sessions, left.map((claims) => claims?.sub)]).toEqual([[nobody], ['ann']]);
    expect(await signOut).toEqual({ confirmed: true });
  });

  it('is sent within the call, with the name of the session and so that it outlives the page', async () => {
    const { client, server } = await signedInWorld();
    const sid = server.session?.sid;
    const signOut = client.signOut();
    const [{ request } = {}] = server.asked('/auth/logout');
    expect([request?.method, request?.keepalive, request?.credentials]).toEqual(['POST', true, 'include']);
    expect(await request?.clone().json()).toEqual({ sid });
    await signOut;
    expect(server.session).toBeUndefined();
  });

  it('names a session that the server names by a number (C-38)', async () => {
    const { client, server } = await signedOutWorld();
    await client.completeSignIn({ access_token: 'abc', sid: 42 });
    await client.signOut();
    expect(await server.asked('/auth/logout')[0]?.request.clone().json()).toEqual({ sid: '42' });
  });

  it('on a page that is still loading is sent within the call, with the name that the record has', async () => {
    const { client, platform, server } = reloaded(await signedInWorld());
    const sid = server.session?.sid;
    server.next('/auth/refresh', server.late(5000));
    client.start();
    await platform.advance(100);
    void client.signOut();
    expect(await server.asked('/auth/logout')[0]?.request.clone().json()).toEqual({ sid });
  });

  it('on a page that somebody may have signed in on the way to does not take the name from the record', async () => {
    const { client, platform, server } = reloaded(await signedInWorld());
    platform.cameByRedirect = true;
    server.next('/auth/refresh', server.late(5000));
    client.start();
    await platform.advance(100);
    void client.signOut();
    await platform.advance(5000);
    expect(await server.asked('/auth/logout')[0]?.request.clone().text()).toBe('');
  });

  it('lets no call go out afterwards', async () => {
    const { client, server } = await signedInWorld();
    void client.signOut();
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
    expect(await outcome(client.getAccessToken())).toBe('UnauthenticatedError');
    expect(server.calls()).toHaveLength(0);
  });

  it('rejects the calls that wait', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', server.late(5000));
    server.revokeTokens();
    const call = client.authFetch('/api');
    await platform.advance(100);
    void client.signOut();
    await expect(call).rejects.toMatchObject({ code: 'unauthenticated', reason: 'signed-out' });
  });

  it('ignores a DOM event as its argument', async () => {
    const { client } = await signedInWorld();
    expect(await (client.signOut as (event: unknown) => Promise<unknown>)(new Event('click'))).toEqual({
      confirmed: true,
    });
  });

  it.each([
    ['network error', networkError],
    ['503', status(503)],
    ['CSRF refusal', status(403)],
  ])('REV-6 takes effect here though the server cannot be told: %s', async (_, answer) => {
    const { client, server, events } = await signedInWorld();
    server.always('/auth/logout', answer);
    expect(await client.signOut()).toEqual({ confirmed: false });
    expect(client.getSession()).toEqual(nobody);
    expect(events.at(-1)).toEqual({ type: 'sign-out-finished', confirmed: false });
  });

  it('REV-6 settles in bounded time though the server never answers', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/auth/logout', never);
    const signOut = client.signOut();
    await platform.advance(10_000);
    expect(await signOut).toEqual({ confirmed: false });
  });

  it('twice is one', async () => {
    const { client, server, left, sessions } = await signedInWorld();
    const both = await Promise.all([client.signOut(), client.signOut()]);
    expect(both).toEqual([{ confirmed: true }, { confirmed: true }]);
    expect([server.count('/auth/logout'), left.length, sessions.length]).toEqual([1, 1, 1]);
  });

  it('of nobody is told to the server, who may know better', async () => {
    const { client, server } = await signedOutWorld();
    server.enter('ann');
    expect(await client.signOut()).toEqual({ confirmed: true });
    expect(server.session).toBeUndefined();
  });

  it('without a name for the session waits for a refresh under way, 2 s at most', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { namesSession: false } });
    server.next('/auth/refresh', server.late(60_000));
    const refreshed = outcome(client.refresh());
    await platform.advance(100);
    const signOut = client.signOut();
    expect(await refreshed).toBe('RefreshRejectedError');
    await platform.advance(1900);
    expect(server.count('/auth/logout')).toBe(0);
    await platform.advance(200);
    expect(await signOut).toEqual({ confirmed: true });
    expect(server.count('/auth/logout')).toBe(1);
  });
});

describe('RT-18 a sign-out during a refresh', () => {
  it('is sent within the call, and waits for nothing', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', never);
    void outcome(client.refresh());
    await platform.advance(100);
    const signOut = client.signOut();
    expect(server.count('/auth/logout')).toBe(1);
    expect(await signOut).toEqual({ confirmed: true });
  });

  it('begins none for the calls whose wait it ends', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', status(503, {}, { 'Retry-After': '20' }));
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1000);
    void client.signOut();
    await platform.advance(5000);
    expect(await call).toBe('UnauthenticatedError');
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it.each([
    ['is answered with a token later', 1000],
    ['is answered with a token much later', 30_000],
  ])('leaves nobody signed in, here or after a reload, though the refresh %s', async (_, ms) => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    server.next('/auth/refresh', server.late(ms));
    const refreshed = outcome(client.refresh());
    await platform.advance(500);
    void client.signOut();
    await platform.advance(60_000);
    expect(client.getSession()).toEqual(nobody);
    expect(await refreshed).toBe('RefreshRejectedError');
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(60_000);
    expect(next.client.getSession().status).toBe('unauthenticated');
  });
});

it('a sign-out where there is no page resolves', async () => {
  const { client, platform } = createWorld();
  platform.address = undefined;
  expect(await client.signOut()).toEqual({ confirmed: false });
});
