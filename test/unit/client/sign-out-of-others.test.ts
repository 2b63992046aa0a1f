import { describe, expect, it } from 'vitest';
import { type FakeServer, networkError, never, status } from './fake-server.ts';
import { credentials, outcome, reloaded, signedInWorld, type World } from './world.ts';

/** Ann has signed out, and the server does not know. */
const unconfirmed = async (): Promise<World> => {
  const world = await signedInWorld();
  world.server.always('/auth/logout', networkError);
  await world.client.signOut();
  world.server.forget();
  return world;
};

describe('while a sign-out is pending, somebody else who signs in', () => {
  it('by a redirect is signed in on the next page, once the sign-out is confirmed', async () => {
    const world = await unconfirmed();
    world.server.enter('bob');
    world.server.always('/auth/logout', undefined);
    const { client, platform, server } = reloaded(world);
    client.start();
    await platform.advance(1000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(server.log.map(({ path }) => path)).toEqual(['/auth/logout', '/auth/refresh']);
  });

  it('by a redirect is signed in as soon as the server can confirm it', async () => {
    const world = await unconfirmed();
    world.server.enter('bob');
    const { client, platform, server, sessions } = reloaded(world);
    client.start();
    await platform.advance(5000);
    expect(client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    server.always('/auth/logout', undefined);
    await platform.advance(40_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(sessions.map((session) => session.status)).toEqual(['unauthenticated', 'authenticated']);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('by a redirect is signed in, though the word on the sign-out comes late', async () => {
    const world = await unconfirmed();
    world.server.enter('bob');
    world.server.always('/auth/logout', undefined);
    const { client, platform, server } = reloaded(world);
    server.next('/auth/logout', server.late(20_000));
    client.start();
    await platform.advance(19_000);
    expect(client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    await platform.advance(2000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
  });

  it('on another origin is not signed out by it', async () => {
    const { platform, server } = await unconfirmed();
    const { sid } = server.enter('bob');
    server.always('/auth/logout', undefined);
    platform.happen('online');
    await platform.advance(1000);
    expect(server.count('/auth/logout')).toBe(1);
    expect(server.session?.sid).toBe(sid);
  });

  it('here is not signed out by it, however late it arrives', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', never);
    void client.signOut();
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(3000);
    expect(await signIn).toMatchObject({ claims: { sub: 'bob' } });
    server.always('/auth/logout', undefined);
    await platform.advance(600_000);
    expect(client.getSession().claims?.sub).toBe('bob');
    expect(server.session?.user).toBe('bob');
  });
});

describe('once the sign-out of a page before is confirmed', () => {
  it('nobody being there is nothing new, and asked for once', async () => {
    const world = await unconfirmed();
    const { client, platform, server, sessions } = reloaded(world);
    client.start();
    await platform.advance(5000);
    server.always('/auth/logout', undefined);
    await platform.advance(600_000);
    expect(server.count('/auth/refresh')).toBe(1);
    expect(sessions).toEqual([{ status: 'unauthenticated', reason: 'signed-out' }]);
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
  });

  it('who is there is asked for until the server can say it', async () => {
    const world = await unconfirmed();
    world.server.enter('bob');
    const { client, platform, server } = reloaded(world);
    client.start();
    await platform.advance(5000);
    server.next('/auth/refresh', status(503), networkError);
    server.always('/auth/logout', undefined);
    await platform.advance(60_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(server.count('/auth/refresh')).toBe(3);
  });
});

describe('a second sign-out', () => {
  it('while the first is under way shares its answer', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', server.late(1000));
    const both = [client.signOut(), client.signOut()];
    await platform.advance(1000);
    expect(await Promise.all(both)).toEqual([{ confirmed: true }, { confirmed: true }]);
    expect(server.count('/auth/logout')).toBe(1);
  });

  it('names the session of the first, and leaves whoever has come by a redirect alone', async () => {
    const { client, platform, server } = await signedInWorld();
    const sid = server.session?.sid;
    await client.signOut();
    server.enter('bob');
    server.forget();
    await client.signOut();
    await platform.advance(1000);
    expect(await server.log[0]?.request.clone().json()).toEqual({ sid });
    expect(server.session?.user).toBe('bob');
  });

  it.each([
    { first: 'comes late', at: (server: FakeServer) => server.late(8000) },
    { first: 'never comes', at: () => never },
  ])(
    'by the next user is another one, though neither session has a name and the first answer $first',
    async ({ at }) => {
      const { client, platform, server } = await signedInWorld('ann', { server: { namesSession: false } });
      server.next('/auth/logout', at(server));
      void client.signOut();
      const signIn = client.signIn(credentials('bob'));
      await platform.advance(4000);
      await signIn;
      const signOut = client.signOut();
      await platform.advance(30_000);
      expect(await signOut).toEqual({ confirmed: true });
      expect(server.count('/auth/logout')).toBe(2);
      expect(server.session).toBeUndefined();
    },
  );

  it('after the first tells nobody’s caches to clear twice', async () => {
    const { client, left, sessions } = await signedInWorld();
    await client.signOut();
    expect(await client.signOut()).toEqual({ confirmed: true });
    expect(left).toHaveLength(1);
    expect(sessions).toHaveLength(1);
  });
});

describe('with the server down, a sign-out', () => {
  it.each([
    ['refused', networkError],
    ['hanging', never],
  ])('shows nobody at once, says `confirmed: false`, and so do the events: %s', async (_, answer) => {
    const { client, platform, server, events } = await signedInWorld();
    server.always('/auth/logout', answer);
    const signOut = client.signOut();
    expect(client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    await platform.advance(10_000);
    expect(await signOut).toEqual({ confirmed: false });
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['session-ended', 'sign-out-finished']);
    expect(events[1]).toEqual({ type: 'sign-out-finished', confirmed: false });
  });
});
