import type { AuthRequestHeaders, Endpoint } from '../auth-server/auth-request.ts';
import type { ParseClaims, UserId } from '../auth-server/claims.ts';
import type { CsrfProtection } from '../auth-server/csrf-cookie.ts';
import type { FoundTokens } from '../auth-server/find-tokens.ts';
import type { ClassifyRefresh } from '../auth-server/refresh-response.ts';
import type { HoldCalls } from '../requests/hold-calls.ts';
import type { StreamReplay } from '../requests/replay-streams.ts';

/** What the client reads of an access token that is a JWT, unverified and for display only; and `user` of the token response. */
export interface DefaultClaims {
  readonly sub?: string;
  readonly user?: unknown;
  readonly [name: string]: unknown;
}

/** How a call is to be made: for one call in `init.auth`, for several by `fetchWith`. */
export interface CallOptions {
  /**
   * - `required` (default): sent with a token, or rejected.
   * - `optional`: sent without one where the answer is definitively that nobody is signed in.
   * - `none`: a plain `fetch`.
   */
  readonly token?: 'required' | 'optional' | 'none';
  /**
   * What becomes of a call whose user has to sign in again.
   * - `reject` (default): rejected with `UnauthenticatedError`.
   * - `hold`: needs a client with `relogin: holdCalls()`, or is a `TypeError`. Kept until the same user has signed in again, and sent then; rejected where somebody else signs in, on sign-out,
   *   after `timeoutMs`, and if there is no room. For a sign-in in the page or in a popup: nothing is kept over a navigation.
   *   Calls to `endpoints`, and to anything below the folder that two or more of them have in common, are never held (they are
   *   rejected): a second factor must not wait for itself. So give the endpoints a folder of their own, apart from the API.
   *   Where an endpoint is a function its address is not known: say `reject` in calls to it.
   */
  readonly relogin?: 'reject' | 'hold';
}

/** What a call was, for `isTokenRejected` and `networkErrorMeansRejected`. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
}

/** Options of `createAuthClient`. Every one has a default. */
export interface AuthClientOptions<Claims = DefaultClaims> extends Pick<CallOptions, 'token'> {
  /**
   * What becomes of calls whose user has to sign in again: `'reject'` (default), or `holdCalls({ timeoutMs, max })`. See
   * `CallOptions`; `auth: { relogin }` decides for one call.
   */
  readonly relogin?: HoldCalls | 'reject';
  /** Where the auth server is. Defaults `/auth/login`, `/auth/refresh`, `/auth/logout`; resolved when first used. */
  readonly endpoints?: { readonly signIn?: Endpoint; readonly refresh?: Endpoint; readonly signOut?: Endpoint };
  /**
   * Origins that may be sent the token in addition to the page's own. Default none. https only, loopback excepted; the page's
   * own origin is sent it by whichever of http and https the page was loaded.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names the session among the tabs of the origin: clients with equal names share one session. Default: the address of
   * `endpoints.refresh`, its query counted (stored as a hash). Required where that is a function, unless `tabs` is `'off'`.
   */
  readonly sessionName?: string;
  /**
   * What the pages of a session share.
   * - `share` (default): one refresh for all; whoever refreshes hands the access token to the others.
   * - `turns`: no token leaves its page; each refreshes for itself, one after the other.
   * - `off`: nothing but the record, of which a page hears what others write, not what it writes itself: two clients in one
   *   page do not hear each other then. Give a page one client, or leave this on. A session without a name (see `sessionName`)
   *   does not share the record either, so that the next page does not finish its sign-out.
   */
  readonly tabs?: 'share' | 'turns' | 'off';
  /** Tokens pass only between pages with the same `sessionName` and `audience`. Default none. */
  readonly audience?: string;
  /** Makes the claims. Default: the payload of a JWT access token, with the answer's `user`. A throw keeps the session as it was. */
  readonly parseClaims?: ParseClaims<Claims>;
  /**
   * Says who the answer is about: a text that is not empty, or a safe integer. Default: the JWT's `sub`, else `id` or `sub` of the
   * answer's `user`; together with the organisation that the JWT names (`org_id`, `tid`, `tenant_id`). A function here replaces
   * all of that. Where it says nothing, a refresh goes on with the same user, and after signing in again nobody is taken for
   * the same one, unless the session's `sid` is.
   */
  readonly userId?: UserId;
  /**
   * Finds the tokens in an answer of a form of its own: its parsed JSON, or the text where it is none. Synchronous. Where it
   * throws or returns no `accessToken`, a sign-in is rejected with `SignInRejectedError`, as one that asks for a second factor,
   * and a refresh has failed for now.
   */
  readonly readTokens?: (body: unknown) => FoundTokens;
  /** Overrides the rule by which an answer of the refresh endpoint ends the session. Synchronous. */
  readonly classifyRefresh?: ClassifyRefresh;
  /**
   * Overrides the rule by which an answer asks for a newer token: a 401 with no challenge but a Bearer one without error or
   * with `invalid_token`. Clone the response before reading its body.
   */
  readonly isTokenRejected?: (response: Response, request: SentRequest) => boolean | Promise<boolean>;
  /**
   * For API servers on other origins whose 401 has no CORS headers, so that the browser shows it as a network error: takes a
   * network error for a refused token. One refresh and one replay; each token counts once per server, until that server has
   * taken it. An abort never counts, nor does an error on the page's own origin. Where refreshing is not possible either, the
   * call rejects with the network error. Default false; a function decides for each request.
   *
   * The server may have done what a request asked for, although its answer was lost: leave writes out that must not be done
   * twice.
   */
  readonly networkErrorMeansRejected?: boolean | ((request: SentRequest) => boolean);
  /**
   * A `fetch` to use in place of the global one, for calls and for the client's own requests. Default: the global `fetch` as it
   * is when a request is sent.
   */
  readonly fetch?: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** Names of the headers on sign-in, refresh and sign-out. */
  readonly headers?: AuthRequestHeaders;
  /**
   * For servers that keep a CSRF token in a readable cookie and expect it in a header:
   * `csrfCookie({ cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN', url: '/sanctum/csrf-cookie' })`. Default none.
   */
  readonly csrf?: CsrfProtection;
  /**
   * How long a call waits for a token, in ms. Default 10 000; at most 60 000. A refresh without an answer is presumed lost after
   * one and a half times as long (5 to 30 s), and the next one is sent beside it, with the same idempotency key.
   */
  readonly refreshTimeoutMs?: number;
  /**
   * How long an exchange waits for that of another page, in ms, and again behind the second lock; and for a lock manager that
   * does not answer. At most, and by default, 3000, or three tenths of `refreshTimeoutMs` if that is less.
   */
  readonly lockWaitMs?: number;
  /** Whether a hidden page refreshes ahead of time, too. Default false: it refreshes when it is looked at, or calls. */
  readonly refreshWhenHidden?: boolean;
  /**
   * `replayStreams({ maxBytes })`: calls whose body is a stream can be sent again after a 401. Default: they are sent once, and
   * a 401 is the caller's.
   */
  readonly streams?: StreamReplay;
}
