import type { RefreshProblem, ReloginReason } from '../session/session.ts';
import { interceptionOf } from './classify-response.ts';
import { isObject } from './token-response.ts';

/** An answer of the refresh endpoint, as `classifyRefresh` sees it. */
export interface RefreshAnswer {
  /** The HTTP status; 0 for a redirect, which is not followed. */
  readonly status: number;
  /** The `error` member of a JSON body. */
  readonly error: string | undefined;
  readonly headers: Headers;
  /** The body: parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

/**
 * `rejected`: the session is over. `anonymous`: nobody is signed in. `transient`: it says nothing about the session.
 * `undefined`: the client's own rule. Synchronous: a promise, or any other value, is reported, and the refresh has failed.
 */
export type ClassifyRefresh = (answer: RefreshAnswer) => 'rejected' | 'anonymous' | 'transient' | undefined;

/** What an answer of the refresh endpoint means. */
export type Verdict =
  | { readonly is: 'tokens'; readonly body: unknown }
  /** `error`: the code that says so, where it is one of the known ones. */
  | { readonly is: 'rejected'; readonly reason: ReloginReason; readonly error: string | undefined }
  | { readonly is: 'transient'; readonly problem: Pick<RefreshProblem, 'kind' | 'status'> };

/** The codes of RFC 6749 §5.2, RFC 6750 §3.1 and OpenID Connect that mean: this session cannot be refreshed any more. */
const ends = new Set<string | undefined>([
  'invalid_grant',
  'invalid_token',
  'invalid_client',
  'unauthorized_client',
  'access_denied',
  'login_required',
]);

/** The whole body: parsed where it is JSON, else its text. Rejects where the connection breaks in the middle. */
export const readBody = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** The `error` member of a JSON body. */
export const errorOf = (body: unknown): string | undefined =>
  isObject(body) && Object.hasOwn(body, 'error') && typeof body.error === 'string' ? body.error : undefined;

/**
 * Judges an answer of the refresh endpoint. Only what is on the list of definitive answers ends a session. Throws where
 * `classify` does, or says something that is no verdict.
 */
export const judge = (response: Response, body: unknown, classify?: ClassifyRefresh): Verdict => {
  const { status, headers } = response;
  const error = errorOf(body);
  const interception = interceptionOf(response, body);
  switch (classify?.({ status, error, headers, body }) ?? classified(status, error, interception !== undefined)) {
    case 'rejected':
    case 'anonymous':
      return {
        is: 'rejected',
        reason: reasonOf(body),
        error: ends.has(error) ? error : undefined,
      };
    case 'tokens':
      return { is: 'tokens', body };
    case 'transient':
      return {
        is: 'transient',
        problem: interception === 'redirect' ? { kind: 'redirected' } : { kind: 'status', status },
      };
    default:
      throw new TypeError('`classifyRefresh` gave no verdict. It has to be synchronous.');
  }
};

const classified = (
  status: number,
  error: string | undefined,
  isIntercepted: boolean,
): 'rejected' | 'anonymous' | 'transient' | 'tokens' => {
  if (status === 204) return 'anonymous';
  if (status === 401) return isIntercepted ? 'transient' : 'rejected';
  if ((status === 400 || status === 403) && ends.has(error)) return 'rejected';
  return status >= 200 && status < 300 ? 'tokens' : 'transient';
};

const reasonOf = (body: unknown): ReloginReason => {
  const reason = isObject(body) && Object.hasOwn(body, 'reason') ? body.reason : undefined;
  return reason === 'revoked' || reason === 'reused' ? reason : 'expired';
};
