const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * The pause after `failures` failures in a row: exponential, bounded, and spread over its whole length (full
 * jitter).
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS) * random;
}

/**
 * How long the server wants no request, in ms, at most 5 min: `Retry-After` in seconds or as a date (RFC 9110
 * §10.2.3). A date is compared with the server's own clock, if the response has a `Date`.
 */
export function retryAfterMs(headers: Headers, wallAt: number): number | undefined {
  const value = headers.get('retry-after') ?? '';
  const serverAt = Date.parse(headers.get('date') ?? '');
  const delayMs = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - (Number.isNaN(serverAt) ? wallAt : serverAt);
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS);
}
