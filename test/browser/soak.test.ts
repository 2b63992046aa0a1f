import { expect } from 'vitest';
import { longSoak, shortSoak } from '../soak/numbers.ts';
import { soak } from '../soak/soak.ts';
import { test } from './harness/world.ts';

const numbers = process.env.MODE === 'soak' ? longSoak : shortSoak;
const minutes = Math.round(numbers.durationMs / 6000) / 10;

test(`a page that calls without a pause for ${minutes} min loses no call, refreshes as often as it must, and grows by nothing`, {
  timeout: numbers.durationMs + 60_000,
}, async ({ open }) => {
  // HTTP/2, so that no call waits for a connection; strict rotation, and no token good past its end.
  const { tokenLifeMs } = numbers;
  const world = await open({ user: 'ann', tls: true, graceMs: 0, clockToleranceMs: 0, tokenLifeMs });
  console.log(`soak: seed ${numbers.seed}`);
  const figures = await soak(world, numbers);
  console.log(
    'soak:',
    JSON.stringify(figures, (_, value) => (typeof value === 'number' ? +value.toFixed(3) : value), 2),
  );
  const { calls, expiries, refreshes, heap } = figures;

  expect(calls.failed).toEqual([]);
  expect(calls.longestMs).toBeLessThan(5000);
  expect(refreshes.successes).toBeLessThanOrEqual(expiries.most);
  expect(refreshes.successesPerExpiry).toBeGreaterThan(0.7);
  expect(refreshes.attemptsPerExpiry).toBeLessThanOrEqual(1.2);
  expect([refreshes.unavailable, refreshes.lost]).not.toContain(0);
  expect(heap.growthBytes).toBeLessThan(numbers.maxGrowthBytes);
  expect(figures.inFlight).toEqual([numbers.callsInFlight]);
  expect(figures.oldestMs).toBeLessThan(5000);

  expect(await world.refresh()).toMatchObject({ status: 200 });
  // A token may end while its call is on its way: that call is refused, replayed, and counted above.
  const happened = new Set(world.server.events.map(({ type }) => type).filter((type) => type !== 'token-refused'));
  expect([...happened].sort()).toEqual(['refresh-replayed', 'refreshed', 'signed-in']);
});
