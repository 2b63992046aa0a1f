export type Attempt = { readonly retryAfterMs: number } | { succeeded(): void };

const FREE_ATTEMPTS = 5;
const LOCK_MS = 30_000;
const MAX_NAMES = 10_000;

/**
 * Slows down guessing: after five failures in a row a name has to wait half a minute before each further attempt. Names that
 * nobody has are counted alike, or the answer would say which ones exist.
 */
export function createThrottle(now: () => number): { begin(name: string): Attempt } {
  const failures = new Map<string, { count: number; lastAt: number }>();

  return {
    begin(name) {
      const key = name.toLowerCase();
      const { count, lastAt } = failures.get(key) ?? { count: 0, lastAt: 0 };
      const retryAfterMs = lastAt + LOCK_MS - now();
      if (count >= FREE_ATTEMPTS && retryAfterMs > 0) return { retryAfterMs };

      // Counted before the outcome is known: guesses made at once would all be free otherwise.
      failures.delete(key);
      failures.set(key, { count: count + 1, lastAt: now() });
      const [oldest] = failures.keys();
      if (failures.size > MAX_NAMES && oldest !== undefined) failures.delete(oldest);
      return { succeeded: () => void failures.delete(key) };
    },
  };
}
