import type { Entry } from './entry.ts';
import type { UnansweredExchange } from './record.ts';

/** How long a request that got no answer may still be under way: its key is used again for as long. */
const exchangeMs = 60_000;

/** The idempotency keys of refreshes. */
export interface ExchangeKeys {
  /** The key for a request sent now. */
  use(wallAt: number): string;
  /** A request with this key was answered. */
  settled(key: string): void;
  /** Somebody has signed in or out: what is still under way belongs to another session. */
  forget(): void;
}

/**
 * A request that was not answered lends its key to the next one, so that the server can tell a repetition from a theft. A
 * key taken over from a page that is gone is kept for its whole time: that page's answer may yet come and set the cookie
 * back, and as long as the key is the same, both are the same.
 */
export const createExchangeKeys = (entry: Entry<UnansweredExchange>, name: () => string): ExchangeKeys => {
  let own: string | undefined;
  const forget = () => {
    own = undefined;
    entry.write(undefined);
  };
  return {
    use: (wallAt) => {
      const found = entry.read();
      if (found !== undefined && Math.abs(wallAt - found.sentAt) < exchangeMs) return found.key;
      own = name();
      entry.write({ key: own, sentAt: wallAt });
      return own;
    },
    settled: (key) => {
      if (key === own) forget();
    },
    forget,
  };
};
