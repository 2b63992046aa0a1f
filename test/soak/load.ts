import type { Page } from 'playwright';
import type { Outcome } from '../browser/harness/in-page.ts';

/** How the calls of a page have gone so far. */
export interface Tally {
  readonly ended: number;
  /** The first ones that failed. */
  readonly failed: readonly Outcome[];
  readonly longestMs: number;
  readonly inFlight: number;
  /** For how long the oldest call in flight has been. */
  readonly oldestMs: number;
}

interface Load {
  tally(): Tally;
  /** Begins no more calls, and resolves when the last one has ended. */
  end(): Promise<Tally>;
}

declare global {
  interface Window {
    load: Load;
  }
}

/** Keeps `count` calls in flight from now on: where one ends, the next one begins. */
export const beginLoad = (page: Page, count: number): Promise<void> =>
  page.evaluate((lanes) => {
    const failed: Outcome[] = [];
    const begun = new Map<number, number>();
    let ended = 0;
    let longestMs = 0;
    let isOver = false;
    const drive = async (lane: number) => {
      while (!isOver) {
        begun.set(lane, performance.now());
        // The cache lets equal requests wait for each other.
        const outcome = await window.outcomeOf(() => window.auth.authFetch('/api/soak', { cache: 'no-store' }));
        begun.delete(lane);
        ended++;
        longestMs = Math.max(longestMs, outcome.tookMs);
        if (outcome.status !== 200 && failed.length < 20) failed.push(outcome);
      }
    };
    const drivers = Array.from({ length: lanes }, (_, lane) => drive(lane));
    const tally = (): Tally => {
      const oldestAt = Math.min(...begun.values(), performance.now());
      return { ended, failed, longestMs, inFlight: begun.size, oldestMs: performance.now() - oldestAt };
    };
    window.load = {
      tally,
      end: async () => {
        isOver = true;
        await Promise.all(drivers);
        return tally();
      },
    };
  }, count);
