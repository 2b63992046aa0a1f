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
  /** A request with this key was answered. */
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
  return {
    use: (wallAt) => {
      const found = entry.read();
      if (found !== undefined && ageMs(found, wallAt) < exchangeMs) return found.key;
      own = name();
      entry.write({ key: own, sentAt: wallAt });
      return own;
    },
    settled: (key, wallAt) => {
      const found = entry.read();
      if (key === own && key === found?.key && ageMs(found, wallAt) < ownMs) entry.write(undefined);
    },
    forget: () => entry.write(undefined),
  };
};
