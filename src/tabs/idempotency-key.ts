import type { PendingKey } from './shared-session.ts';
import type { StoredValue } from './stored-value.ts';

/** How long a request that got no answer may still be under way: its key is used again for as long. */
const exchangeMs = 60_000;

/** How a use of a key ended. `unsent`: it was only set aside, and was not needed. */
export type KeyUse = 'answered' | 'unanswered' | 'unsent';

/** The idempotency keys of refreshes. */
export interface IdempotencyKeys {
  /** The key for a request sent now. Each use is to be ended. */
  use(wallAt: number): string;
  /** A use of the key has ended, and all that needs to know of it was told. */
  end(key: string, how: KeyUse): void;
  /** Whether another page has sent one that was not answered, or whose answer it has not told yet. */
  areUsedElsewhere(wallAt: number): boolean;
  /** Somebody has signed in or out: what is still under way belongs to another session. */
  forget(): void;
}

/** The key that this page has drawn: how many requests are under way with it, and whether the last to end got no answer. */
interface OwnKey {
  readonly key: string;
  underWay: number;
  isUnanswered: boolean;
}

/**
 * A request that was not answered lends its key to the next one, so that the server can tell a repetition from a theft. The
 * next refresh has a new key once this is answered, and nothing else is under way with it. A key that two pages have used is
 * kept for its whole time: the answer of the other may yet come and set the cookie back, and as long as the key is the same,
 * both are the same. That is why whoever uses another page's key says so in the record before.
 */
export const createIdempotencyKeys = (entry: StoredValue<PendingKey>, name: () => string): IdempotencyKeys => {
  let own: OwnKey | undefined;
  const inUse = (wallAt: number): PendingKey | undefined => {
    const found = entry.read();
    return found !== undefined && Math.abs(wallAt - found.sentAt) < exchangeMs ? found : undefined;
  };
  return {
    use: (wallAt) => {
      const found = inUse(wallAt);
      if (found === undefined) {
        own = { key: name(), underWay: 0, isUnanswered: false };
        entry.write({ key: own.key, sentAt: wallAt });
      } else if (found.key !== own?.key) {
        if (found.isShared !== true) entry.write({ ...found, isShared: true });
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
      const found = inUse(wallAt);
      return found !== undefined && found.key !== own?.key;
    },
    forget: () => entry.write(undefined),
  };
};
