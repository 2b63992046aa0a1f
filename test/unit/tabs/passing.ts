import type { Clock } from '../../../src/platform/platform.ts';

/**
 * What happens between tabs, or between a tab and the world, and takes its time. `task`: what has waited in a tab that sleeps, now
 * that it is awake.
 */
type Passage = 'request' | 'answer' | 'message' | 'grant' | 'storage' | 'task';

/** Something on its way to a tab, or from it. */
export interface Passing {
  readonly passage: Passage;
  readonly tab: string;
  /** What it brings, as far as the tab can see. */
  readonly brings: string;
  deliver(): void;
  /** It never arrives, where such a thing can happen: a broken connection. */
  readonly lose?: (() => void) | undefined;
}

/** How long something is on its way, in ms. */
export type Latency = (passage: Passage, brings: string) => number;

/** Passes things on when their time has come. */
export const passInTime =
  (clock: Clock, latencyMs: Latency) =>
  ({ passage, brings, deliver }: Passing): void => {
    // Each one comes after the one before, and no time passes between them.
    if (passage === 'task') return void clock.setTimer(deliver, 0);
    const ms = latencyMs(passage, brings);
    if (ms === 0) deliver();
    else clock.setTimer(deliver, ms);
  };
