import { delay } from '../browser/harness/faults.ts';
import type { World } from '../browser/harness/world.ts';
import type { Tally } from './load.ts';
import type { Numbers } from './numbers.ts';

/** The page at one moment. */
export interface Sample extends Tally {
  /** What is left of the JavaScript heap after a garbage collection. */
  readonly heapBytes: number;
}

/** Looks at the page every now and then until the time is over. */
export const sampleFor = async (
  { context, page }: World,
  { durationMs, sampleEveryMs }: Numbers,
): Promise<readonly Sample[]> => {
  const devtools = await context.newCDPSession(page);
  const samples: Sample[] = [];
  for (const until = performance.now() + durationMs; performance.now() < until; ) {
    await delay(sampleEveryMs)();
    const tally = await page.evaluate(() => window.load.tally());
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    samples.push({ ...tally, heapBytes: usedSize });
  }
  await devtools.detach();
  return samples;
};

/** The middle one of the samples' heaps: a collection now and then leaves something for the next one. */
const middleHeap = (samples: readonly Sample[]): number => {
  const sorted = samples.map(({ heapBytes }) => heapBytes).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** The heap from window to window, and how much larger it is in the last one than in the first. */
export const heapOf = (samples: readonly Sample[], { windowMs, sampleEveryMs }: Numbers) => {
  const count = Math.floor(windowMs / sampleEveryMs);
  const byWindow: number[] = [];
  for (let first = 0; first < samples.length; first += count)
    byWindow.push(middleHeap(samples.slice(first, first + count)));
  const growthBytes = middleHeap(samples.slice(-count)) - middleHeap(samples.slice(0, count));
  return { byWindow, growthBytes };
};
