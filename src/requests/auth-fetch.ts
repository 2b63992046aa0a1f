import { isAuthError } from '../client/errors.ts';
import { discard } from '../platform/bodies.ts';
import type { PageInfo } from '../platform/platform.ts';
import type { CallOwner } from '../session/demand.ts';
import type { AccessToken } from '../session/state.ts';
import { createDestinations, type Destination, isRequest } from './origins.ts';
import { createRefusals, type Ending, type RefusalRules, resultOf, type SentCall } from './refusals.ts';
import type { StreamReplay } from './replay/replay-streams.ts';
import {
  canReplay,
  isKeepalive,
  mustRelease,
  type ReplayableRequest,
  release,
  replayable,
  sendingOf,
} from './replay/replayable-request.ts';
import { readInit } from './replay/request-init.ts';
import type { Caller, CallTokens } from './waiting/caller.ts';

/** How one call is made. */
export interface CallPlan {
  readonly token: 'required' | 'optional' | 'none';
  readonly relogin: 'reject' | 'hold';
  /** The call itself asks to be held, in its own options. */
  readonly asksToBeHeld?: boolean;
}

/** One call: all that is kept while it waits. */
interface Call extends SentCall, Caller<Response> {
  readonly to: Destination;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
  readonly request: ReplayableRequest;
}

export interface AuthFetchParts extends Omit<RefusalRules, 'ownOrigin'> {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  readonly page: Pick<PageInfo, 'address' | 'origin'>;
  readonly allowedOrigins: ReadonlySet<string>;
  /** If it is absent, a call whose body is a stream is sent once. */
  readonly streams: StreamReplay | undefined;
  readonly tokens: CallTokens;
  /** An API has accepted the token of a call. */
  taken(token: AccessToken, to: Destination): void;
  /** `endpoint` has refused a replay as well: the refresh did not help. */
  refusedAgain(token: AccessToken, endpoint: string): void;
  /** A call is about to be sent again. */
  replayed(): void;
  /** Waits for something for a bounded time, however it ends. */
  patiently(work: Promise<unknown>): Promise<void>;
}

/** `fetch` with the token of whoever is signed in: the rules of one call, from its origin to its one replay. */
export function createAuthFetch(parts: AuthFetchParts) {
  const { page, tokens } = parts;
  const whenOver = createRefusals({ ...parts, ownOrigin: page.origin });
  const destinationOf = createDestinations(parts.allowedOrigins);

  const takeAndRelease = async (call: Call): Promise<Response> => {
    try {
      return await tokens.take(call);
    } finally {
      release(call.request);
    }
  };

  // All calls share these two.

  function keepBody(this: Call) {
    this.request.body?.keep();
  }

  /** Nothing is awaited between taking the token and `fetch`. */
  function send(this: Call, token: AccessToken | undefined): Promise<Response> {
    const owner = tokens.owner();
    const sending = parts.fetch(...sendingOf(this.request, token && bearer(token)));
    if (token === undefined) return sending;
    return whenOver(sending, this, (first) => {
      if (first.refusedBy !== undefined) return replay(this, token, owner, first, first.refusedBy);
      parts.taken(token, this.to);
      return resultOf(first);
    });
  }

  const replay = async (
    call: Call,
    token: AccessToken,
    owner: CallOwner,
    first: Ending,
    endpoint: string,
  ): Promise<Response> => {
    const { request, to, method, signal, asksToBeHeld = false } = call;
    const { response } = first;
    const isGuess = response === undefined;
    const isReplayable = canReplay(request);
    // A call that cannot be replayed is not held.
    const holds = call.demand.holds === true && isReplayable;
    const demand = tokens.demandNewer(token, owner, { endpoint, isGuess }, holds);
    let unread = response;
    const drop = () => {
      if (unread !== undefined) discard(unread);
      unread = undefined;
    };
    const caller = { demand, to, method, signal, asksToBeHeld, onHeld: drop };
    if (!isReplayable) {
      // The next call will be glad of a newer token.
      void (async () => tokens.take(caller))().catch(() => {});
      return resultOf(first);
    }
    const giveBack = (): Response => {
      unread = undefined;
      return resultOf(first);
    };
    // The three steps of a replay, in order.
    const getReady = (newer: AccessToken | undefined): Response | Promise<Response> => {
      if (newer === undefined || !canReplay(request)) return giveBack();
      // Chromium gives the quota of `keepalive` requests back only when a response has been read.
      return unread !== undefined && isKeepalive(request)
        ? parts.patiently(unread.clone().arrayBuffer()).then(announce)
        : announce();
    };
    /** Listeners run, and time may have passed: the token is taken again after that. */
    const announce = () => {
      parts.replayed();
      return tokens.take<Response>({ ...caller, onToken: resend });
    };
    const resend = (newer: AccessToken | undefined): Response | Promise<Response> => {
      if (newer === undefined || !canReplay(request)) return giveBack();
      return whenOver(parts.fetch(...sendingOf(request, bearer(newer), true)), call, (second) => {
        if (second.refusedBy === undefined) parts.taken(newer, to);
        else parts.refusedAgain(newer, second.refusedBy);
        return resultOf(second);
      });
    };
    request.body?.keep();
    try {
      return await tokens.take<Response>({ ...caller, onToken: getReady });
    } catch (error) {
      // Then it may well be the network after all.
      if (isGuess && isAuthError(error) && error.code === 'refresh_unavailable') return resultOf(first);
      throw error;
    } finally {
      drop();
    }
  };

  /** May throw at once instead of rejecting. */
  return (input: RequestInfo | URL, given: RequestInit | undefined, plan: CallPlan): Response | Promise<Response> => {
    const to = plan.token === 'none' ? undefined : destinationOf(input, page.address(), page.origin());
    if (to === undefined) return parts.fetch(input, given);
    const init = readInit(given);
    const asked = init.headers === undefined && isRequest(input) ? input.headers : init.headers;
    // The caller's headers are not ours to change.
    const headers = asked === undefined ? undefined : new Headers(asked);
    if (headers?.has('authorization')) return parts.fetch(input, given && { ...init });
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;
    const request = replayable(input, to.href, init, headers, parts.streams);
    const call: Call = {
      to,
      method: request.method,
      signal,
      request,
      demand: tokens.demandNow(plan.relogin === 'hold'),
      asksToBeHeld: plan.asksToBeHeld === true,
      mayGoWithoutToken: plan.token === 'optional' && tokens.isUserUnknown(),
      onWait: keepBody,
      onToken: send,
    };
    return mustRelease(request) ? takeAndRelease(call) : tokens.take(call);
  };
}

function bearer({ value }: AccessToken): string {
  return `Bearer ${value}`;
}
