import { describe, expect, it } from 'vitest';
import { networkError, never, status } from './fake-server.ts';
import { credentials, outcome, reloaded, signedInWorld, signedOutWorld, watched } from './world.ts';

const nobody = { status: 'unauthenticated', reason: 'signed-out' };

describe('a sign-out that the server has not confirmed', () => {
  const unconfirmed = async () => {
    const world = await signedInWorld();
    world.server.always('/auth/logout', networkError);
    await world.client.signOut();
    world.server.forget();
    return world;
  };

  it('REV-6 is finished by the next page before anything else', async () => {
    const world = await unconfirmed();
    const sid = world.server.session?.sid;
    world.server.always('/auth/logout', undefined);
    const { client, platform, server } = reloaded(world);
    client.start();
    await platform.advance(1000);
    expect(server.log[0]?.path).toBe('/auth/logout');
    expect(await server.log[0]?.request.clone().json()).toEqual({ sid });
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.session).toBeUndefined();
  });

  it('keeps the next page signed out where it cannot be finished either', async () => {
    const world = await unconfirmed();
    const { client, platform, server } = reloaded(world);
    client.start();
    await platform.advance(60_000);
    expect(client.getSession()).toEqual(nobody);
    expect(server.count('/auth/refresh')).toBe(0);
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
  });

  it.each([
    ['as the user leaves', true],
    ['in the same breath', false],
  ])('outlives an app that clears storage %s', async (_, asTheyLeave) => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    server.always('/auth/logout', networkError);
    if (asTheyLeave) client.onUserLeft(() => platform.stored.clear());
    void client.signOut();
    if (!asTheyLeave) platform.stored.clear();
    await platform.advance(100);
    server.always('/auth/logout', undefined);
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(server.session).toBeUndefined();
    expect(next.client.getSession().status).toBe('unauthenticated');
  });

  it('is tried again by this page, though storage was cleared', async () => {
    const { platform, server } = await unconfirmed();
    server.always('/auth/logout', undefined);
    platform.stored.clear();
    await platform.advance(60_000);
    expect(server.session).toBeUndefined();
  });

  it('is not brought back over somebody who has signed in elsewhere', async () => {
    const world = await unconfirmed();
    world.server.always('/auth/logout', undefined);
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    await next.client.signIn(credentials('bob'));
    world.server.attach(world.platform.clock);
    world.platform.happen('visible');
    await world.platform.advance(60_000);
    expect(world.server.session?.user).toBe('bob');
    expect([...world.platform.stored.keys()].join()).not.toContain('sign-out');
  });

  it('shows the next page that nobody is here after a second, though the server hangs', async () => {
    const world = await unconfirmed();
    world.server.always('/auth/logout', never);
    const { client, platform, server } = reloaded(world);
    client.start();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1000);
    expect(client.getSession()).toEqual(nobody);
    expect(await call).toBe('UnauthenticatedError');
    expect(server.count('/auth/logout')).toBe(1);
  });

  it.each(['online', 'visible', 'resumed', 'restored'] as const)(
    'is finished by this page when it is %s',
    async (event) => {
      const { platform, server, client, events } = await unconfirmed();
      server.always('/auth/logout', undefined);
      platform.happen(event);
      await platform.advance(1000);
      expect(server.session).toBeUndefined();
      expect(events.at(-1)).toEqual({ type: 'sign-out-finished', confirmed: true });
      platform.happen(event);
      await platform.advance(100);
      expect(server.count('/auth/logout')).toBe(1);
      expect(client.getSession()).toEqual(nobody);
    },
  );

  it('is finished before `refresh` asks', async () => {
    const { client, server } = await unconfirmed();
    server.always('/auth/logout', undefined);
    expect(await outcome(client.refresh())).toBe('RefreshRejectedError');
    expect(server.log.map(({ path }) => path)).toEqual(['/auth/logout', '/auth/refresh']);
  });

  it('keeps `refresh`, which asks the server, from bringing the session back (C-2)', async () => {
    const { client, server } = await unconfirmed();
    expect(await outcome(client.refresh())).toBe('UnauthenticatedError');
    expect(server.count('/auth/refresh')).toBe(1);
    expect(client.getSession()).toEqual(nobody);
  });

  it('is dropped by a sign-in, and never hits who has signed in', async () => {
    const world = await unconfirmed();
    const { client, platform, server } = world;
    await client.signIn(credentials('bob'));
    server.forget();
    server.always('/auth/logout', undefined);
    platform.happen('visible');
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(server.count('/auth/logout')).toBe(0);
    expect(next.client.getSession().claims?.sub).toBe('bob');
  });
});

describe('a sign-in', () => {
  it('RT-18 that a sign-out overtakes is void after a reload, too, though the server could not be told', async () => {
    const world = await signedOutWorld();
    const { client, platform, server } = world;
    server.next('/auth/login', server.late(5000));
    server.next('/auth/logout', status(204), status(503));
    const signIn = outcome(client.signIn(credentials('ann')));
    await platform.advance(100);
    void client.signOut();
    await platform.advance(20_000);
    expect(await signIn).toBe('UnauthenticatedError');
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(next.client.getSession().status).toBe('unauthenticated');
  });

  it('while a sign-out is under way waits for it, and stands', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', server.late(1000));
    void client.signOut();
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(900);
    expect(server.count('/auth/login')).toBe(0);
    await platform.advance(60_000);
    expect(await signIn).toMatchObject({ claims: { sub: 'bob' } });
    expect(client.getSession().claims?.sub).toBe('bob');
    expect(server.session?.user).toBe('bob');
  });

  it('is possible though a sign-out hangs', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', never);
    void client.signOut();
    const signIn = watched(client.signIn(credentials('bob')));
    await platform.advance(3100);
    expect(signIn.settled).toBe(true);
    await platform.advance(60_000);
    expect(client.getSession().claims?.sub).toBe('bob');
  });

  it('RT-18 that a sign-out overtakes is void, and its session is ended at the server', async () => {
    const world = await signedOutWorld();
    const { client, platform, server } = world;
    server.next('/auth/login', server.late(5000));
    const signIn = outcome(client.signIn(credentials('ann')));
    await platform.advance(100);
    expect(await Promise.race([client.signOut(), platform.advance(10_000)])).toEqual({ confirmed: true });
    await platform.advance(10_000);
    expect(await signIn).toBe('UnauthenticatedError');
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.session).toBeUndefined();
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(next.client.getSession().status).toBe('unauthenticated');
  });
});

describe('a sign-out without a name for the session', () => {
  it('RT-18 ends the session of a sign-in that it overtook, though it was itself still unanswered', async () => {
    const world = await signedOutWorld({ server: { namesSession: false } });
    const { client, platform, server } = world;
    server.next(
      '/auth/login',
      server.late(0, async (asked) => {
        await new Promise<void>((resolve) => platform.clock.setTimer(resolve, 5000));
        return server.usual(asked);
      }),
    );
    server.next('/auth/logout', server.late(6000));
    const signIn = outcome(client.signIn(credentials('ann')));
    await platform.advance(100);
    void client.signOut();
    await platform.advance(30_000);
    expect(await signIn).toBe('UnauthenticatedError');
    expect(server.session).toBeUndefined();
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(next.client.getSession().status).toBe('unauthenticated');
  });

  it('of a session that came about too late outlives an app that clears storage', async () => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    server.next('/auth/login', server.late(1000));
    void outcome(client.signIn(credentials('bob')));
    await platform.advance(10);
    await client.signOut();
    server.always('/auth/logout', networkError);
    await platform.advance(1000);
    expect(server.session?.user).toBe('bob');
    platform.stored.clear();
    server.always('/auth/logout', undefined);
    platform.happen('visible');
    await platform.advance(60_000);
    expect(server.session).toBeUndefined();
  });

  it('is not confirmed for a session that came about later by an answer to the one before', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { namesSession: false } });
    server.next('/auth/logout', server.late(9000));
    void client.signOut();
    server.next('/auth/login', server.late(5000));
    const signIn = outcome(client.signIn(credentials('ann')));
    await platform.advance(4000);
    void client.signOut();
    await platform.advance(30_000);
    expect(await signIn).toBe('UnauthenticatedError');
    expect(server.count('/auth/logout')).toBe(2);
    expect(server.session).toBeUndefined();
  });
});
