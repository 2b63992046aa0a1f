import { delay } from '../browser/harness/faults.ts';
import type { World } from '../browser/harness/world.ts';
import { expiriesIn } from './expiries.ts';
import { fatesOf, faultOf } from './fates.ts';
import { beginLoad } from './load.ts';
import type { Numbers } from './numbers.ts';
import { heapOf, sampleFor } from './samples.ts';

/** Puts a page under load for as long as the numbers say, and says how it went. */
export const soak = async (world: World, numbers: Numbers) => {
  const { server, page } = world;
  const { durationMs, callLatencyMs, callsInFlight, tokenLifeMs } = numbers;
  // Twice as many as should come of each.
  const fates = fatesOf(numbers, Math.ceil((2 * durationMs) / (0.8 * tokenLifeMs)) + 20);
  for (const fate of fates) server.faults.next('/auth/refresh', faultOf(fate, numbers));
  const calls = Math.ceil((2 * callsInFlight * durationMs) / callLatencyMs);
  server.faults.next('/api/soak', { before: delay(callLatencyMs) }, calls);
  const before = server.log.refreshes().length;

  const begunAt = performance.now();
  await beginLoad(page, callsInFlight);
  const samples = await sampleFor(world, numbers);
  const { ended, failed, longestMs } = await page.evaluate(() => window.load.end());
  const elapsedMs = performance.now() - begunAt;

  const asked = server.log.refreshes().slice(before);
  const met = fates.slice(0, asked.length);
  const successes = asked.filter(({ status }, index) => status === 200 && met[index] === 'well').length;
  const expiries = expiriesIn(elapsedMs, numbers);
  return {
    seed: numbers.seed,
    elapsedMs,
    calls: { ended, failed, longestMs, refused: server.log.api().filter(({ status }) => status === 401).length },
    expiries,
    refreshes: {
      attempts: asked.length,
      successes,
      unavailable: met.filter((fate) => fate === 'unavailable').length,
      lost: met.filter((fate) => fate === 'lost').length,
      successesPerExpiry: successes / expiries.average,
      attemptsPerExpiry: asked.length / expiries.average,
    },
    heap: heapOf(samples, numbers),
    inFlight: [...new Set(samples.map(({ inFlight }) => inFlight))],
    oldestMs: Math.max(...samples.map(({ oldestMs }) => oldestMs)),
  };
};
