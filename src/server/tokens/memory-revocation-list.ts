import { checkKnown, clock } from '../option-values.ts';
import type { RevocationList } from './revocation-list.ts';

const FIRST_SWEEP_AT = 1024;

/**
 * A revocation list in this process's memory: for tests, and for authority and verifiers in one process.
 *
 * A restart forgets it. Expired entries are swept out as others come in, so it never holds more than about twice as many
 * as have not expired. `now` is the time in epoch milliseconds, default `Date.now()`.
 */
export function createMemoryRevocationList(options: { now?: () => number } = {}): RevocationList {
  checkKnown(options, { now: true });
  const now = clock(options);
  const expiries = new Map<string, number>();
  let sweepAt = FIRST_SWEEP_AT;

  function sweep(at: number): void {
    for (const [id, expiresAt] of expiries) if (expiresAt <= at) expiries.delete(id);
    sweepAt = Math.max(FIRST_SWEEP_AT, 2 * expiries.size);
  }

  return {
    add(ids, expiresAt) {
      for (const id of ids) expiries.set(id, Math.max(expiresAt, expiries.get(id) ?? 0));
      if (expiries.size >= sweepAt) sweep(now());
    },
    has(ids) {
      const at = now();
      return ids.some((id) => at < (expiries.get(id) ?? 0));
    },
    entries() {
      sweep(now());
      return [...expiries].map(([id, expiresAt]) => ({ id, expiresAt }));
    },
  };
}
