import { readTokenResponse, type TokenResponse } from '../../auth-server/tokens/token-response.ts';
import { isAuthError } from '../../client/errors.ts';
import type { Answer } from './exchange.ts';

/** The tokens of an answer, as the client of this package reads them, or why it cannot. */
export type TokensRead = { readonly tokens: TokenResponse } | { readonly problem: string };

export function readTokensOf({ body }: Answer): TokensRead {
  try {
    return { tokens: readTokenResponse(body) };
  } catch (error) {
    if (!isAuthError(error)) throw error;
    return { problem: error.message };
  }
}

/** The tokens of an answer; `undefined` where the client finds none. */
export function tokensOf(answer: Answer): TokenResponse | undefined {
  const read = readTokensOf(answer);
  return 'tokens' in read ? read.tokens : undefined;
}
