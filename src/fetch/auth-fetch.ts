import { isAuthError } from '../errors.ts';
import type { Page } from '../platform/platform.ts';
import type { AccessToken } from '../session/state.ts';
import type { Refusal } from '../session/useless.ts';
import { isRequest, mayReceiveToken, resolve } from './origins.ts';
import { createRefusals, drop, type RefusalRules, type SentCall } from './refusals.ts';
import { replayable, type Sendable } from './replay.ts';
import { readInit } from './request-init.ts';

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
   * A newer one than `refused`, which `by.endpoint` did not take; `undefined` where asking for it has proved useless. A call
   * that cannot be repeated is not held; for one that is, the answer that it has got cannot be the caller's any more.
   */
  newerThan(
    refused: AccessToken,
    by: Pick<Refusal, 'endpoint' | 'isGuess'>,
    canRepeat: boolean,
    onHeld: () => void,
  ): TakeToken;
}

export interface AuthFetchParts extends Omit<RefusalRules, 'ownOrigin'> {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  readonly page: Pick<Page, 'address' | 'origin'>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly streamReplayBytes: number;
  /** Whether an address belongs to the auth server. A call to one is never held: it may be what the others wait for. */
  isAuthServer(url: URL): boolean;
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
  const endingOf = createRefusals({ ...parts, ownOrigin: page.origin });

  /** Where a call that is to have a token goes; `undefined` for one that has an `Authorization` of its own. */
  const targetOf = (url: URL, input: RequestInfo | URL, init: RequestInit): Target | undefined => {
    const given = init.headers ?? (isRequest(input) ? input.headers : undefined);
    const headers = given && new Headers(given);
    return headers?.has('authorization') ? undefined : { url, headers };
  };

  const send = async (call: SentCall, sendable: Sendable, tokens: CallTokens): Promise<Response> => {
    let unread: Response | undefined;
    let isDropped = false;
    try {
      let token = tokens.current();
      while (token instanceof Promise) {
        sendable.keep();
        await token;
        token = tokens.current();
      }
      const sending = parts.fetch(...sendable.first(token && bearer(token)));
      if (token === undefined) return await sending;
      const { response, refusedBy: endpoint, handOut } = await endingOf(sending, call);
      if (endpoint === undefined) {
        if (response !== undefined) parts.taken(token, call.url);
        return handOut();
      }
      const by = { endpoint, isGuess: response === undefined };
      const newest = tokens.newerThan(token, by, sendable.canRepeat(), () => {
        isDropped = true;
        if (response !== undefined) drop(response);
      });
      if (!sendable.canRepeat()) {
        // The next call will be glad of a newer token.
        void (async () => newest())().catch(() => {});
        return handOut();
      }
      unread = response;
      sendable.keep();
      let newer: ReturnType<TakeToken>;
      try {
        newer = newest();
        let isReady = false;
        while (newer instanceof Promise || (newer !== undefined && !isReady)) {
          if (newer instanceof Promise) await newer;
          else {
            // This takes its time, and runs listeners: the token is taken again after it.
            isReady = true;
            // Chromium gives the quota of `keepalive` requests back only when an answer has been read.
            if (response !== undefined && sendable.isKeepalive && !isDropped)
              await parts.patiently(response.clone().arrayBuffer());
            parts.replayed();
          }
          newer = newest();
        }
      } catch (error) {
        // Then it may well be the network after all.
        if (by.isGuess && isAuthError(error) && error.code === 'refresh_unavailable') return handOut();
        throw error;
      }
      const replay = newer === undefined ? undefined : sendable.again(bearer(newer));
      if (newer === undefined || replay === undefined) {
        unread = undefined;
        return handOut();
      }
      const second = await endingOf(parts.fetch(...replay), call);
      if (second.refusedBy !== undefined) parts.refusedAgain(newer, second.refusedBy);
      else if (second.response !== undefined) parts.taken(newer, call.url);
      return second.handOut();
    } finally {
      sendable.release();
      if (unread !== undefined) drop(unread);
    }
  };

  return (input: RequestInfo | URL, given: RequestInit | undefined, plan: CallPlan): Promise<Response> => {
    const url = plan.token === 'none' ? undefined : resolve(input, page.address());
    if (url === undefined || !mayReceiveToken(url, page.origin(), allowedOrigins)) return parts.fetch(input, given);
    const init = readInit(given);
    const target = targetOf(url, input, init);
    if (target === undefined) return parts.fetch(input, given && { ...init });
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;
    const sendable = replayable(input, url.href, init, target.headers, parts.streamReplayBytes);
    const { method } = sendable;
    const holds = plan.relogin === 'hold' && !parts.isAuthServer(url);
    const tokens = parts.tokensFor({ method, signal, holds }, plan.token === 'optional');
    return send({ url, method, signal }, sendable, tokens);
  };
};

const bearer = ({ value }: AccessToken): string => `Bearer ${value}`;
