import { isAuthError } from '../client/errors.ts';
import type { PageInfo } from '../platform/platform.ts';
import type { Demand } from '../session/demand.ts';
import type { AccessToken } from '../session/state.ts';
import type { Caller, CallPlan, CallTokens } from './call.ts';
import { createDestinations, type Destination, isRequest } from './origins.ts';
import { createRefusals, drop, isRefusal, type RefusalRules, type Refused, type SentCall } from './refusals.ts';
import type { StreamReplay } from './replay-streams.ts';
import { replayable, type Sendable } from './replayable-request.ts';
import { readInit } from './request-init.ts';

/** One call: all that is kept while it waits. */
interface Call extends SentCall, Caller {
  readonly to: Destination;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
  readonly sendable: Sendable;
}

export interface AuthFetchParts extends Omit<RefusalRules, 'ownOrigin'> {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  readonly page: Pick<PageInfo, 'address' | 'origin'>;
  readonly allowedOrigins: ReadonlySet<string>;
  /** Absent: a call whose body is a stream is sent once. */
  readonly streams: StreamReplay | undefined;
  readonly tokens: CallTokens;
  /** The API has taken the token of a call. */
  taken(token: AccessToken, to: Destination): void;
  /** A replay was refused as well, at `endpoint`: the refresh for it did not help. */
  refusedAgain(token: AccessToken, endpoint: string): void;
  /** A call is about to be sent again. */
  replayed(): void;
  /** Waits for something for a bounded time, however it ends. */
  patiently(work: Promise<unknown>): Promise<void>;
}

/** `fetch` with the token of whoever is signed in: the rules of one call, from its origin to its one replay. */
export const createAuthFetch = (parts: AuthFetchParts) => {
  const { page, tokens } = parts;
  const refusals = createRefusals({ ...parts, ownOrigin: page.origin });
  const destinationOf = createDestinations(parts.allowedOrigins);

  /** Decides at once where a token is at hand. Nothing is awaited between taking it and `fetch`. */
  const go = (call: Call): Promise<Response> => {
    const fail = (error: unknown): never => {
      call.sendable.release();
      throw error;
    };
    let token: ReturnType<CallTokens['take']>;
    try {
      token = tokens.take(call);
    } catch (error) {
      return fail(error);
    }
    if (!(token instanceof Promise)) return send(call, token);
    call.sendable.keep();
    return token.then(() => go(call), fail);
  };

  const send = async (call: Call, token: AccessToken | undefined): Promise<Response> => {
    const { sendable, to } = call;
    try {
      const owner = tokens.owner();
      const sending = parts.fetch(...sendable.first(token && bearer(token)));
      if (token === undefined) return await sending;
      const first = await ending(sending, call);
      if (!isRefusal(first)) {
        parts.taken(token, to);
        return first;
      }
      return await sendAgain(call, token, owner, first);
    } finally {
      sendable.release();
    }
  };

  const ending = (sending: Promise<Response>, call: Call): Promise<Response | Refused> =>
    Promise.resolve(sending).then(
      (response) => (refusals.isPlain(response) ? response : refusals.ofAnswer(response, call)),
      (error) => refusals.ofError(error, call),
    );

  const sendAgain = async (
    call: Call,
    token: AccessToken,
    owner: Pick<Demand, 'epoch' | 'user'>,
    first: Refused,
  ): Promise<Response> => {
    const { sendable, to, method, signal, asksToBeHeld = false } = call;
    const { refusedBy: endpoint, response } = first;
    const by = { endpoint, isGuess: response === undefined };
    // What cannot be repeated is not held.
    const holds = call.demand.holds === true && sendable.canRepeat();
    const demand = tokens.needNewer(token, owner, by, holds);
    let isDropped = false;
    const onHeld = () => {
      isDropped = true;
      if (response !== undefined) drop(response);
    };
    const caller: Caller = { demand, to, method, signal, asksToBeHeld, onHeld };
    const newest = () => tokens.take(caller);
    if (!sendable.canRepeat()) {
      // The next call will be glad of a newer token.
      void (async () => newest())().catch(() => {});
      return first.handOut();
    }
    let unread = response;
    sendable.keep();
    try {
      let newer: ReturnType<CallTokens['take']>;
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
      const second = await ending(parts.fetch(...replay), call);
      if (!isRefusal(second)) {
        parts.taken(newer, to);
        return second;
      }
      parts.refusedAgain(newer, second.refusedBy);
      return second.handOut();
    } finally {
      if (unread !== undefined) drop(unread);
    }
  };

  /** May throw at once, where others would reject. */
  return (input: RequestInfo | URL, given: RequestInit | undefined, plan: CallPlan): Promise<Response> => {
    const to = plan.token === 'none' ? undefined : destinationOf(input, page.address(), page.origin());
    if (to === undefined) return parts.fetch(input, given);
    const init = readInit(given);
    const asked = init.headers === undefined && isRequest(input) ? input.headers : init.headers;
    // The caller's headers are not ours to change.
    const headers = asked === undefined ? undefined : new Headers(asked);
    if (headers?.has('authorization')) return parts.fetch(input, given && { ...init });
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;
    const sendable = replayable(input, to.href, init, headers, parts.streams);
    return go({
      to,
      method: sendable.method,
      signal,
      sendable,
      demand: tokens.need(plan.relogin === 'hold'),
      asksToBeHeld: plan.asksToBeHeld === true,
      goesBare: plan.token === 'optional' && tokens.isNobodyKnown(),
    });
  };
};

const bearer = ({ value }: AccessToken): string => `Bearer ${value}`;
