import { UnavailableError } from '../errors.ts';
import { withTimeout } from '../promises/with-timeout.ts';

/**
 * Counts what is done under a key, and says when it is too much. The limiters of `rate-limiter-flexible` fit as they are:
 * `RateLimiterMemory`, `RateLimiterRedis`, `RateLimiterPostgres` and so on.
 */
export interface RateLimiter {
  /**
   * Counts one more. Rejects with `{ msBeforeNext }` when it is too much, which is the number of milliseconds to wait. Any
   * other rejection means that nothing could be counted.
   */
  consume(key: string): Promise<unknown>;
  /** Takes back one. */
  reward(key: string): Promise<unknown>;
  /** Forgets all that was counted. */
  delete(key: string): Promise<unknown>;
}

const MAX_WAIT_MS = 24 * 60 * 60_000;
// Redis clients wait for ever for a server that stalls.
const TIMEOUT_MS = 5_000;

/** The limiter, which rejects where it would not answer in time. */
export function bounded<Limiter extends RateLimiter | undefined>(limiter: Limiter): Limiter {
  if (limiter === undefined) return limiter;
  const ask = (member: keyof RateLimiter) => (key: string) =>
    withTimeout(TIMEOUT_MS, 'A rate limiter of `throttle`', limiter[member](key));
  return { consume: ask('consume'), reward: ask('reward'), delete: ask('delete') } as Limiter;
}

/** Counts one more: `undefined` if that is all right, else the milliseconds to wait. */
export async function waitAfter(limiter: RateLimiter, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (reason) {
    const { msBeforeNext } = Object(reason) as { msBeforeNext?: unknown };
    if (typeof msBeforeNext !== 'number') {
      throw new UnavailableError('A rate limiter of `throttle` is unavailable.', { cause: reason });
    }
    // A block without an end is told as a negative number.
    return msBeforeNext >= 0 && msBeforeNext < MAX_WAIT_MS ? msBeforeNext : MAX_WAIT_MS;
  }
}
