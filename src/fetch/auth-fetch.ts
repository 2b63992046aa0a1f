import type { Page } from '../platform/platform.ts';
import type { AccessToken } from '../session/state.ts';
import { isTokenChallenge } from './challenge.ts';
import { mayReceiveToken, resolve } from './origins.ts';
import { replayable, type Sendable } from './replay.ts';

/** How one call is made. */
export interface CallPlan {
  readonly token: 'required' | 'optional' | 'none';
}

/** The tokens of a call: those of the user who made it, and of nobody else. */
export interface CallTokens {
  /** The token to send now; `undefined` for a call that goes out bare. Rejects where there is none to be had. */
  current(): AccessToken | Promise<AccessToken | undefined> | undefined;
  /** A newer one than `refused`; `undefined` where asking for it has proved useless. Rejects like `current`. */
  newer(refused: AccessToken): Promise<AccessToken | undefined>;
}

export interface AuthFetchParts {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  readonly page: Pick<Page, 'address' | 'origin'>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly streamReplayBytes: number;
  readonly isTokenRejected:
    | ((response: Response, request: { url: string; method: string }) => boolean | Promise<boolean>)
    | undefined;
  tokensFor(plan: CallPlan, signal: AbortSignal | null | undefined): CallTokens;
  /** The answer to a call that was sent with `token`: refused again after a replay, or not refused. */
  answered(token: AccessToken, refused: boolean): void;
  replayed(): void;
}

/** Where a call goes, and with which headers of the caller's. */
interface Target {
  readonly href: string;
  readonly origin: string;
  readonly headers: Headers | undefined;
}

/** `fetch` with the token of whoever is signed in: the rules of one call, from its origin to its one replay. */
export const createAuthFetch = (parts: AuthFetchParts) => {
  const { page, allowedOrigins } = parts;

  /** Where a call that is to have a token goes; `undefined` for one that is none of our business. */
  const targetOf = (input: RequestInfo | URL, init: RequestInit | undefined): Target | undefined => {
    const url = resolve(input, page.address());
    if (url === undefined || !mayReceiveToken(url, page.origin(), allowedOrigins)) return undefined;
    const given = init?.headers ?? (input instanceof Request ? input.headers : undefined);
    const headers = given && new Headers(given);
    return headers?.has('authorization') ? undefined : { href: url.href, origin: url.origin, headers };
  };

  const isRefused = (response: Response, { href, origin }: Target, sent: Sendable): boolean | Promise<boolean> => {
    // The token does not travel with a redirect to another origin, so what is said there says nothing of it.
    if (response.redirected && resolve(response.url, undefined)?.origin !== origin) return false;
    if (parts.isTokenRejected === undefined) return isTokenChallenge(response);
    const method = sent.init?.method ?? (sent.input instanceof Request ? sent.input.method : 'GET');
    return parts.isTokenRejected(response, { url: href, method });
  };

  const send = async (target: Target, sendable: Sendable, tokens: CallTokens): Promise<Response> => {
    const { headers } = target;
    try {
      const token = await tokens.current();
      if (token === undefined) return await parts.fetch(...sendable.first(headers ?? {}));
      const response = await parts.fetch(...sendable.first(withToken(headers, token)));
      if (!(await isRefused(response, target, sendable))) {
        parts.answered(token, false);
        return response;
      }
      const newer = await orDiscard(response, tokens.newer(token));
      const replay = newer && sendable.again(withToken(headers, newer));
      if (newer === undefined || replay === undefined) return response;
      void response.body?.cancel().catch(() => {});
      parts.replayed();
      const second = await parts.fetch(...replay);
      parts.answered(newer, await isRefused(second, target, sendable));
      return second;
    } finally {
      sendable.release();
    }
  };

  return (input: RequestInfo | URL, init: RequestInit | undefined, plan: CallPlan): Promise<Response> => {
    const target = plan.token === 'none' ? undefined : targetOf(input, init);
    if (target === undefined) return parts.fetch(input, init);
    const signal = init?.signal === undefined && input instanceof Request ? input.signal : init?.signal;
    return send(target, replayable(input, init, parts.streamReplayBytes), parts.tokensFor(plan, signal));
  };
};

/** Waits for `next`; where that fails, nobody will read `response` any more. */
const orDiscard = async <T>(response: Response, next: Promise<T>): Promise<T> => {
  try {
    return await next;
  } catch (error) {
    void response.body?.cancel().catch(() => {});
    throw error;
  }
};

/** The caller's headers with the token: `headers` is a copy already, since theirs are not ours to change. */
const withToken = (headers: Headers | undefined, token: AccessToken): Headers | Record<string, string> => {
  const authorization = `Bearer ${token.value}`;
  if (headers === undefined) return { authorization };
  headers.set('authorization', authorization);
  return headers;
};
