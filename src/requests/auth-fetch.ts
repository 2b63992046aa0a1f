import { isAuthError } from '../client/errors.ts';
import type { PageInfo } from '../platform/platform.ts';
import type { Refusal } from '../session/refresh-loop-guard.ts';
import type { AccessToken } from '../session/state.ts';
import { isRequest, mayReceiveToken, resolve } from './origins.ts';
import { createRefusals, drop, isRefusal, type RefusalRules, type SentCall } from './refusals.ts';
import type { StreamReplay } from './replay-streams.ts';
import { replayable, type Sendable } from './replayable-request.ts';
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
  readonly page: Pick<PageInfo, 'address' | 'origin'>;
  readonly allowedOrigins: ReadonlySet<string>;
  /** Absent: a call whose body is a stream is sent once. */
  readonly streams: StreamReplay | undefined;
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

/** `fetch` with the token of whoever is signed in: the rules of one call, from its origin to its one replay. */
export const createAuthFetch = (parts: AuthFetchParts) => {
  const { page, allowedOrigins } = parts;
  const ended = createRefusals({ ...parts, ownOrigin: page.origin });

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
      const first = await ended(sending, call);
      if (!isRefusal(first)) {
        parts.taken(token, call.url);
        return first;
      }
      const { refusedBy: endpoint, response } = first;
      const by = { endpoint, isGuess: response === undefined };
      const newest = tokens.newerThan(token, by, sendable.canRepeat(), () => {
        isDropped = true;
        if (response !== undefined) drop(response);
      });
      if (!sendable.canRepeat()) {
        // The next call will be glad of a newer token.
        void (async () => newest())().catch(() => {});
        return first.handOut();
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
        if (by.isGuess && isAuthError(error) && error.code === 'refresh_unavailable') return first.handOut();
        throw error;
      }
      const replay = newer === undefined ? undefined : sendable.again(bearer(newer));
      if (newer === undefined || replay === undefined) {
        unread = undefined;
        return first.handOut();
      }
      const second = await ended(parts.fetch(...replay), call);
      if (!isRefusal(second)) {
        parts.taken(newer, call.url);
        return second;
      }
      parts.refusedAgain(newer, second.refusedBy);
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
    const asked = init.headers === undefined && isRequest(input) ? input.headers : init.headers;
    // The caller's headers are not ours to change.
    const headers = asked === undefined ? undefined : new Headers(asked);
    if (headers?.has('authorization')) return parts.fetch(input, given && { ...init });
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;
    const sendable = replayable(input, url.href, init, headers, parts.streams);
    const holds = plan.relogin === 'hold' && !parts.isAuthServer(url);
    const call = { url, method: sendable.method, signal, holds };
    return send(call, sendable, parts.tokensFor(call, plan.token === 'optional'));
  };
};

const bearer = ({ value }: AccessToken): string => `Bearer ${value}`;
