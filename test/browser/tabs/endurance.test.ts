import { expect } from 'vitest';
import { expiriesIn } from '../../soak/expiries.ts';
import { fatesOf, faultOf } from '../../soak/fates.ts';
import { beginLoad } from '../../soak/load.ts';
import { tabNumbers as numbers } from '../../soak/tab-numbers.ts';
import { delay } from '../harness/faults.ts';
import { test } from '../harness/world.ts';
import { say, tabsOf } from './several.ts';

const { durationMs, tokenLifeMs, callsInFlight, callLatencyMs } = numbers;
const seconds = Math.round(durationMs / 1000);

test(`3 tabs that call without a pause for ${seconds} s lose no call, and refresh as often as one does`, {
  timeout: durationMs + 60_000,
}, async ({ open }) => {
  const world = await open({ tls: true, graceMs: 0, clockToleranceMs: 0, client: false });
  const { server } = world;
  const tabs = await tabsOf(world, 3);
  const fates = fatesOf(numbers, Math.ceil((2 * durationMs) / (0.8 * tokenLifeMs)) + 20);
  for (const fate of ['well' as const, ...fates]) server.faults.next('/auth/refresh', faultOf(fate, numbers));
  const calls = Math.ceil((2 * tabs.length * callsInFlight * durationMs) / callLatencyMs);
  server.faults.next('/api/soak', { before: delay(callLatencyMs) }, calls);
  server.tokenLifeMs = tokenLifeMs;
  expect(await world.refresh()).toMatchObject({ status: 200 });

  const before = server.log.refreshes().length;
  const begunAt = performance.now();
  for (const { page } of tabs) await beginLoad(page, callsInFlight);
  await delay(durationMs)();
  const tallies = await Promise.all(tabs.map(({ page }) => page.evaluate(() => window.load.end())));
  const elapsedMs = performance.now() - begunAt;
  const asked = server.log.refreshes().slice(before);
  server.tokenLifeMs = 60_000;

  const successes = asked.filter(({ status }) => status === 200).length;
  const unavailable = asked.filter(({ status }) => status === 503).length;
  const expiries = expiriesIn(elapsedMs, numbers);
  const figures = {
    seed: numbers.seed,
    calls: tallies.reduce((sum, { ended }) => sum + ended, 0),
    longestMs: Math.max(...tallies.map(({ longestMs }) => longestMs)),
    expiries: expiries.average,
    attempts: asked.length,
    successes,
    unavailable,
    perExpiry: successes / expiries.average,
  };
  say(`3 tabs for ${seconds} s`, figures);
  expect(tallies.flatMap(({ failed }) => failed)).toEqual([]);
  expect(server.log.api().filter(({ status, expired }) => status !== 200 || expired)).toEqual([]);
  expect(figures.longestMs).toBeLessThan(5000);
  expect(unavailable).toBeGreaterThan(0);
  expect(successes).toBeLessThanOrEqual(1.1 * expiries.average + 1);
  expect(successes).toBeLessThanOrEqual(expiries.most);
  expect(figures.perExpiry).toBeGreaterThan(0.7);
  expect(asked.length).toBeLessThanOrEqual(1.2 * expiries.average + 1);

  while (server.faults.take('/auth/refresh').before !== undefined);
  expect(await world.refresh()).toMatchObject({ status: 200 });
  expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
});
