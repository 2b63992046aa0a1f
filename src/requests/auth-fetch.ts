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
interface Call extends SentCall, Caller {
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
  const endingOf = createRefusals({ ...parts, ownOrigin: page.origin });
  const destinationOf = createDestinations(parts.allowedOrigins);

  /** Sends at once if a token is at hand. Nothing is awaited between taking the token and `fetch`. */
  const start = (call: Call): Promise<Response> => {
    const fail = (error: unknown): never => {
      release(call.request);
      throw error;
    };
    try {
      const token = tokens.take(call);
      if (!(token instanceof Promise)) return send(call, token);
      call.request.body?.keep();
      return token.then(() => start(call), fail);
    } catch (error) {
      return fail(error);
    }
  };

  const send = async (call: Call, token: AccessToken | undefined): Promise<Response> => {
    try {
      const owner = tokens.owner();
      const sending = parts.fetch(...sendingOf(call.request, token && bearer(token)));
      if (token === undefined) return await sending;
      const first = await endingOf(sending, call);
      if (first.refusedBy !== undefined) return await replay(call, token, owner, first, first.refusedBy);
      parts.taken(token, call.to);
      return resultOf(first);
    } finally {
      release(call.request);
    }
  };

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
    const caller: Caller = { demand, to, method, signal, asksToBeHeld, onHeld: drop };
    const takeNewer = () => tokens.take(caller);
    if (!isReplayable) {
      // The next call will be glad of a newer token.
      void (async () => takeNewer())().catch(() => {});
      return resultOf(first);
    }
    request.body?.keep();
    try {
      let newer = takeNewer();
      for (let isReady = false; newer instanceof Promise || (newer !== undefined && !isReady); newer = takeNewer()) {
        if (newer instanceof Promise) {
          await newer;
          continue;
        }
        // This takes its time, and runs listeners: the token is taken again after it.
        isReady = true;
        // Chromium gives the quota of `keepalive` requests back only when a response has been read.
        if (unread !== undefined && isKeepalive(request)) await parts.patiently(unread.clone().arrayBuffer());
        parts.replayed();
      }
      if (newer === undefined || !canReplay(request)) {
        unread = undefined;
        return resultOf(first);
      }
      const second = await endingOf(parts.fetch(...sendingOf(request, bearer(newer), true)), call);
      if (second.refusedBy === undefined) parts.taken(newer, to);
      else parts.refusedAgain(newer, second.refusedBy);
      return resultOf(second);
    } catch (error) {
      // Then it may well be the network after all.
      if (isGuess && isAuthError(error) && error.code === 'refresh_unavailable') return resultOf(first);
      throw error;
    } finally {
      drop();
    }
  };

  /** May throw at once instead of rejecting. */
  return (input: RequestInfo | URL, given: RequestInit | undefined, plan: CallPlan): Promise<Response> => {
    const to = plan.token === 'none' ? undefined : destinationOf(input, page.address(), page.origin());
    if (to === undefined) return parts.fetch(input, given);
    const init = readInit(given);
    const asked = init.headers === undefined && isRequest(input) ? input.headers : init.headers;
    // The caller's headers are not ours to change.
    const headers = asked === undefined ? undefined : new Headers(asked);
    if (headers?.has('authorization')) return parts.fetch(input, given && { ...init });
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;
    const request = replayable(input, to.href, init, headers, parts.streams);
    return start({
      to,
      method: request.method,
      signal,
      request,
      demand: tokens.demandNow(plan.relogin === 'hold'),
      asksToBeHeld: plan.asksToBeHeld === true,
      mayGoWithoutToken: plan.token === 'optional' && tokens.isUserUnknown(),
    });
  };
}

function bearer({ value }: AccessToken): string {
  return `Bearer ${value}`;
}
