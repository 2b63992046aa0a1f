import { longSoak, type Numbers, shortSoak } from './numbers.ts';

/** Several tabs of one session under load. No answer is lost: see the soak of a single page for that. */
const load = {
  tokenLifeMs: 2000,
  refreshLatencyMs: 100,
  callsInFlight: 5,
  unavailableShare: 0.05,
  lostShare: 0,
} as const;

/** The seed's first ten refreshes meet a fault. */
export const shortTabs: Numbers = { ...shortSoak, ...load, durationMs: 15_000 };

export const longTabs: Numbers = { ...longSoak, ...load, durationMs: 60_000 };
