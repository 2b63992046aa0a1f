import { describe, expect, it } from 'vitest';
import { networkError, refused, status } from './fake-server.ts';
import { keptFaults } from './fault-rows.ts';
import { facing, situationOf, situations } from './fault-situations.ts';
import { createWorld, outcome, signedInWorld, times, type World } from './world.ts';

describe('the problem of a session', () => {
  it('is shown once an attempt, with its number and the next instant, and nothing else is', async () => {
    const { client, platform, server, sessions } = await signedInWorld();
    platform.nextRandom = 1;
    server.next('/auth/refresh', networkError, status(503), status(503));
    await platform.advance(239_000 + 10_000);
    const facts = sessions.map((session) => ('problem' in session ? session.problem : undefined));
    expect(facts).toEqual([
      { kind: 'network', attempts: 1, retryAt: expect.any(Number) },
      { kind: 'status', status: 503, attempts: 2, retryAt: expect.any(Number) },
      { kind: 'status', status: 503, attempts: 3, retryAt: expect.any(Number) },
      undefined,
    ]);
    expect(client.getSession()).toBe(sessions.at(-1));
  });

  it('is shown no more often for calls, whether they succeed, wait or fail', async () => {
    const { client, platform, server, sessions } = await signedInWorld();
    server.always('/auth/refresh', status(503, {}, { 'Retry-After': '120' }));
    await platform.advance(239_000);
    for (const _ of times(119, () => 0)) {
      void outcome(client.authFetch('/api'));
      void outcome(client.getAccessToken());
      await platform.advance(1000);
    }
    expect(sessions).toHaveLength(1);
  });

  it('is shown no more often for what the page hears', async () => {
    const { platform, server, sessions } = await signedInWorld();
    server.always('/auth/refresh', status(503, {}, { 'Retry-After': '120' }));
    await platform.advance(239_000);
    for (const event of ['online', 'hidden', 'visible', 'resumed', 'restored'] as const) platform.happen(event);
    await platform.advance(60_000);
    expect(sessions).toHaveLength(1);
  });

  it('leaves the claims what they were, the same object', async () => {
    const { client, platform, server } = await signedInWorld();
    const { claims } = client.getSession();
    server.next('/auth/refresh', networkError);
    await platform.advance(239_000);
    expect(client.getSession()).toHaveProperty('problem');
    expect(client.getSession().claims).toBe(claims);
    await platform.advance(1000);
    expect(client.getSession()).not.toHaveProperty('problem');
    expect(client.getSession().claims).toBe(claims);
  });

  it('names an instant at which the next request is indeed sent', async () => {
    const { client, platform, server } = createWorld();
    platform.nextRandom = 1;
    server.always('/auth/refresh', networkError);
    client.start();
    await platform.advance(4000);
    const session = client.getSession();
    const inMs = Number('problem' in session && session.problem?.retryAt) - platform.clock.now().wallAt;
    await platform.advance(inMs - 1);
    expect(server.count('/auth/refresh')).toBe(4);
    await platform.advance(1);
    expect(server.count('/auth/refresh')).toBe(5);
  });

  it('names whole milliseconds, never sooner than the next attempt (C-69)', async () => {
    const { client, platform, server } = createWorld();
    platform.nextRandom = 0.123;
    server.always('/auth/refresh', networkError);
    client.start();
    await platform.advance(0);
    const beganAt = platform.clock.now().wallAt;
    expect(client.getSession()).toMatchObject({ problem: { retryAt: beganAt + Math.ceil(500 * 0.123) } });
  });

  it('is not known to a screen that has been told of the end of the session', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', networkError, status(401));
    await platform.advance(241_000);
    expect(client.getSession()).toEqual({
      status: 'relogin-required',
      reason: 'expired',
      claims: expect.objectContaining({ sub: 'ann' }),
      heldCalls: 0,
    });
  });

  it.each(keptFaults)('is shown twice, coming and going, when the endpoint once answers: $fault', async (row) => {
    const world = await facing(situationOf('valid'), row, 'once');
    world.sessions.length = 0;
    await situationOf('valid').refresh(world);
    await world.platform.advance(370_000);
    const shown = world.sessions.map((session) => 'problem' in session);
    expect(shown).toEqual([true, false]);
  });
});

describe('the problem of a refresh that was asked for while the token is valid, and that has failed three times', () => {
  const asks: readonly (readonly [how: string, ask: (world: World) => Promise<unknown>])[] = [
    ['by `refresh()`', ({ client }) => outcome(client.refresh())],
    [
      'by a call whose token was refused',
      ({ client, server }) => {
        server.next('/api', refused);
        return outcome(client.authFetch('/api'));
      },
    ],
  ];
  const failed = async (ask: (world: World) => Promise<unknown>): Promise<World> => {
    const world = await signedInWorld();
    world.platform.nextRandom = 1;
    world.server.always('/auth/refresh', networkError);
    const asked = ask(world);
    await world.platform.advance(1500);
    expect(await asked).toBe('RefreshUnavailableError');
    expect(world.client.getSession()).toMatchObject({ problem: { attempts: 3 } });
    world.server.always('/auth/refresh', undefined);
    return world;
  };

  // Nobody waits for a token any more, and the old one is not due yet.
  it.each(asks)('goes away when the instant that it names has come: asked for %s', async (_, ask) => {
    const { client, platform } = await failed(ask);
    await platform.advance(2000);
    expect(client.getSession()).not.toHaveProperty('problem');
  });

  it.each(asks)('goes away when the page is online again: asked for %s', async (_, ask) => {
    const { client, platform } = await failed(ask);
    platform.happen('online');
    await platform.advance(1000);
    expect(client.getSession()).not.toHaveProperty('problem');
  });
});

describe.each(situations)('in $page, no user is signed out', (situation) => {
  it.each(keptFaults)('while the endpoint answers: $fault', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    await world.platform.advance(60_000);
    expect(world.left).toEqual([]);
    expect(world.events.filter(({ type }) => type === 'session-ended')).toEqual([]);
  });
});
