import { describe, expect, it } from 'vitest';
import type { PageEvent } from '../../../src/platform/platform.ts';
import { never } from './fake-server.ts';
import { atExpiry, outcome, signedInWorld, times, type World, watched } from './world.ts';

const keysOf = ({ server }: World) =>
  server.asked('/auth/refresh').map(({ request }) => request.headers.get('Idempotency-Key'));

/** A page whose token has died, and whose refresh hangs: the server is down for `downMs`, and drops what it is sent. */
const inOutage = async (downMs: number) => {
  const world = await atExpiry();
  const { client, platform, server } = world;
  server.always('/auth/refresh', never);
  const first = outcome(client.authFetch('/api'));
  await platform.advance(downMs);
  server.always('/auth/refresh', server.usual);
  return { ...world, first };
};

/** In how many ms a call is answered, and how. */
const timed = async ({ client, platform }: World, atMostMs: number) => {
  const call = client.authFetch('/api');
  const state = watched(call);
  let tookMs = 0;
  for (; !state.settled && tookMs < atMostMs; tookMs += 50) await platform.advance(50);
  return { tookMs, outcome: state.settled ? await outcome(call) : 'still waits' };
};

describe('a refresh that hangs while the server is down for 12 s', () => {
  it('costs the first call after the recovery less than 5 s (C-9)', async () => {
    const world = await inOutage(12_000);
    expect(await world.first).toBe('RefreshUnavailableError');
    const { tookMs, outcome: result } = await timed(world, 5000);
    expect(result).toBe(200);
    expect(tookMs).toBeLessThan(5000);
  });

  it.each<{ what: string; wake: (world: World) => void }>([
    { what: '`online`', wake: ({ platform }) => platform.happen('online') },
    { what: 'the return from being frozen', wake: ({ platform }) => wakeBy(platform.happen, 'frozen', 'resumed') },
    {
      what: 'the return from the back/forward cache',
      wake: ({ platform }) => wakeBy(platform.happen, 'left', 'restored'),
    },
    {
      what: 'a sleep, after which the page is shown',
      wake: ({ platform }) => {
        platform.sleep(2000);
        platform.happen('visible');
      },
    },
    { what: 'a sleep of which no event tells', wake: ({ platform }) => platform.sleep(3_600_000) },
  ])('costs it less than a second after $what (C-9)', async ({ wake }) => {
    const world = await inOutage(12_000);
    wake(world);
    const { outcome: result } = await timed(world, 1000);
    expect(result).toBe(200);
    const keys = keysOf(world);
    expect(keys).toHaveLength(2);
  });

  it('is repeated with its key, and never aborted (C-8)', async () => {
    const world = await inOutage(12_000);
    await timed(world, 5000);
    expect(keysOf(world)).toEqual(times(2, () => keysOf(world)[0]));
    expect(world.server.asked('/auth/refresh').map(({ request }) => request.signal.aborted)).toEqual([false, false]);
  });
});

const wakeBy = (happen: (event: PageEvent) => void, ...events: PageEvent[]) => {
  for (const event of events) happen(event);
};

describe('a call that waits for a refresh as the machine falls asleep', () => {
  it('is served within a second of its waking, though no event tells of it (C-9)', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', never);
    const call = outcome(client.authFetch('/api'));
    await platform.advance(100);
    platform.sleep(3_600_000);
    await platform.advance(1000);
    expect(await call).toBe(200);
    expect(client.getSession()).not.toHaveProperty('problem');
  });
});

describe('a refresh that is presumed lost', () => {
  it('and is answered first after all brings the token, and its repetition changes nothing (C-8)', async () => {
    const { client, platform, server, sessions, events } = await atExpiry({ server: { namesSession: false } });
    server.next('/auth/refresh', server.late(20_000), server.late(10_000));
    void outcome(client.authFetch('/api'));
    await platform.advance(15_000);
    const call = outcome(client.authFetch('/api'));
    await platform.advance(5000);
    expect(await call).toBe(200);
    const token = await client.getAccessToken();
    const told = [sessions.length, events.length];
    await platform.advance(10_000);
    expect(await client.getAccessToken()).toBe(token);
    expect([sessions.length, events.length]).toEqual(told);
    expect(server.count('/auth/refresh')).toBe(2);
  });
});

describe('answered refreshes', () => {
  it.each([0, 100, 3500, 9000])(
    'three within a minute have three keys, though the first took %i ms (C-13)',
    async (firstMs) => {
      const world = await signedInWorld();
      const { client, platform, server } = world;
      server.next('/auth/refresh', server.late(firstMs));
      for (const _ of times(3, () => 0)) {
        const refreshed = outcome(client.refresh());
        await platform.advance(10_000);
        expect(await refreshed).toMatchObject({ status: 'authenticated' });
      }
      expect(new Set(keysOf(world)).size).toBe(3);
    },
  );
});

describe('a 401 just after the start', () => {
  it.each([1, 100, 400])('is refreshed for at once, %i ms after the first refresh (C-42)', async (sinceMs) => {
    const { client, platform, server } = await signedInWorld();
    void client.refresh();
    await platform.advance(sinceMs);
    server.forget();
    server.revokeTokens();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(10);
    expect(await call).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('is refreshed for at once only once: the next one keeps its distance (C-42)', async () => {
    const { client, platform, server } = await signedInWorld();
    server.revokeTokens();
    void client.refresh();
    await platform.advance(50);
    for (const _ of times(2, () => 0)) {
      server.revokeTokens();
      void outcome(client.authFetch(`/api/${server.log.length}`));
      await platform.advance(50);
    }
    const sentAt = server.asked('/auth/refresh').map(({ at }) => at);
    expect(sentAt).toHaveLength(2);
    await platform.advance(500);
    expect(server.asked('/auth/refresh').map(({ at }) => at - (sentAt[0] ?? 0))).toEqual([0, 50, 550]);
  });
});

describe('a request is presumed lost', () => {
  it.each([
    { refreshTimeoutMs: 1, lostMs: 5000 },
    { refreshTimeoutMs: 2000, lostMs: 5000 },
    { refreshTimeoutMs: 4000, lostMs: 6000 },
    { refreshTimeoutMs: 10_000, lostMs: 15_000 },
    { refreshTimeoutMs: 60_000, lostMs: 30_000 },
  ])('after $lostMs ms where calls wait $refreshTimeoutMs ms: well within the life of its key', async (row) => {
    const { refreshTimeoutMs, lostMs } = row;
    const { client, platform, server } = await atExpiry({ client: { refreshTimeoutMs } });
    server.next('/auth/refresh', never, never);
    void outcome(client.authFetch('/api'));
    await platform.advance(lostMs - 1);
    void outcome(client.authFetch('/api'));
    expect(server.count('/auth/refresh')).toBe(1);
    await platform.advance(1);
    expect(server.count('/auth/refresh')).toBe(2);
  });
});
