import type { CallPlan } from '../requests/auth-fetch.ts';
import type { OwnFetch } from '../requests/own-fetch.ts';
import { readInit } from '../requests/replay/request-init.ts';
import type { HoldCalls } from '../requests/waiting/hold-calls.ts';
import type { AuthRequestInit } from './auth-client.ts';
import type { CallOptions } from './options.ts';
import { callPlan } from './settings.ts';

/** An `init` as `fetch` is typed, which takes a member that is `undefined` for absent as well. */
type CallInit = RequestInit & Pick<AuthRequestInit, 'auth'>;

interface CallParts {
  /** May throw at once. */
  send(input: RequestInfo | URL, init: RequestInit | undefined, plan: CallPlan): Response | Promise<Response>;
  readonly ownFetch: OwnFetch;
  /** What a call does that does not say. */
  readonly otherwise: CallPlan;
  readonly hold: HoldCalls | undefined;
  /** What a call waits for first; absent if it waits for nothing. */
  readonly started: (() => Promise<unknown>) | undefined;
}

/** A call as the app makes it: finds out how it is to be made, and always answers with a promise. */
export function createCall({ send, ownFetch, otherwise, hold, started }: CallParts) {
  const sendAsAsked = (input: RequestInfo | URL, init: CallInit | undefined, bound: CallOptions | undefined) => {
    const plan = callPlan(bound, otherwise, hold);
    const auth = init?.auth;
    if (auth === undefined) return send(input, init, plan);
    const ownPlan = callPlan(auth, plan, hold);
    return send(input, readInit(init), { ...ownPlan, asksToBeHeld: auth.relogin === 'hold' });
  };

  /** Not `async`: a call whose token is at hand needs no promise of its own. */
  return (
    input: RequestInfo | URL,
    given: AuthRequestInit | undefined,
    bound: CallOptions | undefined,
  ): Promise<Response> => {
    const init = given as CallInit | undefined;
    try {
      if (ownFetch.isOwn(input, init)) return Promise.resolve(ownFetch.native(input, init));
      return started === undefined
        ? Promise.resolve(sendAsAsked(input, init, bound))
        : started().then(() => sendAsAsked(input, init, bound));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}
