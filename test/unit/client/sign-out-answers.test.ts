import { describe, expect, it } from 'vitest';
import { type Answer, networkError, never, opaqueRedirect, status } from './fake-server.ts';
import { createWorld, credentials, outcome, reloaded, signedInWorld, type World } from './world.ts';

const nobody = { status: 'unauthenticated', reason: 'signed-out' };
const html = { 'Content-Type': 'text/html' };

const inPlaceOfTheServer: [string, Answer][] = [
  ['a proxy that asks for a password', status(401, {}, { 'WWW-Authenticate': 'Basic realm="proxy"' })],
  ['a page of HTML', status(200, '<html></html>', html)],
  ['an empty page', status(200, '', html)],
  ['a redirect', opaqueRedirect],
  ['a firewall', status(403, '<html></html>', html)],
];

const isKept = ({ platform }: World) => [...platform.stored.keys()].some((key) => key.endsWith(':sign-out'));

describe('a sign-out that is answered by', () => {
  it.each(inPlaceOfTheServer)(
    '%s is not confirmed while the session lives, and is tried again (C-1)',
    async (_, by) => {
      const world = await signedInWorld();
      const { client, platform, server } = world;
      server.next('/auth/logout', by);
      const signOut = client.signOut();
      await platform.advance(600);
      expect(await signOut).toEqual({ confirmed: false });
      expect(isKept(world)).toBe(true);
      await platform.advance(10_000);
      expect(server.log.map(({ path }) => path)).toEqual(['/auth/logout', '/auth/refresh', '/auth/logout']);
      expect(server.session).toBeUndefined();
      expect(isKept(world)).toBe(false);
      expect(client.getSession()).toEqual(nobody);
    },
  );

  it.each(inPlaceOfTheServer.slice(0, 4))('%s for ever keeps the next page signed out (C-1)', async (_, by) => {
    const world = await signedInWorld();
    world.server.always('/auth/logout', by);
    void world.client.signOut();
    await world.platform.advance(1000);
    const { client, platform, sessions } = reloaded(world);
    client.start();
    await platform.advance(600_000);
    expect(client.getSession()).toEqual(nobody);
    expect(sessions).toEqual([nobody]);
  });

  it.each([
    ['401', status(401, { error: 'invalid_grant' })],
    ['204', status(204)],
  ])('something else is confirmed by one refresh that is answered %s (C-1)', async (_, gone) => {
    const world = await signedInWorld();
    const { client, platform, server, events } = world;
    server.next('/auth/logout', opaqueRedirect);
    server.next('/auth/refresh', gone);
    const signOut = client.signOut();
    await platform.advance(600);
    expect(await signOut).toEqual({ confirmed: true });
    await platform.advance(600_000);
    expect(server.log.map(({ path }) => path)).toEqual(['/auth/logout', '/auth/refresh']);
    expect(isKept(world)).toBe(false);
    expect(events.at(-1)).toEqual({ type: 'sign-out-finished', confirmed: true });
  });

  it('something else, on the next page, is decided by a refresh of that page (C-1)', async () => {
    const world = await signedInWorld();
    world.server.next('/auth/logout', networkError, opaqueRedirect);
    await world.client.signOut();
    const next = reloaded(world);
    next.server.next('/auth/refresh', status(204));
    next.client.start();
    await next.platform.advance(5000);
    expect(next.server.count('/auth/logout')).toBe(2);
    expect(isKept(next)).toBe(false);
    expect(next.client.getSession()).toEqual(nobody);
  });

  it('something else waits for a refresh that can tell (C-1)', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', opaqueRedirect);
    server.next('/auth/refresh', status(503), networkError, status(204));
    const signOut = client.signOut();
    await platform.advance(9000);
    expect(await signOut).toEqual({ confirmed: true });
    expect([server.count('/auth/logout'), server.count('/auth/refresh')]).toEqual([1, 3]);
  });

  it('something else settles in bounded time, though the refresh is never answered (C-1)', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', opaqueRedirect);
    server.always('/auth/refresh', never);
    const signOut = client.signOut();
    await platform.advance(10_000);
    expect(await signOut).toEqual({ confirmed: false });
  });

  it('something else, once somebody has signed in again, asks for no refresh (C-1)', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', server.late(4000, opaqueRedirect));
    void client.signOut();
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(10_000);
    expect(await signIn).toMatchObject({ claims: { sub: 'bob' } });
    expect(server.count('/auth/refresh')).toBe(0);
    expect(client.getSession().claims?.sub).toBe('bob');
  });
});

describe('a sign-out that the server refuses', () => {
  it.each([400, 403, 404, 405, 410, 431, 501])('with %i is given up after three tries (C-2)', async (code) => {
    const world = await signedInWorld();
    const { client, platform, server, events } = world;
    server.always('/auth/logout', status(code));
    expect(await client.signOut()).toEqual({ confirmed: false });
    expect(isKept(world)).toBe(true);
    await platform.advance(600_000);
    expect(server.count('/auth/logout')).toBe(3);
    expect(isKept(world)).toBe(false);
    expect(events.slice(-2)).toEqual([
      { type: 'sign-out-finished', confirmed: false },
      { type: 'sign-out-given-up', status: code },
    ]);
    expect(client.getSession()).toEqual(nobody);
  });

  it('by a page of HTML counts once a refresh has shown that the session lives (C-2)', async () => {
    const { client, platform, server, events } = await signedInWorld();
    server.always('/auth/logout', status(404, '<html>Cannot POST</html>', html));
    void client.signOut();
    await platform.advance(600_000);
    expect([server.count('/auth/logout'), server.count('/auth/refresh')]).toEqual([3, 3]);
    expect(events.at(-1)).toEqual({ type: 'sign-out-given-up', status: 404 });
  });

  it('counts its refusals across pages (C-2)', async () => {
    let world = await signedInWorld();
    world.server.always('/auth/logout', status(403));
    await world.client.signOut();
    world = reloaded(world);
    world.client.start();
    await world.platform.advance(10);
    world = reloaded(world);
    world.client.start();
    await world.platform.advance(10);
    expect(world.server.count('/auth/logout')).toBe(3);
    expect(isKept(world)).toBe(false);
  });
});

describe('while a sign-out is refused for ever, somebody who signs in', () => {
  const refusedForEver = async (options = {}) => {
    const world = await signedInWorld('ann', options);
    world.server.always('/auth/logout', status(403));
    await world.client.signOut();
    world.server.forget();
    return world;
  };

  it.each([
    ['as the same user', 'ann'],
    ['as somebody else', 'bob'],
  ])('by a redirect, %s, is signed in at once, and the old entry is dropped (C-2)', async (_, user) => {
    const world = await refusedForEver();
    world.server.enter(user);
    const next = reloaded(world);
    next.platform.cameByRedirect = true;
    next.client.start();
    await next.platform.advance(100);
    expect(next.client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: user } });
    expect(next.sessions.map((session) => session.status)).toEqual(['authenticated']);
    expect(isKept(next)).toBe(false);
    await next.platform.advance(60_000);
    expect(next.server.session?.user).toBe(user);
  });

  it('by a redirect that the browser does not tell of is signed in within seconds (C-2)', async () => {
    const world = await refusedForEver();
    world.server.enter('bob');
    const { client, platform } = reloaded(world);
    client.start();
    await platform.advance(10_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
  });

  it('on another page is found by `refresh` (C-2)', async () => {
    const world = await refusedForEver();
    const { client, server } = world;
    server.enter('bob');
    expect(await client.refresh()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(isKept(world)).toBe(false);
    expect(server.session?.user).toBe('bob');
  });

  it('is not signed out where neither session has a name (C-2)', async () => {
    const world = await refusedForEver({ server: { namesSession: false } });
    world.server.enter('bob');
    world.server.always('/auth/logout', undefined);
    const next = reloaded(world);
    next.platform.cameByRedirect = true;
    next.client.start();
    await next.platform.advance(60_000);
    expect(next.client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(next.server.session?.user).toBe('bob');
    expect(next.server.count('/auth/logout')).toBe(0);
  });
});

describe('a user whose sessions have no names, and whose sign-out is never answered well', () => {
  const dayMs = 86_400_000;

  it.each([
    ['a failure', status(500)],
    ['a page of HTML', status(200, '<html></html>', html)],
  ])('is let in again, by a redirect, once a day has passed: %s (C-2)', async (_, answer) => {
    const world = await signedInWorld('ann', { server: { namesSession: false } });
    world.server.always('/auth/logout', answer);
    void world.client.signOut();
    await world.platform.advance(1000);
    world.platform.setWall(dayMs + 1000);
    world.server.enter('ann');
    const next = reloaded(world);
    next.platform.cameByRedirect = true;
    next.client.start();
    await next.platform.advance(1000);
    expect(next.client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'ann' } });
    expect(isKept(next)).toBe(false);
  });
});

describe('a page reached by a redirect while a sign-out is pending', () => {
  it.each([{ namesSession: true }, { namesSession: false }])(
    'shows nobody where the session is still the old one, and ends it (C-2, %j)',
    async (options) => {
      const world = await signedInWorld('ann', { server: options });
      world.server.next('/auth/logout', networkError, ...(options.namesSession ? [networkError] : []));
      await world.client.signOut();
      const { client, platform, server, sessions } = reloaded(world);
      platform.cameByRedirect = true;
      client.start();
      await platform.advance(10_000);
      expect(client.getSession().status).toBe('unauthenticated');
      expect(sessions.map((session) => session.status)).not.toContain('authenticated');
      expect(server.session).toBeUndefined();
      expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
    },
  );

  it('goes on asking while the server cannot say who is there (C-2)', async () => {
    const world = await signedInWorld();
    world.server.always('/auth/logout', networkError);
    await world.client.signOut();
    world.server.enter('bob');
    world.server.next('/auth/refresh', status(503), networkError);
    const { client, platform } = reloaded(world);
    platform.cameByRedirect = true;
    client.start();
    await platform.advance(10_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
  });
});

describe('the result of a sign-out', () => {
  it('has the JSON of the server’s answer as its body (C-28)', async () => {
    const { client, server } = await signedInWorld();
    const body = { logoutUrl: 'https://idp.example/logout' };
    server.next('/auth/logout', status(200, body));
    expect(await client.signOut()).toStrictEqual({ confirmed: true, body });
  });

  it('has no body where there is none (C-28)', async () => {
    const { client } = await signedInWorld();
    expect(await client.signOut()).toStrictEqual({ confirmed: true });
  });

  it('has the body in every call that shares the answer (C-28)', async () => {
    const { client, server } = await signedInWorld();
    server.next('/auth/logout', status(200, { logoutUrl: '/bye' }));
    const both = await Promise.all([client.signOut(), client.signOut()]);
    expect(both.map(({ body }) => body)).toEqual([{ logoutUrl: '/bye' }, { logoutUrl: '/bye' }]);
  });

  it('is not confirmed where `endpoints.signOut` gives no Response, which is reported (C-34)', async () => {
    const { client, platform } = createWorld({ client: { endpoints: { signOut: async () => ({}) as never } } });
    client.start();
    await platform.advance(100);
    expect(await client.signOut()).toEqual({ confirmed: false });
    expect(String(platform.reported[0])).toContain('`endpoints.signOut` must resolve with the Response');
  });
});
