import { isProxyChallenge } from '../requests/challenge.ts';
import type { RefreshProblem, ReloginReason } from '../session/session.ts';
import { own } from './tokens/is-object.ts';

/**
 * What answered in place of the auth server: a redirect to somewhere else, a proxy that wants a password of
 * its own, or a page for people (a firewall's, a captive portal's, a single-page app's `index.html`).
 */
export type Interception = 'redirect' | 'proxy' | 'html';

/** The part of a response that shows who answered. */
type ResponseHead = Pick<Response, 'type' | 'status' | 'headers'>;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * What answered a request to an auth endpoint, if it was not the auth server: such a response has judged
 * neither a session nor credentials. `undefined`: the auth server seems to have answered. Every response of
 * an auth endpoint is checked for this first. `body` is the parsed JSON, or the text if it is not JSON.
 */
export function interceptionOf({ type, status, headers }: ResponseHead, body: unknown): Interception | undefined {
  // Browsers hide the status of a redirect that they do not follow; an endpoint function's own HTTP client
  // may show it.
  if (type === 'opaqueredirect' || REDIRECTS.has(status)) return 'redirect';
  if (status === 401 && isProxyChallenge(headers)) return 'proxy';
  return isHtml(headers, body) ? 'html' : undefined;
}

/**
 * By its text, or by its type: when in doubt, no session has ended. But some servers send everything as HTML,
 * and JSON, or an empty body, is no page.
 */
function isHtml(headers: Headers, body: unknown): boolean {
  if (typeof body !== 'string' || body.trim() === '') return false;
  return body.trimStart().startsWith('<') || /html/i.test(headers.get('content-type') ?? '');
}

/** A response of the refresh endpoint, as `classifyRefresh` sees it. */
export interface RefreshResponse {
  /** The HTTP status; 0 for a redirect, which is not followed. */
  readonly status: number;
  /** The `error` member of a JSON body. */
  readonly error: string | undefined;
  readonly headers: Headers;
  /** The body: parsed JSON, or the text if it is not JSON. */
  readonly body: unknown;
}

/**
 * `rejected`: the session is over. `anonymous`: nobody is signed in. `transient`: the response says nothing
 * about the session. `undefined`: the client's own rule. Synchronous: a promise, or any other value, is
 * reported, and the refresh has failed.
 */
export type ClassifyRefresh = (response: RefreshResponse) => 'rejected' | 'anonymous' | 'transient' | undefined;

/** What a response of the refresh endpoint means. */
export type RefreshOutcome =
  | { readonly is: 'tokens'; readonly body: unknown }
  /** `error`: the code that says so, if it is a known one. */
  | { readonly is: 'rejected'; readonly reason: ReloginReason; readonly error: string | undefined }
  | { readonly is: 'transient'; readonly problem: Pick<RefreshProblem, 'kind' | 'status'> };

/**
 * The codes of RFC 6749 §5.2, RFC 6750 §3.1 and OpenID Connect that mean: this session cannot be refreshed
 * any more.
 */
const ENDS = new Set<string | undefined>([
  'invalid_grant',
  'invalid_token',
  'invalid_client',
  'unauthorized_client',
  'access_denied',
  'login_required',
]);

/** The whole body: parsed if it is JSON, else its text. Rejects if the connection breaks in the middle. */
export async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The `error` member of a JSON body. */
export function errorOf(body: unknown): string | undefined {
  const error = own(body, 'error');
  return typeof error === 'string' ? error : undefined;
}

/**
 * Classifies a response of the refresh endpoint. Only a definitive one, of a fixed list, ends the session.
 * Throws if `classify` does, or returns none of its outcomes.
 */
export function classifyResponse(response: Response, body: unknown, classify?: ClassifyRefresh): RefreshOutcome {
  const { status, headers } = response;
  const error = errorOf(body);
  const interception = interceptionOf(response, body);
  switch (classify?.({ status, error, headers, body }) ?? classified(status, error, interception !== undefined)) {
    case 'rejected':
    case 'anonymous':
      return {
        is: 'rejected',
        reason: reasonOf(body),
        error: ENDS.has(error) ? error : undefined,
      };
    case 'tokens':
      return { is: 'tokens', body };
    case 'transient':
      return {
        is: 'transient',
        problem: interception === 'redirect' ? { kind: 'redirected' } : { kind: 'status', status },
      };
    default:
      throw new TypeError(
        "`classifyRefresh` must return 'rejected', 'anonymous', 'transient' or undefined, and not a promise.",
      );
  }
}

function classified(
  status: number,
  error: string | undefined,
  isIntercepted: boolean,
): 'rejected' | 'anonymous' | 'transient' | 'tokens' {
  if (status === 204) return 'anonymous';
  if (status === 401) return isIntercepted ? 'transient' : 'rejected';
  if ((status === 400 || status === 403) && ENDS.has(error)) return 'rejected';
  return status >= 200 && status < 300 ? 'tokens' : 'transient';
}

function reasonOf(body: unknown): ReloginReason {
  const reason = own(body, 'reason');
  return reason === 'revoked' || reason === 'reused' ? reason : 'expired';
}
