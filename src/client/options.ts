import type { AuthRequestHeaders, CsrfProtection } from '../auth-server/auth-request.ts';
import type { ClassifyRefresh } from '../auth-server/classify-response.ts';
import type { Endpoint } from '../auth-server/endpoint.ts';
import type { ParseClaims, UserId } from '../auth-server/tokens/claims.ts';
import type { FoundTokens } from '../auth-server/tokens/find-tokens.ts';
import type { StreamReplay } from '../requests/replay/replay-streams.ts';
import type { HoldCalls } from '../requests/waiting/hold-calls.ts';

/**
 * The payload of an access token that is a JWT, unverified and for display only, with `user` of the token
 * response.
 */
export interface DefaultClaims {
  readonly sub?: string;
  readonly user?: unknown;
  readonly [name: string]: unknown;
}

/** Options of calls: of one call in `init.auth`, of several by `fetchWith`. */
export interface CallOptions {
  /**
   * - `required` (default): sent with a token, or rejected.
   * - `optional`: sent without a token if it is certain that nobody is signed in.
   * - `none`: a plain `fetch`.
   */
  readonly token?: 'required' | 'optional' | 'none';
  /**
   * What happens to a call whose user has to sign in again.
   * - `reject`: it is rejected with `UnauthenticatedError`. The default of a client without `holdCalls()`.
   * - `hold`: it waits until the same user has signed in again, and is sent then. The default of a client with
   *   `relogin: holdCalls()`, unless that has `byDefault: false`. In a client without it, a `TypeError`.
   *
   * A held call is rejected if somebody else signs in, on sign-out, after `timeoutMs`, and if there is no
   * room. Holding is for a sign-in in the page or in a popup: a navigation ends the page and its calls.
   *
   * Calls to `endpoints`, and to anything below the folder that two or more of them share, are rejected
   * rather than held: a second factor must not wait for itself. So give the endpoints a folder of their own,
   * apart from the API; or say `hold` in the call's own `init.auth`, for which only the endpoints themselves
   * count. If an endpoint is a function, its address is not known: use `reject` in calls to it.
   */
  readonly relogin?: 'reject' | 'hold';
}

/** The request of a call, as `isTokenRejected` and `networkErrorMeansRejected` see it. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
}

/** Options of `createAuthClient`. Every one has a default. */
export interface AuthClientOptions<Claims = DefaultClaims> extends Pick<CallOptions, 'token'> {
  /**
   * What happens to calls whose user has to sign in again: `'reject'` (default), or `holdCalls({ timeoutMs,
   * max })` to let them wait for it. See `CallOptions`; `auth: { relogin }` decides for one call.
   */
  readonly relogin?: HoldCalls | 'reject';
  /**
   * Addresses of the auth server. Default: `/auth/login`, `/auth/refresh`, `/auth/logout`; resolved when
   * first used.
   */
  readonly endpoints?: { readonly signIn?: Endpoint; readonly refresh?: Endpoint; readonly signOut?: Endpoint };
  /**
   * Origins that may be sent the token, in addition to the page's own. Default: none. https only, except on
   * loopback. The page's own origin is always allowed, over http as well if the page was loaded that way.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names the session among the tabs of the origin: clients with equal names share one session. Default: the
   * address of `endpoints.refresh`, with a hash of its query. Required if that is a function, unless `tabs`
   * is `'off'`.
   */
  readonly sessionName?: string;
  /**
   * What the tabs of a session share.
   * - `share` (default): one tab refreshes and hands the access token to the others.
   * - `turns`: no token leaves its tab. Each tab refreshes for itself, one after the other.
   * - `off`: only the localStorage record. `storage` events do not fire in the page that wrote, so two
   *   clients in one page cannot see each other: give a page one client. A session without a name (see
   *   `sessionName`) does not share the record either, so the next page does not finish its sign-out.
   */
  readonly tabs?: 'share' | 'turns' | 'off';
  /** Tokens pass only between tabs with the same `sessionName` and `audience`. Default: none. */
  readonly audience?: string;
  /**
   * Makes the claims. Default: the payload of a JWT access token, with `user` of the response. If it throws,
   * the session stays as it was.
   */
  readonly parseClaims?: ParseClaims<Claims>;
  /**
   * Identifies the user of a token response: a text that is not empty, or a safe integer. Default: the JWT's
   * `sub`, else `id` or `sub` of the response's `user`, together with the organisation that the JWT names
   * (`org_id`, `tid`, `tenant_id`). A function replaces all of that. If it returns `undefined`, a refresh
   * goes on with the same user, and a sign-in is the same user only if the session's `sid` is the same.
   */
  readonly userId?: UserId;
  /**
   * Finds the tokens in a response of another form: in its parsed JSON, or its text if it is not JSON.
   * Synchronous. If it throws or returns no `accessToken`, a sign-in is rejected with `SignInRejectedError`,
   * like one that asks for a second factor, and a refresh has failed for now.
   */
  readonly readTokens?: (body: unknown) => FoundTokens;
  /** Overrides the rule that says which responses of the refresh endpoint end the session. Synchronous. */
  readonly classifyRefresh?: ClassifyRefresh;
  /**
   * Overrides the rule that says which responses ask for a newer token: a 401 without a challenge, or with a
   * Bearer challenge that has no error or `invalid_token`. Clone the response before reading its body.
   */
  readonly isTokenRejected?: (response: Response, request: SentRequest) => boolean | Promise<boolean>;
  /**
   * For API servers on other origins whose 401 has no CORS headers, so that the browser shows it as a network
   * error: treats a network error as a refused token. One refresh and one replay; each token counts once per
   * server, until that server has accepted it. An abort never counts, nor does an error on the page's own
   * origin. If refreshing is not possible either, the call rejects with the network error. Default false; a
   * function, which may be async, decides for each request.
   *
   * The server may have carried out the request although its response was lost: leave out writes that must
   * not happen twice.
   */
  readonly networkErrorMeansRejected?: boolean | ((request: SentRequest) => boolean | Promise<boolean>);
  /**
   * A `fetch` to use in place of the global one, for calls and for the client's own requests. Default: the
   * global `fetch` as it is when a request is sent.
   */
  readonly fetch?: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** Names of the headers on sign-in, refresh and sign-out. */
  readonly headers?: AuthRequestHeaders;
  /**
   * For servers that keep a CSRF token in a readable cookie and expect it in a header: `csrfCookie({ cookie:
   * 'XSRF-TOKEN', header: 'X-XSRF-TOKEN', url: '/sanctum/csrf-cookie' })`. Default: none.
   */
  readonly csrf?: CsrfProtection;
  /**
   * How long a call waits for a token, in ms. Default 10 000; at most 60 000. A refresh without a response is
   * presumed lost after one and a half times as long (5 to 30 s). Then it is sent again with the same
   * idempotency key.
   */
  readonly refreshTimeoutMs?: number;
  /**
   * How long a sign-in, refresh or sign-out waits for one of another tab, in ms, and for a lock manager that
   * does not respond. It may wait twice. At most, and by default, 3000, or 30 % of `refreshTimeoutMs` if that
   * is less.
   */
  readonly lockWaitMs?: number;
  /**
   * Whether a hidden page also refreshes before its token expires. Default false: it refreshes when it
   * becomes visible, or calls.
   */
  readonly refreshWhenHidden?: boolean;
  /**
   * `replayStreams({ maxBytes })`: calls whose body is a stream can be sent again after a 401. Default: they
   * are sent once, and a 401 is the caller's.
   */
  readonly streams?: StreamReplay;
}
