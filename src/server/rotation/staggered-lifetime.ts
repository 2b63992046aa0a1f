const SHORTEST_SHARE = 0.7;
const LONGEST_SHARE = 0.9;

/**
 * The lifetime of an access token that answers a replay: 10 to 30 % shorter than `lifetimeMs`, as `random` (0 to 1) says, in
 * whole seconds and at least one.
 *
 * Pages of two origins share a cookie, but no lock. If they refresh at the same moment, and their tokens expire at the same
 * moment, they do so again the next time, and the time after that: generation after generation has a replay, as if somebody
 * followed the session with a copied token. So the second page's token expires earlier.
 */
export function staggeredLifetimeMs(lifetimeMs: number, random: number): number {
  const share = SHORTEST_SHARE + (LONGEST_SHARE - SHORTEST_SHARE) * random;
  return Math.max(1, Math.floor((lifetimeMs * share) / 1000)) * 1000;
}
