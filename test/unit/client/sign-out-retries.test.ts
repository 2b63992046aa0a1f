import { describe, expect, it } from 'vitest';
import { type Answer, never, status } from './fake-server.ts';
import { createWorld, credentials, outcome, reloaded, signedInWorld, signedOutWorld } from './world.ts';

describe('sign-out', () => {
  it('beats a sign-in made just before it', async () => {
    const { client, platform, server } = await signedOutWorld();
    const signIn = outcome(client.signIn(credentials('ann')));
    void client.signOut();
    await platform.advance(5000);
    expect(await signIn).toBe('UnauthenticatedError');
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.count('/auth/login')).toBe(0);
  });

  it('that failed is tried again while the page stays open', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', status(503));
    expect(await client.signOut()).toEqual({ confirmed: false });
    await platform.advance(60_000);
    expect(server.count('/auth/logout')).toBe(2);
    expect([...platform.stored.keys()].join()).not.toContain('sign-out');
  });

  it('that hangs is tried again after a minute, since its request may be lost', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', never);
    void client.signOut();
    await platform.advance(71_000);
    expect(server.count('/auth/logout')).toBe(2);
    expect(server.session).toBeUndefined();
    expect(platform.timers()).toBe(0);
  });

  it('is tried again no earlier than the server asks for', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/auth/logout', status(503, {}, { 'Retry-After': '120' }));
    await client.signOut();
    await platform.advance(119_000);
    expect(server.count('/auth/logout')).toBe(1);
    await platform.advance(2000);
    expect(server.count('/auth/logout')).toBe(2);
  });

  it.each<[string, Answer, number]>([
    ['once a second at most', status(503), 10],
    ['once within the `Retry-After` of the server', status(429, {}, { 'Retry-After': '60' }), 1],
  ])('that fails is sent %s, however often the page is woken', async (_, answer, most) => {
    const { client, platform, server } = await signedInWorld();
    server.always('/auth/logout', answer);
    void client.signOut();
    for (let n = 0; n < 95; n++) {
      await platform.advance(100);
      platform.happen('online');
      platform.happen('visible');
    }
    expect(server.count('/auth/logout')).toBeLessThanOrEqual(most);
  });

  it('leaves no timer behind when the client is stopped before it is confirmed', async () => {
    const { client, platform, server } = createWorld();
    const stop = client.start();
    await platform.advance(100);
    await client.signIn(credentials('ann'));
    server.always('/auth/logout', status(503));
    await client.signOut();
    stop();
    await platform.advance(0);
    expect(platform.timers()).toBe(0);
  });

  it('counts an answer that comes after the user was told that it is unconfirmed', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/logout', server.late(12_000));
    const signOut = client.signOut();
    await platform.advance(10_000);
    expect(await signOut).toEqual({ confirmed: false });
    await platform.advance(2500);
    expect([...platform.stored.keys()].join()).not.toContain('sign-out');
  });

  it('that was overtaken leaves a user alone who has signed in since', async () => {
    const world = await signedOutWorld();
    const { client, platform, server } = world;
    server.next('/auth/login', server.late(6000));
    const first = outcome(client.signIn(credentials('ann')));
    await platform.advance(100);
    void client.signOut();
    const second = client.signIn(credentials('bob'));
    server.always('/auth/logout', status(503));
    await platform.advance(20_000);
    expect(await first).toBe('UnauthenticatedError');
    expect(await second).toMatchObject({ status: 'authenticated' });
    expect([...platform.stored.keys()].join()).not.toContain('sign-out');
  });

  it('without a name for the session is not sent any more if somebody has signed in while it waited', async () => {
    const { client, platform, server } = await signedInWorld('ann', {
      server: { form: 'opaque', namesSession: false },
    });
    server.next('/auth/logout', status(503));
    await client.signOut();
    server.next('/auth/login', server.late(1500));
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(10_000);
    expect(await signIn).toMatchObject({ status: 'authenticated' });
    expect(server.count('/auth/logout')).toBe(1);
  });

  it('to a server that has no such endpoint is given up, and locks nobody out', async () => {
    const world = await signedInWorld();
    world.server.always('/auth/logout', status(404));
    expect(await world.client.signOut()).toEqual({ confirmed: false });
    const { client, platform } = reloaded(world);
    client.start();
    await platform.advance(1000);
    expect(client.getSession().status).toBe('authenticated');
  });
});
