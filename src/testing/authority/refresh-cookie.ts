import type { RefreshTokens } from '../../server/tokens/refresh-token.ts';

/**
 * The refresh cookie of one browser. A browser hides `Set-Cookie` from script, and so do some DOMs for tests; so the cookie is
 * written anew from what a token response says of its session.
 */
export interface RefreshCookie {
  /** The `Cookie` header; none where nobody is signed in. */
  header(): Promise<{ readonly cookie?: string }>;
  isSet(): boolean;
  /** A response has set it. */
  set(sid: string, generation: number): void;
  /** A response to a sign-out has deleted it, where it was that session's, or any. */
  clear(sid: string | undefined): void;
  copy(): RefreshCookie;
}

interface Held {
  readonly sid: string;
  readonly generation: number;
}

export function createRefreshCookie(tokens: RefreshTokens, held?: Held): RefreshCookie {
  let current = held;
  return {
    header: async () => {
      if (current === undefined) return {};
      return { cookie: `__Host-refresh=${await tokens.signerOf(current.sid).write(current.generation, '')}` };
    },
    isSet: () => current !== undefined,
    set: (sid, generation) => {
      current = { sid, generation };
    },
    clear: (sid) => {
      if (sid === undefined || sid === current?.sid) current = undefined;
    },
    copy: () => createRefreshCookie(tokens, current),
  };
}
