import type { LostToken, SharedSession } from './shared-session.ts';
import type { StoredValue } from './stored-value.ts';

export interface LeftAlone {
  /** This page is being left, and no other tab has the token of this session. */
  write(lost: LostToken): void;
  /** This page is back, with its token. */
  takeBack(): void;
  /** Whether the only tab that had this session's token was left. */
  isTrueOf(session: SharedSession): boolean;
}

/**
 * A page that was alone says so when it is left, so that the next page refreshes at once instead of waiting
 * for an answer from other tabs. The statement is about one token, so it need not be deleted: once any tab
 * records another token, it no longer counts. A page that crashes or is killed says nothing either, and the
 * next page asks.
 */
export function createLeftAlone(entry: StoredValue<LostToken>): LeftAlone {
  let own: LostToken | undefined;
  return {
    write: (lost) => {
      own = lost;
      entry.write(lost);
    },
    takeBack: () => {
      if (own === undefined) return;
      const found = entry.read();
      if (found?.sessionKey === own.sessionKey && found.expiresAt === own.expiresAt) entry.write(undefined);
      own = undefined;
    },
    isTrueOf: ({ sessionKey, expiresAt }) => {
      const found = entry.read();
      return found !== undefined && found.sessionKey === sessionKey && found.expiresAt === expiresAt;
    },
  };
}
