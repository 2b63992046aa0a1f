import { describe, expect, it } from 'vitest';
import { networkError, status } from './fake-server.ts';
import { gapsMs } from './fault-situations.ts';
import { atExpiry, credentials, outcome, signedInWorld, times, type World, watched } from './world.ts';

/** A page in sight, whose token has expired and whose refreshes have failed so many times: the last one just now. */
const failing = async (count: number, random = 1, answer = status(503)): Promise<World> => {
  const world = await atExpiry();
  const { platform, server } = world;
  platform.nextRandom = random;
  server.always('/auth/refresh', answer);
  platform.happen('visible');
  await platform.advance(0);
  for (let ms = 0; ms < 300_000 && server.count('/auth/refresh') < count; ms += 100) await platform.advance(100);
  expect(world.client.getSession()).toMatchObject({ problem: { attempts: count } });
  return world;
};

const soon = async ({ platform }: World, promise: Promise<unknown>): Promise<boolean> => {
  const state = watched(promise);
  await platform.advance(0);
  return state.settled;
};

const retryAtOf = ({ client }: World): number | undefined => {
  const session = client.getSession();
  return 'problem' in session ? session.problem?.retryAt : undefined;
};

describe('the pause between failed refreshes', () => {
  it.each([
    { random: 0, pausesMs: [500, 500, 500, 500, 500, 500, 500, 500, 500] },
    { random: 0.5, pausesMs: [500, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000] },
    { random: 1, pausesMs: [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000] },
  ])('is drawn from all of its length, never below half a second: at $random it is $pausesMs', async (drawn) => {
    const world = await failing(1, drawn.random);
    await world.platform.advance(200_000);
    expect(gapsMs(world).slice(0, 9)).toEqual(drawn.pausesMs);
  });
});

describe('the breaker', () => {
  it.each([1, 2])('lets a call wait after %i failures in a row, and the call succeeds', async (count) => {
    const world = await failing(count);
    const call = outcome(world.client.authFetch('/api'));
    expect(await soon(world, call)).toBe(false);
    world.server.always('/auth/refresh', undefined);
    await world.platform.advance(2000);
    expect(await call).toBe(200);
  });

  it('fails a call at once after three in a row, and names the instant of the next attempt', async () => {
    const world = await failing(3);
    const { client, platform, server, errors } = world;
    expect(await soon(world, outcome(client.authFetch('/api')))).toBe(true);
    const before = platform.clock.now().wallAt;
    for (let ms = 0; ms < 5000 && server.count('/auth/refresh') < 4; ms += 100) await platform.advance(100);
    const tookMs = platform.clock.now().wallAt - before;
    expect(tookMs).toBeGreaterThan(1000);
    expect(errors).toEqual([expect.objectContaining({ code: 'refresh_unavailable', retryAt: before + tookMs })]);
  });

  it('fails the calls that wait when it opens', async () => {
    const world = await failing(2);
    const calls = times(3, () => outcome(world.client.authFetch('/api')));
    await world.platform.advance(1000);
    expect(await Promise.all(calls)).toEqual(times(3, () => 'RefreshUnavailableError'));
  });

  it('fails `getAccessToken` and `refresh` like a call', async () => {
    const world = await failing(3);
    const both = Promise.all([outcome(world.client.getAccessToken()), outcome(world.client.refresh())]);
    expect(await soon(world, both)).toBe(true);
    expect(await both).toEqual(['RefreshUnavailableError', 'RefreshUnavailableError']);
  });

  it('lets calls wait for the attempt under way', async () => {
    const world = await failing(3);
    const { client, platform, server } = world;
    const late = server.gate();
    server.always('/auth/refresh', late.answer);
    await platform.advance(3000);
    expect(server.count('/auth/refresh')).toBe(4);
    const call = outcome(client.authFetch('/api'));
    expect(await soon(world, call)).toBe(false);
    late.open();
    expect([await soon(world, call), await call]).toEqual([true, 200]);
  });

  it('stays open when that attempt fails, too', async () => {
    const world = await failing(4);
    expect(await soon(world, outcome(world.client.authFetch('/api')))).toBe(true);
  });

  it('counts failures in a row alone: two, a success and two leave it shut', async () => {
    const world = await failing(2);
    const { client, platform, server } = world;
    server.next('/auth/refresh', server.usual, networkError, networkError);
    await platform.advance(1000);
    expect(client.getSession()).not.toHaveProperty('problem');
    server.revokeTokens();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1200);
    expect(client.getSession()).toMatchObject({ problem: { attempts: 2 } });
    server.always('/auth/refresh', undefined);
    await platform.advance(1000);
    expect(await call).toBe(200);
  });

  it.each(['online', 'visible'] as const)('is broken by a page that is %s: a call is lost no more', async (event) => {
    const world = await failing(4);
    const { client, platform, server } = world;
    await platform.advance(500);
    server.always('/auth/refresh', undefined);
    platform.happen(event);
    const call = outcome(client.authFetch('/api'));
    expect([await soon(world, call), await call]).toEqual([true, 200]);
  });

  it('is not broken by such a page before the server’s own `Retry-After`', async () => {
    const world = await failing(3, 1, status(503, {}, { 'Retry-After': '20' }));
    const { client, platform, server, errors } = world;
    await platform.advance(500);
    server.always('/auth/refresh', undefined);
    for (const event of ['online', 'visible'] as const) platform.happen(event);
    expect(await soon(world, outcome(client.authFetch('/api')))).toBe(true);
    expect(errors).toEqual([expect.objectContaining({ code: 'refresh_unavailable', retryAt: retryAtOf(world) })]);
  });

  it('is broken by the success of a refresh', async () => {
    const world = await failing(3);
    const { client, platform, server } = world;
    server.always('/auth/refresh', undefined);
    await platform.advance(2000);
    expect(client.getSession()).not.toHaveProperty('problem');
    const call = outcome(client.authFetch('/api'));
    expect([await soon(world, call), await call]).toEqual([true, 200]);
  });

  it.each([
    ['503', status(503)],
    ['503 with `Retry-After`', status(503, {}, { 'Retry-After': '120' })],
  ])('is broken by a sign-in, whatever the refresh endpoint says: %s', async (_, answer) => {
    const world = await failing(3, 1, answer);
    const { client, platform } = world;
    const signedIn = client.signIn(credentials('ann'));
    await platform.advance(0);
    expect(await signedIn).not.toHaveProperty('problem');
    const call = outcome(client.authFetch('/api'));
    expect([await soon(world, call), await call]).toEqual([true, 200]);
  });

  it('is not broken by a sign-in that fails', async () => {
    const world = await failing(3);
    const signedIn = outcome(world.client.signIn({ user: 'ann', password: 'wrong' }));
    expect([await soon(world, signedIn), await signedIn]).toEqual([true, 'SignInRejectedError']);
    expect(await soon(world, outcome(world.client.authFetch('/api')))).toBe(true);
  });

  it('keeps no call from a token that is still valid', async () => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    server.always('/auth/refresh', networkError);
    await platform.advance(244_000);
    expect(client.getSession()).toMatchObject({ problem: { attempts: expect.any(Number) } });
    expect(server.count('/auth/refresh')).toBeGreaterThan(3);
    const calls = times(5, () => outcome(client.authFetch('/api')));
    expect(await soon(world, Promise.all(calls))).toBe(true);
    expect(await Promise.all(calls)).toEqual(times(5, () => 200));
  });

  it('does not stop calls that are sent without a token', async () => {
    const world = await failing(3);
    const call = outcome(world.client.authFetch('/api', { auth: { token: 'none' } }));
    expect([await soon(world, call), await call]).toEqual([true, 401]);
  });
});
