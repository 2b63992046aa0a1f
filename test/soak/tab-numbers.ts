import { type Numbers, shortSoak } from './numbers.ts';

/** Several tabs of one session under load, for a minute. No answer is lost: see the soak of a single page for that. */
export const tabNumbers: Numbers = {
  ...shortSoak,
  durationMs: 60_000,
  tokenLifeMs: 2000,
  refreshLatencyMs: 100,
  callsInFlight: 5,
  unavailableShare: 0.05,
  lostShare: 0,
};
