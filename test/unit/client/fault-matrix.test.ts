import { describe, expect, it } from 'vitest';
import { faults, keptFaults } from './fault-rows.ts';
import { facing, gapsMs, shown, situationOf, situations } from './fault-situations.ts';
import { outcome, tally, times, type World, watched } from './world.ts';

const waitingSituations = situations.filter(({ name }) => name !== 'valid');
const refreshTimeoutMs = 10_000;

describe.each(situations)('$page, whose refresh endpoint answers', (situation) => {
  it.each(faults.map((row) => ({ ...row, is: row.shows[situation.name] })))('$fault, is $is', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    await world.platform.advance(row.shownAfterMs);
    expect(shown(world.client.getSession())).toBe(row.is);
    // Of whom a page never knew, it can say that they are gone, and not who they were (C-10).
    const left = situation.name === 'hadSession' && row.effect === 'ended' ? [undefined] : [];
    expect([world.server.count('/auth/refresh'), world.left]).toEqual([1, left]);
  });

  it.each(faults)('$fault, asks again by itself: $again ms', async (row) => {
    const found: number[] = [];
    for (const random of [0, 1]) {
      const world = await facing(situation, row);
      world.platform.nextRandom = random;
      await situation.refresh(world);
      await world.platform.advance(row.again === 'never' ? 600_000 : row.again[1]);
      found.push(...gapsMs(world).slice(0, 1));
    }
    expect(found.toSorted((a, b) => a - b)).toEqual(row.again === 'never' ? [] : row.again);
  });

  it.each(keptFaults)('$fault, is as before once the endpoint is well', async (row) => {
    const world = await facing(situation, row);
    const { client, platform, server } = world;
    const before = client.getSession();
    await situation.refresh(world);
    await platform.advance(20_000);
    server.always('/auth/refresh', undefined);
    await platform.advance(Math.max(30_000, Number(row.again[1])));
    const { problem, status, claims } = { problem: undefined, ...client.getSession() };
    expect([status, claims?.user, problem]).toEqual(['authenticated', { id: 'ann', name: 'Name of ann' }, undefined]);
    if (before.status === 'authenticated') expect(client.getSession()).toEqual(before);
    server.forget();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(20_000);
    expect([await call, server.count('/auth/refresh')]).toEqual([200, 0]);
  });
});

describe.each(waitingSituations)('calls that wait in $page whose refresh endpoint once answers', (situation) => {
  it.each(faults)('$fault, get $waiting', async (row) => {
    const world = await facing(situation, row, 'once');
    await situation.refresh(world);
    const calls = times(5, (n) => outcome(world.client.authFetch(`/api/${n}`)));
    await world.platform.advance(refreshTimeoutMs);
    expect(tally(await Promise.all(calls))).toEqual({ [row.waiting]: 5 });
    expect(world.server.count('/auth/refresh')).toBeLessThanOrEqual(2);
  });
});

describe('a call with a token that is still valid, while the refresh endpoint answers', () => {
  it.each(faults)('$fault, gets $meanwhile at once', async (row) => {
    const situation = situationOf('valid');
    const world = await facing(situation, row);
    await situation.refresh(world);
    await world.platform.advance(5000);
    const call = outcome(world.client.authFetch('/api'));
    const { settled } = await afterMs(0, call, world);
    expect([settled, await call]).toEqual([true, row.meanwhile]);
  });
});

describe('a call made in a page whose token has expired, after the refresh endpoint has thrice answered', () => {
  it.each(faults)('$fault, gets $later', async (row) => {
    const situation = situationOf('expired');
    const world = await facing(situation, row);
    const { client, platform, server } = world;
    platform.nextRandom = 1;
    await situation.refresh(world);
    const timeLimitMs = row.effect === 'kept' ? 900_000 : 5000;
    for (let ms = 0; ms < timeLimitMs && server.count('/auth/refresh') < 3; ms += 500) await platform.advance(500);
    const sent = server.count('/auth/refresh');
    const call = outcome(client.authFetch('/api'));
    const { settled } = await afterMs(row.later === 'RefreshUnavailableError' ? refreshTimeoutMs : 0, call, world);
    expect([settled, server.count('/auth/refresh')]).toEqual([true, sent]);
    expect(await call).toBe(row.later === 'RefreshUnavailableError at once' ? 'RefreshUnavailableError' : row.later);
  });
});

const afterMs = async (ms: number, call: Promise<unknown>, { platform }: World): Promise<{ settled: boolean }> => {
  const state = watched(call);
  await platform.advance(ms);
  return state;
};
