import { isTokenChallenge } from './challenge.ts';
import { resolve } from './origins.ts';

/** What a call was, for the app's own rules. */
interface SentRequest {
  readonly url: string;
  readonly method: string;
}

export interface RefusalRules {
  readonly isTokenRejected: ((response: Response, request: SentRequest) => boolean | Promise<boolean>) | undefined;
  /** Whether a server hides its refusals, so that they look like network errors. */
  readonly networkErrorMeansRejected: boolean | ((request: SentRequest) => boolean);
  /** The page's own origin, which hides nothing from it. */
  ownOrigin(): string | undefined;
}

/** A call that was sent with a token. */
export interface SentCall {
  readonly url: URL;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
}

/** How the sending of a call has ended, and the name of what has refused its token, if so. */
export interface Ending {
  /** Hands the caller the response, or throws what `fetch` has rejected with. */
  readonly handOut: () => Response;
  readonly response?: Response;
  readonly refusedBy?: string;
}

/** An address as a name for what is there: without its query. */
export const endpointOf = (url: URL): string => url.origin + url.pathname;

/** Waits for the end of a sending, and judges whether the token was refused. Rejects with what the app's own rules throw. */
export const createRefusals = ({ isTokenRejected, networkErrorMeansRejected, ownOrigin }: RefusalRules) => {
  const isRefused = async (response: Response, { url, method }: SentCall): Promise<boolean> => {
    // The token does not travel with a redirect to another origin, so what is said there says nothing of it.
    if (response.redirected && resolve(response.url, undefined)?.origin !== url.origin) return false;
    if (isTokenRejected === undefined) return isTokenChallenge(response);
    try {
      return await isTokenRejected(response, { url: url.href, method });
    } catch (error) {
      drop(response);
      throw error;
    }
  };

  const isHiddenRefusal = (error: unknown, { url, method, signal }: SentCall): boolean => {
    if (networkErrorMeansRejected === false || signal?.aborted || url.origin === ownOrigin()) return false;
    // What `fetch` calls a network error; an abort has another name.
    if ((error as Partial<Error> | undefined)?.name !== 'TypeError') return false;
    return networkErrorMeansRejected === true || networkErrorMeansRejected({ url: url.href, method });
  };

  return async (sending: Promise<Response>, call: SentCall): Promise<Ending> => {
    let response: Response;
    try {
      response = await sending;
    } catch (error) {
      const handOut = () => {
        throw error;
      };
      // It is the server's, not the endpoint's: a server that is down is down for all its endpoints.
      return isHiddenRefusal(error, call) ? { handOut, refusedBy: call.url.origin } : { handOut };
    }
    const handOut = () => response;
    return (await isRefused(response, call))
      ? { handOut, response, refusedBy: endpointOf(call.url) }
      : { handOut, response };
  };
};

/** An answer that nobody will read would keep its connection, and use up the quota of `keepalive` requests. */
export const drop = ({ body }: Response): void => void body?.cancel().catch(() => {});
