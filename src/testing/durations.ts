/** What timers can wait: they fire at once for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Throws a `TypeError` that names the function which was given something else than a time that can pass. */
export function checkPassing(name: string, ms: unknown, maxMs = Number.MAX_SAFE_INTEGER): void {
  if (typeof ms === 'number' && ms >= 0 && ms <= maxMs) return;
  throw new TypeError(`${name}() takes milliseconds, from 0 to ${maxMs}; it was given ${String(ms)}.`);
}

/** The same for a time that a timer waits. */
export function checkDelay(name: string, ms: unknown): void {
  checkPassing(name, ms, LONGEST_TIMER_MS);
}
