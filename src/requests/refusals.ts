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
  readonly networkErrorMeansRejected: boolean | ((request: SentRequest) => boolean);
  /** The page's own origin, which hides nothing from it. */
  ownOrigin(): string | undefined;
}

/** A call that was sent with a token. */
export interface SentCall {
  readonly to: Destination;
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

/** Tells refusals of a token from other endings of a call. */
export const createRefusals = ({ isTokenRejected, networkErrorMeansRejected, ownOrigin }: RefusalRules) => {
  const describe = ({ to, method }: SentCall): SentRequest => ({ url: new URL(to.href).href, method });

  const isRefused = (response: Response, call: SentCall): boolean | Promise<boolean> => {
    // The token does not travel with a redirect to another origin, so what is said there says nothing of it.
    if (response.redirected && resolve(response.url, undefined)?.origin !== call.to.origin) return false;
    return isTokenRejected === undefined ? isTokenChallenge(response) : isTokenRejected(response, describe(call));
  };

  const isHiddenRefusal = (error: unknown, call: SentCall): boolean => {
    if (networkErrorMeansRejected === false || call.signal?.aborted || call.to.origin === ownOrigin()) return false;
    // What `fetch` calls a network error; an abort has another name.
    if ((error as Partial<Error> | undefined)?.name !== 'TypeError') return false;
    return networkErrorMeansRejected === true || networkErrorMeansRejected(describe(call));
  };

  return {
    /** An answer that is no refusal without a closer look, as most are. */
    isPlain: ({ status }: Response): boolean => isTokenRejected === undefined && status !== 401,

    /** The answer itself, or the refusal that it is. Rejects with what the app's rules throw. */
    ofAnswer: async (response: Response, call: SentCall): Promise<Response | Refused> => {
      try {
        const judged = isRefused(response, call);
        if (!(typeof judged === 'boolean' ? judged : await judged)) return response;
      } catch (error) {
        drop(response);
        throw error;
      }
      return { refusedBy: endpointOf(call.to), response, handOut: () => response };
    },

    /** The refusal that an error of `fetch` hides. Throws the error where it hides none. */
    ofError: (error: unknown, call: SentCall): Refused => {
      if (!isHiddenRefusal(error, call)) throw error;
      const handOut = () => {
        throw error;
      };
      // A server that is down is down for all its endpoints.
      return { refusedBy: call.to.origin, handOut };
    },
  };
};

/** An answer that nobody will read would keep its connection, and use up the quota of `keepalive` requests. */
export const drop = ({ body }: Response): void => void body?.cancel().catch(() => {});
