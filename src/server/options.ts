import type { SessionInfo } from './endpoints/session-info.ts';
import type { AuthorityEvent } from './events.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { SessionOptions } from './session-options.ts';
import type { SessionStore } from './stores/session-store.ts';
import type { RateLimiter } from './throttling/rate-limiter.ts';
import type { RevocationList } from './tokens/revocation-list.ts';
import type { Nobody } from './user-id.ts';

/** Where the authority answers: absolute paths without query, all different. */
export interface AuthorityPaths {
  /** Default `/auth/login`. */
  readonly signIn?: string;
  /** Default `/auth/refresh`. */
  readonly refresh?: string;
  /** Default `/auth/logout`. */
  readonly signOut?: string;
  /**
   * Where the public keys are published for APIs that check access tokens by themselves: usually `/.well-known/jwks.json`.
   * Default: nowhere. Answers GET, for anybody, and may be cached for five minutes. A path makes `statelessAccess` true
   * unless that is given.
   */
  readonly jwks?: string;
}

/** What `verifyCredentials` may give: a user, nobody, or a response of its own. */
export type SignInVerdict<User> = User | Nobody | Response;

/** Options of `createAuthority`. All durations are in milliseconds. */
export interface AuthorityOptions<User> extends SessionOptions<User> {
  /**
   * `iss` of the access tokens: who issues them, usually an https URL. Different for two authorities that share a secret or a
   * database. Another one signs everybody out.
   */
  readonly issuer: string;
  /** `aud` of the access tokens: the one API they are for. */
  readonly audience: string;
  /** What signs the access tokens. Needed unless `accessTokens` is `opaque`. */
  readonly keys?: SigningKeys;
  /**
   * `jwt` (default): whoever has the public keys can check them, and whoever has a token can read its claims. `opaque`:
   * random-looking text that the authority alone can check. Its `verify` and `guard` then ask `loadUser` and `claims` at
   * each request if there are `claims`, so these are always up to date.
   */
  readonly accessTokens?: 'jwt' | 'opaque';
  /**
   * Master secret of the refresh tokens, at least 32 bytes from a random generator. The same in all
   * processes and after a restart. To replace it, see `previousRefreshSecrets`.
   */
  readonly refreshSecret: Uint8Array;
  /**
   * Other secrets whose refresh tokens are good as well, at most four; new tokens are signed with `refreshSecret`.
   *
   * To replace `refreshSecret` without signing anybody out, put the new secret here in all processes, exchange the two in
   * all processes, and drop the old one `idleTimeoutMs` later. A process that lacks the new secret while another one signs
   * with it signs users out. A secret that was stolen is dropped at once: that signs everybody out.
   */
  readonly previousRefreshSecrets?: readonly Uint8Array[];
  /**
   * Says who is signing in. `null`, `undefined` and `false` mean nobody: the response is 401 `invalid_credentials`.
   *
   * `credentials` is the parsed JSON of the request, or an object of the fields of a form (the last
   * one of a name counts): check its shape. A `Response` (401, 422 with field errors, 429 with
   * `Retry-After`) is sent as it is, and nobody is signed in; one object may be given again and
   * again. Its CORS headers are left out (see `allowedOrigins`), what else it sets (`Set-Cookie`) is sent.
   * The request's body is read.
   */
  verifyCredentials(credentials: unknown, request: Request): SignInVerdict<User> | Promise<SignInVerdict<User>>;
  /**
   * Names the user for good, and never another: the `sub` of the tokens. Text or a safe integer, which becomes
   * text (7 and `'7'` are one user); give larger numbers as text.
   */
  userId(user: User): string | number;
  /**
   * The user as of now, asked by the text of their id at each refresh that would succeed. `null`, `undefined` or
   * `false` (disabled, deleted) ends the session; a user with another id is a `TypeError`. Without it, a disabled user stays
   * signed in, and refreshed tokens have neither `profile` nor `claims`.
   */
  loadUser?(userId: string): User | Nobody | Promise<User | Nobody>;
  /** Becomes `user` in token responses: at sign-in, and at refresh where `loadUser` is given. */
  profile?(user: User, session: SessionInfo): object | Promise<object>;
  /** Further claims of the access token, readable by whoever holds it. Setting a reserved one is a `TypeError`. */
  claims?(user: User, session: SessionInfo): object | Promise<object>;
  /** Default `createMemoryStore()`. */
  readonly store?: SessionStore;
  /**
   * Where ended sessions and revoked tokens are listed until the last access token concerned has expired, for
   * `createVerifier` and `revokeToken`. Shared by all processes. If it is unavailable, nothing is ended: the response is 503.
   * Default: none, or this process's memory if there is no `store` either.
   */
  readonly revocationList?: RevocationList;
  /** Where the authority answers: whole paths. Default `/auth/login`, `/auth/refresh` and `/auth/logout`; see `AuthorityPaths`. */
  readonly paths?: AuthorityPaths;
  /** The refresh cookie: always `HttpOnly` and `SameSite=Strict`. */
  readonly cookie?: {
    /**
     * `host` (default): `__Host-` prefix, `Path=/`. `path`: `__Secure-` prefix, sent below the common
     * folder of `paths` only, bound to a second `__Host-` cookie. `dev`: for `http://localhost`
     * and names below it, without `Secure`. Requests to other hosts are refused; another `origin` is a `TypeError`.
     */
    readonly profile?: 'host' | 'path' | 'dev';
    /** Name without prefix, default `refresh`. Two apps on one host need two names. */
    readonly name?: string;
  };
  /**
   * The origin of the pages, as the address bar shows it: `https://app.example.com`. Default: the origin of the
   * request's URL. Set it behind a proxy that ends TLS or changes `Host` (as Vite's does with `changeOrigin`): the
   * request's URL is not what the browser sees there.
   */
  readonly origin?: string;
  /**
   * Other origins that may call, exact (`https://admin.example.com`, `capacitor://localhost`, `chrome-extension://…`);
   * also for CORS. A web origin has to be of the same site as the authority: browsers send no Strict cookie from another
   * site, so it is refused (`cross-site`). Whether a web view, an extension or a desktop app sends the cookie depends on
   * its platform. Default none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names of request headers that pages of `allowedOrigins` may send beside the client's own, the usual ones for CSRF
   * tokens (`X-CSRF-Token`, `X-XSRF-Token`) and those of tracing (`baggage`, `sentry-trace`, `traceparent`,
   * `tracestate`). Default none.
   */
  readonly allowedHeaders?: readonly string[];
  /**
   * Lifetime of an access token: whole seconds, given in milliseconds, at least 1000. It is cut to what is left of the
   * session. A function is called for each token. Default 5 min.
   *
   * The response to a replay has 10 to 30 % less, by chance: pages without a common lock that have refreshed at the same
   * moment would do so at every expiry.
   */
  readonly accessTokenLifetimeMs?: number | (() => number);
  /**
   * How long a spent refresh token is answered with its successor again. 0 to 60 000, default 10 000; 0 is off. Strict
   * rotation, as RFC 9700 section 4.14.2 has it, needs `retryWindowMs: 0` and `recoveryMs: 0` as well.
   *
   * Web views (Capacitor, Cordova, `WKWebView`, Android's `WebView`) write their cookies to disk late: one that is
   * killed soon after a refresh starts again with the cookie before. Set 60 000 where your app runs in one.
   */
  readonly graceMs?: number;
  /**
   * At which replay in a row a session ends: a spent refresh token that comes again within the grace, with another
   * `Idempotency-Key`, in so many generations one after the other. Whoever follows a session with a copied token needs one
   * in each generation; a browser with this client has none. Default 5; 1 ends the session at the first. 0 is off, and
   * replays are then only counted, for `refresh-replayed`.
   *
   * Switch it off where clients refresh in parallel without keys at every expiry, whatever `expires_in` says: such an app
   * looks the same.
   */
  readonly maxReplaysInARow?: number;
  /** How long a retry with the same `Idempotency-Key` gets the same response. Default 60 000, 0 is off. */
  readonly retryWindowMs?: number;
  /**
   * How long a spent refresh token may still be exchanged if its successor never showed up. 0 is off. Default 24 h, or
   * the idle timeout if shorter; with `statelessAccess`, no longer than `retryWindowMs`.
   */
  readonly recoveryMs?: number;
  /**
   * Whether any API checks access tokens by itself (with `createVerifier`, say) and not by `verify` or `guard`. Default
   * false, or true if `paths.jwks` is given.
   *
   * The first use of an access token proves that the response with it arrived; from then on the refresh token before it is
   * not exchanged any more. The authority does not learn of tokens used at an API that checks them by itself, so say so
   * here: `recoveryMs` is then limited to `retryWindowMs`, and a longer one is a `TypeError`.
   */
  readonly statelessAccess?: boolean;
  /**
   * Rate limiters of yours, those of `rate-limiter-flexible` for example. What is too much is answered with 429 and
   * `Retry-After`, and is an event. When a limiter cannot count, or not within 5 s, the response
   * is 503. Default none.
   */
  readonly throttle?: {
    /** Counts sign-ins for one account before `verifyCredentials` is asked; a success clears them. */
    readonly account?: RateLimiter;
    /**
     * Names the account that somebody tries to sign in to, whether it exists or not. `undefined` is not counted. Anything
     * but text and numbers is a `TypeError`, and the credentials are not looked at.
     */
    accountName?(credentials: unknown): string | number | undefined;
    /**
     * Counts sign-ins that fail, by address: the count goes up before `verifyCredentials` is asked, and down again after
     * a success. Of an IPv6 address the first 64 bits count.
     */
    readonly address?: RateLimiter;
    /** The client's address: `clientAddress` of `silent-refresh/node`, or what your proxy puts into a header. */
    clientAddress?(request: Request): string | undefined;
    /** Counts refreshes of one session, from all its tabs. */
    readonly session?: RateLimiter;
  };
  /** How long a request's body may take to arrive before the response is 408. Default 10 000, at least 1. */
  readonly requestTimeoutMs?: number;
  /** How far the clocks of issuer and verifier may differ. Default 5 000, at most 30 000. */
  readonly clockToleranceMs?: number;
  /** The time as epoch milliseconds. Default `Date.now()`. When it throws, nothing is allowed. */
  now?(): number;
  /**
   * Called with what happened; must be quick. What it throws is ignored. Without it, failures go to `console.error` and
   * refusals to `console.warn`, each kind once.
   */
  onEvent?(event: AuthorityEvent): void;
}
