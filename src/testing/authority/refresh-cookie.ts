import type { RefreshTokens } from '../../server/tokens/refresh-token.ts';

/**
 * The refresh cookie of one browser. A browser hides `Set-Cookie` from script, and so do some DOMs for tests; so the cookie is
 * written anew from what a token response says of its session.
 */
export interface RefreshCookie {
  /** The `Cookie` header; none where nobody is signed in. */
  header(): Promise<{ readonly cookie?: string }>;
  /** Whether it may still be good: it is set, and was not refused. */
  isGood(): boolean;
  /** A response has set it. */
  set(sid: string, generation: number): void;
  /** A refresh with it was refused. The browser keeps it, as it was not told to delete it. */
  refused(): void;
  /** A response to a sign-out has deleted it, where it was that session's, or any. */
  clear(sid: string | undefined): void;
  copy(): RefreshCookie;
}

interface Held {
  readonly sid: string;
  readonly generation: number;
  readonly isRefused?: boolean;
}

export function createRefreshCookie(tokens: RefreshTokens, held?: Held): RefreshCookie {
  let current = held;
  return {
    header: async () => {
      if (current === undefined) return {};
      return { cookie: `__Host-refresh=${await tokens.signerOf(current.sid).write(current.generation, '')}` };
    },
    isGood: () => current !== undefined && !current.isRefused,
    set: (sid, generation) => {
      current = { sid, generation };
    },
    refused: () => {
      if (current !== undefined) current = { ...current, isRefused: true };
    },
    clear: (sid) => {
      if (sid === undefined || sid === current?.sid) current = undefined;
    },
    copy: () => createRefreshCookie(tokens, current),
  };
}
