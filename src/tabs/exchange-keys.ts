import type { Entry } from './entry.ts';
import type { UnansweredExchange } from './record.ts';

/** How long a request that got no answer may still be under way: its key is used again for as long. */
const exchangeMs = 60_000;

/** After this time without an answer, another page may have used the key as well. */
const ownMs = 3000;

/** The idempotency keys of refreshes. */
export interface ExchangeKeys {
  /** The key for a request sent now. */
  use(wallAt: number): string;
  /** Whether another page has sent one that was not answered, or whose answer it has not told yet. */
  areUsedElsewhere(wallAt: number): boolean;
  /** A request with this key was answered, and all that needs to know of it was told. */
  settled(key: string, wallAt: number): void;
  /** Somebody has signed in or out: what is still under way belongs to another session. */
  forget(): void;
}

/**
 * A request that was not answered lends its key to the next one, so that the server can tell a repetition from a theft. A
 * key that two pages have used, or may have, is kept for its whole time: the answer of the other may yet come and set the
 * cookie back, and as long as the key is the same, both are the same.
 */
export const createExchangeKeys = (entry: Entry<UnansweredExchange>, name: () => string): ExchangeKeys => {
  let own: string | undefined;
  const ageMs = ({ sentAt }: UnansweredExchange, wallAt: number) => Math.abs(wallAt - sentAt);
  const inUse = (wallAt: number): string | undefined => {
    const found = entry.read();
    return found !== undefined && ageMs(found, wallAt) < exchangeMs ? found.key : undefined;
  };
  return {
    use: (wallAt) => {
      const key = inUse(wallAt);
      if (key !== undefined) return key;
      own = name();
      entry.write({ key: own, sentAt: wallAt });
      return own;
    },
    areUsedElsewhere: (wallAt) => {
      const key = inUse(wallAt);
      return key !== undefined && key !== own;
    },
    settled: (key, wallAt) => {
      const found = entry.read();
      if (key === own && key === found?.key && ageMs(found, wallAt) < ownMs) entry.write(undefined);
    },
    forget: () => entry.write(undefined),
  };
};
