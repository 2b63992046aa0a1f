import type { Page } from '../platform/platform.ts';
import type { AccessToken } from '../session/state.ts';
import { isTokenChallenge } from './challenge.ts';
import { isRequest, mayReceiveToken, resolve } from './origins.ts';
import { replayable, type Sendable } from './replay.ts';

/** How one call is made. */
export interface CallPlan {
  readonly token: 'required' | 'optional' | 'none';
  readonly relogin: 'reject' | 'hold';
}

/**
 * Takes a token: of the user who made the call, and of nobody else. A promise is one to wait for before taking again, so that
 * what is taken is true at the moment it is sent. Throws, or rejects, where there is none to be had.
 */
type TakeToken = () => AccessToken | undefined | Promise<unknown>;

/** The tokens of a call. */
export interface CallTokens {
  /** The one to send; `undefined` for a call that goes out bare. */
  readonly current: TakeToken;
  /**
   * A newer one than `refused`, which `endpoint` (an address without query) did not take; `undefined` where asking for it has
   * proved useless. A call that cannot be repeated is not held; for one that is, the answer that it has got cannot be the
   * caller's any more.
   */
  newerThan(refused: AccessToken, endpoint: string, canRepeat: boolean, onHeld: () => void): TakeToken;
}

export interface AuthFetchParts {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  readonly page: Pick<Page, 'address' | 'origin'>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly streamReplayBytes: number;
  readonly isTokenRejected:
    | ((response: Response, request: { url: string; method: string }) => boolean | Promise<boolean>)
    | undefined;
  /** Whether the auth server has an endpoint there. A call to one is never held: it may be what the others wait for. */
  isEndpoint(url: URL): boolean;
  tokensFor(
    caller: {
      readonly method: string;
      readonly signal: AbortSignal | null | undefined;
      readonly holds: boolean;
    },
    isOptional: boolean,
  ): CallTokens;
  /** The API at `url` has taken the token of a call. */
  taken(token: AccessToken, url: URL): void;
  /** A replay was refused as well, at `endpoint`: the refresh for it did not help. */
  refusedAgain(token: AccessToken, endpoint: string): void;
  /** A call is about to be sent again. */
  replayed(): void;
  /** Waits for something for a bounded time, however it ends. */
  patiently(work: Promise<unknown>): Promise<void>;
}

/** Where a call goes, and a copy of the caller's headers: theirs are not ours to change. */
interface Target {
  readonly url: URL;
  readonly headers: Headers | undefined;
}

/** `fetch` with the token of whoever is signed in: the rules of one call, from its origin to its one replay. */
export const createAuthFetch = (parts: AuthFetchParts) => {
  const { page, allowedOrigins } = parts;

  /** Where a call that is to have a token goes; `undefined` for one that is none of our business. */
  const targetOf = (input: RequestInfo | URL, init: RequestInit | undefined): Target | undefined => {
    const url = resolve(input, page.address());
    if (url === undefined || !mayReceiveToken(url, page.origin(), allowedOrigins)) return undefined;
    const given = init?.headers ?? (isRequest(input) ? input.headers : undefined);
    const headers = given && new Headers(given);
    return headers?.has('authorization') ? undefined : { url, headers };
  };

  const isRefused = async (response: Response, { url }: Target, sent: Sendable): Promise<boolean> => {
    // The token does not travel with a redirect to another origin, so what is said there says nothing of it.
    if (response.redirected && resolve(response.url, undefined)?.origin !== url.origin) return false;
    if (parts.isTokenRejected === undefined) return isTokenChallenge(response);
    try {
      return await parts.isTokenRejected(response, { url: url.href, method: sent.method });
    } catch (error) {
      drop(response);
      throw error;
    }
  };

  const send = async (target: Target, sendable: Sendable, tokens: CallTokens): Promise<Response> => {
    let unread: Response | undefined;
    let isDropped = false;
    try {
      let token = tokens.current();
      while (token instanceof Promise) {
        await token;
        token = tokens.current();
      }
      const response = await parts.fetch(...sendable.first(token && bearer(token)));
      if (token === undefined) return response;
      if (!(await isRefused(response, target, sendable))) {
        parts.taken(token, target.url);
        return response;
      }
      const newest = tokens.newerThan(token, endpointOf(target.url), sendable.canRepeat(), () => {
        isDropped = true;
        drop(response);
      });
      if (!sendable.canRepeat()) {
        // The next call will be glad of a newer token.
        void (async () => newest())().catch(() => {});
        return response;
      }
      unread = response;
      let newer = newest();
      let isReady = false;
      while (newer instanceof Promise || (newer !== undefined && !isReady)) {
        if (newer instanceof Promise) await newer;
        else {
          // This takes its time, and runs listeners: the token is taken again after it.
          isReady = true;
          // Chromium gives the quota of `keepalive` requests back only when an answer has been read.
          if (sendable.isKeepalive && !isDropped) await parts.patiently(response.clone().arrayBuffer());
          parts.replayed();
        }
        newer = newest();
      }
      const replay = newer === undefined ? undefined : sendable.again(bearer(newer));
      if (newer === undefined || replay === undefined) {
        unread = undefined;
        return response;
      }
      const [where, what] = replay;
      const second = await parts.fetch(where, what);
      if (await isRefused(second, target, sendable)) parts.refusedAgain(newer, endpointOf(target.url));
      else parts.taken(newer, target.url);
      return second;
    } finally {
      sendable.release();
      if (unread !== undefined) drop(unread);
    }
  };

  return (input: RequestInfo | URL, init: RequestInit | undefined, plan: CallPlan): Promise<Response> => {
    const target = plan.token === 'none' ? undefined : targetOf(input, init);
    if (target === undefined) return parts.fetch(input, init);
    const signal = init?.signal === undefined && isRequest(input) ? input.signal : init?.signal;
    const sendable = replayable(input, target.url.href, init, target.headers, parts.streamReplayBytes);
    const holds = plan.relogin === 'hold' && !parts.isEndpoint(target.url);
    const caller = { method: sendable.method, signal, holds };
    return send(target, sendable, parts.tokensFor(caller, plan.token === 'optional'));
  };
};

/** An answer that nobody will read would keep its connection, and use up the quota of `keepalive` requests. */
const drop = ({ body }: Response): void => void body?.cancel().catch(() => {});

/** An address as a name for what is there: without its query. */
export const endpointOf = (url: URL): string => url.origin + url.pathname;

const bearer = ({ value }: AccessToken): string => `Bearer ${value}`;
