import type { Numbers } from './numbers.ts';

/**
 * What "per expiry" means. A token of life L is replaced a lead time before its end, which is 20 % of L, spread by ±10 % of
 * itself, and L counts from the moment its refresh was sent. So each token serves for
 *
 * - 0.8 L on average, whatever the refresh takes, since the next refresh is sent that long after the one before;
 * - 0.78 L at least: no more than elapsed / (0.78 L) tokens, and the one of the beginning, can have come to their end;
 * - longer where an attempt failed: the next one is at least 500 ms later, and the token that came by it counts from then.
 *
 * An expiry is 0.8 L of the elapsed time. A failed attempt delays the expiries after it and so makes this count an upper
 * bound of the refreshes that were needed; the attempts are held against the same count, so that a storm of attempts that
 * fail is one, too.
 */
export const expiriesIn = (elapsedMs: number, { tokenLifeMs }: Numbers) => ({
  average: elapsedMs / (0.8 * tokenLifeMs),
  most: elapsedMs / (0.78 * tokenLifeMs) + 1,
});
