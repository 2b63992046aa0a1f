import { discard } from '../platform/bodies.ts';
import { isTokenChallenge } from './challenge.ts';
import { type Destination, endpointOf, resolve } from './origins.ts';

/** What a call was, for the app's own rules. */
interface SentRequest {
  readonly url: string;
  readonly method: string;
}

export interface RefusalRules {
  readonly isTokenRejected: ((response: Response, request: SentRequest) => boolean | Promise<boolean>) | undefined;
  /** Whether a server hides its refusals, so that they look like network errors. */
  readonly networkErrorMeansRejected: boolean | ((request: SentRequest) => boolean | Promise<boolean>);
  /** The page's own origin, which hides nothing from it. */
  ownOrigin(): string | undefined;
}

/** A call that was sent with a token. */
export interface SentCall {
  readonly to: Destination;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
}

/** How a call ended: with a response, or with an error of `fetch` that may hide a refusal. */
export interface Ending {
  readonly response?: Response;
  readonly error?: unknown;
  /** If the token was refused: by this endpoint, or by this origin if the refusal can only be guessed. */
  readonly refusedBy?: string;
}

/** Hands the caller what `fetch` resolved or rejected with. */
export function resultOf({ response, error }: Ending): Response {
  if (response === undefined) throw error;
  return response;
}

/** Tells refusals of a token from other endings of a call. */
export function createRefusals({ isTokenRejected, networkErrorMeansRejected, ownOrigin }: RefusalRules) {
  const describe = ({ to, method }: SentCall): SentRequest => ({ url: new URL(to.href).href, method });

  const isRefused = (response: Response, call: SentCall): boolean | Promise<boolean> => {
    // The token does not follow a redirect to another origin, so that origin's answer says nothing about it.
    if (response.redirected && resolve(response.url, undefined)?.origin !== call.to.origin) return false;
    return isTokenRejected === undefined ? isTokenChallenge(response) : isTokenRejected(response, describe(call));
  };

  const isHiddenRefusal = (error: unknown, call: SentCall): boolean | Promise<boolean> => {
    if (networkErrorMeansRejected === false || call.signal?.aborted || call.to.origin === ownOrigin()) return false;
    // What `fetch` calls a network error; an abort has another name.
    if ((error as Partial<Error> | undefined)?.name !== 'TypeError') return false;
    return networkErrorMeansRejected === true || networkErrorMeansRejected(describe(call));
  };

  const ofResponse = async (response: Response, call: SentCall): Promise<Ending> => {
    try {
      return (await isRefused(response, call)) ? { response, refusedBy: endpointOf(call.to) } : { response };
    } catch (error) {
      discard(response);
      throw error;
    }
  };

  /**
   * Resolves as what `over` makes of the ending. Rejects with what `fetch` did unless that may be a refusal,
   * and with what the app's rules throw.
   */
  return <T>(sending: Promise<Response>, call: SentCall, over: (ending: Ending) => T | Promise<T>): Promise<T> =>
    Promise.resolve(sending).then(
      (response) =>
        // Most responses need no closer look, and no more promises.
        isTokenRejected === undefined && response.status !== 401
          ? over({ response })
          : ofResponse(response, call).then(over),
      async (error) => {
        if (!(await isHiddenRefusal(error, call))) throw error;
        // A server that is down is down for all its endpoints.
        return over({ error, refusedBy: call.to.origin });
      },
    );
}
