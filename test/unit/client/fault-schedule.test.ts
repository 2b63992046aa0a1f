import { describe, expect, it } from 'vitest';
import { faults, keptFaults } from './fault-rows.ts';
import { facing, gapsMs, situationOf, situations } from './fault-situations.ts';
import { outcome, times } from './world.ts';

const hints = ['online', 'visible'] as const;
const immediate = keptFaults.filter(({ hint }) => hint === 'at once');
const mandated = faults.filter(({ hint }) => hint === 'never before');
const hanging = faults.filter(({ hint }) => hint === '`online`, after 5 s');
const deaf = faults.filter(({ hint }) => hint === 'no');

describe.each(situations)('in $page, the refresh that failed four times and waits for 4 s, answered', (situation) => {
  it.each(hints.flatMap((hint) => immediate.map((row) => ({ ...row, event: hint }))))(
    '$fault, is sent at once when the page is $event',
    async ({ event, ...row }) => {
      const world = await facing(situation, row);
      world.platform.nextRandom = 1;
      await situation.refresh(world);
      await world.platform.advance(4000);
      expect(gapsMs(world)).toEqual([500, 1000, 2000]);
      world.platform.happen(event);
      await world.platform.advance(0);
      expect(gapsMs(world)).toEqual([500, 1000, 2000, 500]);
    },
  );
});

describe.each(situations)('in $page, the next request after one answered', (situation) => {
  it.each(mandated)('$fault, is not sent before that, whatever happens', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    for (const _ of times(Number(row.again[1]) / 1000, () => 0)) {
      expect(world.server.count('/auth/refresh')).toBe(1);
      for (const event of hints) world.platform.happen(event);
      void outcome(world.client.authFetch('/api'));
      await world.platform.advance(1000);
    }
    expect(gapsMs(world)).toEqual([row.again[0]]);
  });
});

describe.each(situations)('in $page, a refresh that is answered', (situation) => {
  it.each(deaf)('$fault, is followed by none within 50 s, whatever happens', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    for (const _ of times(50, () => 0)) {
      for (const event of hints) world.platform.happen(event);
      void outcome(world.client.authFetch('/api'));
      await world.platform.advance(1000);
    }
    expect(world.server.count('/auth/refresh')).toBe(1);
  });
});

describe.each(situations)('in $page, a refresh that is not answered since it', (situation) => {
  it.each(hanging)('$fault, is followed by none before it is 5 s old, whatever happens (C-9)', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    for (const _ of times(4, () => 0)) {
      for (const event of hints) world.platform.happen(event);
      void outcome(world.client.authFetch('/api'));
      await world.platform.advance(1000);
    }
    expect(world.server.count('/auth/refresh')).toBe(1);
  });

  it.each(hanging)('$fault, is followed by one with its key once the page is online (C-9)', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    await world.platform.advance(6000);
    world.platform.happen('online');
    await world.platform.advance(100);
    const keys = world.server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));
    expect(keys).toEqual([keys[0], keys[0]]);
  });
});

describe.each(situations)('in $page, a request that is never answered since it', (situation) => {
  it.each(hanging)('$fault, is sent again every 15 s, with one key for a minute (C-8)', async (row) => {
    const world = await facing(situation, row);
    await situation.refresh(world);
    const last = world.server.asked('/auth/refresh').length;
    await world.platform.advance(74_000);
    const asked = world.server.asked('/auth/refresh').slice(last - 1);
    expect(gapsMs(world).slice(0, 4)).toEqual([15_000, 15_000, 15_000, 15_000]);
    const keys = asked.map(({ request }) => request.headers.get('idempotency-key'));
    expect(keys.map((key) => key === keys[0])).toEqual([true, true, true, true, false]);
  });
});

describe('a storm does not come of an endpoint that goes on answering', () => {
  it.each(faults)('$fault: at most 30 requests in 5 minutes, with a call a second', async (row) => {
    const situation = situationOf('expired');
    const world = await facing(situation, row);
    await situation.refresh(world);
    for (const n of times(300, (index) => index)) {
      void outcome(world.client.authFetch(`/api/${n}`));
      await world.platform.advance(1000);
    }
    expect(world.server.count('/auth/refresh')).toBeLessThanOrEqual(30);
  });
});

describe('a refresh that is repeated within a minute bears the same key, after an answer', () => {
  it.each(keptFaults.filter(({ again }) => Number(again[1]) < 15_000))('$fault', async (row) => {
    const situation = situationOf('expired');
    const world = await facing(situation, row);
    await situation.refresh(world);
    await world.platform.advance(50_000);
    const keys = world.server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));
    expect(keys.length).toBeGreaterThan(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\w-]{8,}$/);
  });
});
