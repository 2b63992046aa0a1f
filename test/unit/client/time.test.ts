import { describe, expect, it } from 'vitest';
import { atExpiry, createWorld, outcome, reloaded, signedInWorld, tally, times } from './world.ts';

describe('TIM-5 the life of a token', () => {
  it.each([
    [1, 15],
    [2, 8],
    [5, 4],
    [60, 1],
  ])('of %i s makes no storm: at most %i refreshes in 10 s, and every call succeeds', async (lifetimeS, most) => {
    const { client, platform, server } = await signedInWorld('ann', { server: { lifetimeS } });
    for (const _ of times(100, () => 0)) {
      const call = outcome(client.authFetch('/api'));
      await platform.advance(100);
      await platform.advance(500 * Number(client.getSession().status !== 'authenticated'));
      void call;
    }
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(most);
    expect(server.count('/auth/refresh')).toBeGreaterThanOrEqual(Math.floor(10 / lifetimeS) - 1);
    expect(client.getSession()).toMatchObject({ status: 'authenticated' });
    expect(client.getSession()).not.toHaveProperty('problem');
  });

  it('of 1 s makes calls work: 50 calls, 0 failures, none with a dead token', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { lifetimeS: 1 } });
    const calls = [];
    for (const n of times(50, (index) => index)) {
      calls.push(outcome(client.authFetch(`/api/${n}`)));
      await platform.advance(130);
    }
    await platform.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 50 });
    expect(server.calls()).toHaveLength(50);
  });

  it('TIM-1 of 60 days overflows no timer: nothing is asked for an hour, nor before its time', async () => {
    const { client, platform, server } = createWorld({ server: { lifetimeS: 60 * 86_400 } });
    const delays: number[] = [];
    const { setTimer } = platform.clock;
    Object.assign(platform.clock, {
      setTimer: (callback: () => void, delayMs: number) => {
        delays.push(delayMs);
        return setTimer(callback, delayMs);
      },
    });
    server.enter('ann');
    client.start();
    await platform.advance(3_600_000);
    expect(server.count('/auth/refresh')).toBe(1);
    await platform.advance(59 * 86_400_000);
    expect(server.count('/auth/refresh')).toBe(1);
    await platform.advance(86_400_000);
    expect(server.count('/auth/refresh')).toBe(2);
    expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  });

  it.each([0, -5, Number.NaN, 'soon', null, '1e400'])('that makes no sense is none: %s', async (expires_in) => {
    const { client, platform, server } = createWorld();
    server.always('/auth/refresh', () => Response.json({ access_token: 'opaque-token', expires_in }));
    server.always('/api', () => new Response('ok'));
    client.start();
    await platform.advance(3_600_000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('that is not told at all: used until a 401', async () => {
    const { client, platform, server } = await signedInWorld('ann', {
      server: { lifetimeS: undefined, form: 'opaque' },
    });
    await platform.advance(200_000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(0);
    await platform.advance(200_000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('TIM-4 counts from before the request was sent', async () => {
    const { client, platform, server } = createWorld({ server: { lifetimeS: 10 } });
    server.enter('ann');
    server.next('/auth/refresh', server.late(9000));
    platform.visible = false;
    client.start();
    await platform.advance(9500);
    const token = client.getAccessToken();
    await platform.advance(10);
    await token;
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it.each([
    [0, 246_000],
    [0.5, 240_000],
    [1, 234_000],
  ])('is left in good time, and not by all at the same moment: jitter %d, after %i ms', async (random, dueMs) => {
    const { client, platform, server } = createWorld();
    platform.nextRandom = random;
    server.enter('ann');
    client.start();
    await platform.advance(300_000);
    expect(server.asked('/auth/refresh')[1]?.at).toBe((server.asked('/auth/refresh')[0]?.at ?? 0) + dueMs);
  });
});

describe('TIM-4 a clock that is set while the page runs', () => {
  it.each([
    ['+10 min', 600_000],
    ['−10 min', -600_000],
    ['+25 h', 90_000_000],
    ['−25 h', -90_000_000],
  ])('by %s costs no call and at most 1 refresh', async (_, byMs) => {
    const { client, platform, server } = await signedInWorld();
    platform.setWall(byMs);
    const calls = [];
    for (const n of times(20, (index) => index)) {
      calls.push(outcome(client.authFetch(`/api/${n}`)));
      await platform.advance(1000);
    }
    expect(tally(await Promise.all(calls))).toEqual({ 200: 20 });
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(1);
    expect(server.calls()).toHaveLength(20);
  });

  it.each([600_000, -600_000, 90_000_000])('by %i ms before the start costs nothing at all', async (byMs) => {
    const { client, platform, server } = createWorld();
    platform.setWall(byMs);
    server.enter('ann');
    client.start();
    await platform.advance(1000);
    expect(tally(await Promise.all(times(20, (n) => outcome(client.authFetch(`/api/${n}`)))))).toEqual({ 200: 20 });
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('TIM-3 back does not make a token live longer', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.happen('hidden');
    platform.setWall(-3_600_000);
    await platform.advance(300_000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect([server.count('/auth/refresh'), server.calls().length]).toEqual([1, 1]);
  });
});

describe('sleep', () => {
  it('TIM-3 is seen by the first call after it, though no timer has fired', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.sleep(3_600_000);
    server.revokeTokens();
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect([server.count('/auth/refresh'), server.calls().length]).toEqual([1, 1]);
  });

  it.each(['visible', 'online', 'resumed', 'restored'] as const)(
    'TIM-6 is made up for in one refresh when the page is %s',
    async (event) => {
      const { platform, server } = await signedInWorld();
      platform.sleep(3_600_000);
      platform.happen(event);
      platform.happen('visible');
      platform.happen('online');
      await platform.advance(1000);
      expect(server.count('/auth/refresh')).toBe(1);
    },
  );
});

describe('a hidden page', () => {
  it('TIM-2 does not refresh by timer, and does for a call', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.happen('hidden');
    await platform.advance(3_600_000);
    expect(server.count('/auth/refresh')).toBe(0);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('refreshes when it is looked at again, if it is time', async () => {
    const { platform, server } = await signedInWorld();
    platform.happen('hidden');
    await platform.advance(100_000);
    platform.happen('visible');
    await platform.advance(100);
    expect(server.count('/auth/refresh')).toBe(0);
    platform.happen('hidden');
    await platform.advance(200_000);
    platform.happen('visible');
    await platform.advance(100);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('refreshes by timer where `refreshWhenHidden` says so', async () => {
    const { platform, server } = await signedInWorld('ann', { client: { refreshWhenHidden: true } });
    platform.happen('hidden');
    await platform.advance(250_000);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('still finds out who is signed in when it is opened in the background', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    platform.visible = false;
    client.start();
    await platform.advance(100);
    expect(client.getSession().status).toBe('authenticated');
  });
});

it('ARC-2 a reload keeps the user signed in with one refresh', async () => {
  const world = await signedInWorld();
  const { client, platform, server } = reloaded(world);
  client.start();
  await platform.advance(1000);
  expect([client.getSession().claims?.sub, server.count('/auth/refresh')]).toEqual(['ann', 1]);
});

describe('a call', () => {
  it('waits on when the clock is set ahead by a day, or the machine slept', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(2000));
    const call = outcome(client.authFetch('/api'));
    await platform.advance(500);
    platform.setWall(25 * 3_600_000);
    await platform.advance(2000);
    expect(await call).toBe(200);
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(2);
  });
});
