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

/** A token was refused: by an answer, or by what looks like a network error. */
export interface Refused {
  /** The endpoint that refused it, or the server where the refusal can only be guessed. */
  readonly refusedBy: string;
  readonly response?: Response;
  /** Hands the caller the response, or throws what `fetch` rejected with. */
  handOut(): Response;
}

export const isRefusal = (ending: Response | Refused): ending is Refused => 'refusedBy' in ending;

/** An address as a name for what is there: without its query. */
export const endpointOf = (url: URL): string => url.origin + url.pathname;

/** Resolves with the answer to a call, or with the refusal of its token. Rejects as `fetch`, and with what the app's rules throw. */
export const createRefusals = ({ isTokenRejected, networkErrorMeansRejected, ownOrigin }: RefusalRules) => {
  const isRefused = (response: Response, { url, method }: SentCall): boolean | Promise<boolean> => {
    // The token does not travel with a redirect to another origin, so what is said there says nothing of it.
    if (response.redirected && resolve(response.url, undefined)?.origin !== url.origin) return false;
    return isTokenRejected === undefined
      ? isTokenChallenge(response)
      : isTokenRejected(response, { url: url.href, method });
  };

  const isHiddenRefusal = (error: unknown, { url, method, signal }: SentCall): boolean => {
    if (networkErrorMeansRejected === false || signal?.aborted || url.origin === ownOrigin()) return false;
    // What `fetch` calls a network error; an abort has another name.
    if ((error as Partial<Error> | undefined)?.name !== 'TypeError') return false;
    return networkErrorMeansRejected === true || networkErrorMeansRejected({ url: url.href, method });
  };

  return async (sending: Promise<Response>, call: SentCall): Promise<Response | Refused> => {
    let response: Response;
    try {
      response = await sending;
    } catch (error) {
      if (!isHiddenRefusal(error, call)) throw error;
      const handOut = () => {
        throw error;
      };
      // A server that is down is down for all its endpoints.
      return { refusedBy: call.url.origin, handOut };
    }
    try {
      const judged = isRefused(response, call);
      if (!(typeof judged === 'boolean' ? judged : await judged)) return response;
    } catch (error) {
      drop(response);
      throw error;
    }
    return { refusedBy: endpointOf(call.url), response, handOut: () => response };
  };
};

/** An answer that nobody will read would keep its connection, and use up the quota of `keepalive` requests. */
export const drop = ({ body }: Response): void => void body?.cancel().catch(() => {});
