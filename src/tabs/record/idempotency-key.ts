import type { PendingKey } from './shared-session.ts';
import type { StoredValue } from './stored-value.ts';

/** How long a refresh without a response may still be under way. Its key is used again for that long. */
const KEY_LIFETIME_MS = 60_000;

/** How a use of a key ended. `unsent`: the key was reserved, and no request was sent with it. */
type KeyUse = 'answered' | 'unanswered' | 'unsent';

/** The idempotency keys of refreshes. */
export interface IdempotencyKeys {
  /** The key for a request that is sent now. Every use must be ended with `end`. */
  use(wallAt: number): string;
  /** Ends a use of a key, once everything that depends on the response knows it. */
  end(key: string, how: KeyUse): void;
  /**
   * Whether another tab has sent a refresh that has no response yet, or whose response it has not shared yet. A
   * refresh that failed counts until somebody has repeated it.
   */
  areUsedElsewhere(wallAt: number): boolean;
  /** Somebody has signed in or out, so the refreshes under way belong to another session. */
  forget(): void;
}

/** The key that this page made. */
interface OwnKey {
  readonly key: string;
  /** How many requests are under way with it. */
  underWay: number;
  /** The last request to end got no response. */
  isUnanswered: boolean;
}

/**
 * A refresh without a response passes its key on to the next one, so that the server can tell a repetition
 * from a theft.
 * - Once a request with the key was answered and no other one is under way with it, the next refresh gets a
 *   new key.
 * - A key that two tabs have used is kept for its whole lifetime. The other response may still arrive and set
 *   the cookie back; with the same key, both responses carry the same cookie. So a tab that uses another
 *   tab's key records that first.
 */
export function createIdempotencyKeys(entry: StoredValue<PendingKey>, newKey: () => string): IdempotencyKeys {
  let own: OwnKey | undefined;
  const pending = (wallAt: number): PendingKey | undefined => {
    const found = entry.read();
    return found !== undefined && Math.abs(wallAt - found.sentAt) < KEY_LIFETIME_MS ? found : undefined;
  };
  return {
    use: (wallAt) => {
      const found = pending(wallAt);
      if (found === undefined) {
        own = { key: newKey(), underWay: 0, isUnanswered: false };
        entry.write({ key: own.key, sentAt: wallAt });
      } else if (found.key !== own?.key) {
        entry.write({ ...found, isShared: true });
        return found.key;
      }
      const { key } = own as OwnKey;
      (own as OwnKey).underWay++;
      return key;
    },
    end: (key, how) => {
      if (own === undefined || own.key !== key) return;
      own.underWay--;
      if (how !== 'unsent') own.isUnanswered = how === 'unanswered';
      const found = entry.read();
      const isDone = own.underWay === 0 && !own.isUnanswered;
      if (isDone && found?.key === key && found.isShared !== true) entry.write(undefined);
    },
    areUsedElsewhere: (wallAt) => {
      const found = pending(wallAt);
      return found !== undefined && found.key !== own?.key && found.isShared !== true;
    },
    forget: () => entry.write(undefined),
  };
}
