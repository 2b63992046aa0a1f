import type { Credentials } from '../auth-server/sign-in.ts';
import type { AuthEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';
import type { CallOptions, DefaultClaims } from './options.ts';

/** What `fetch` takes as `init`. A member that is `undefined` counts as absent, as it does for `fetch`. */
type Init = { [Name in keyof RequestInit]?: RequestInit[Name] | undefined };

/** `RequestInit` with options of this package in `auth`. */
export interface AuthRequestInit extends Init {
  readonly auth?: CallOptions | undefined;
}

/** `fetch`, with the token of whoever is signed in. */
export type AuthFetch = (input: RequestInfo | URL, init?: AuthRequestInit) => Promise<Response>;

/** What came of a sign-out. */
export interface SignOutResult {
  /** Whether the server confirmed within `refreshTimeoutMs` that the session has ended. */
  readonly confirmed: boolean;
  /**
   * The JSON of its response, if it sent any: the address of an identity provider's sign-out page, for
   * example. Not checked.
   */
  readonly body?: unknown;
}

/** A client: one session, kept for as long as the server keeps it. Every method works destructured. */
export interface AuthClient<Claims = DefaultClaims> {
  /**
   * `fetch` with the access token. It reads its arguments as `fetch` does, no HTTP status makes it reject,
   * and `init.signal` aborts this call only. It waits up to `refreshTimeoutMs` for a token, and replays the
   * call once after a 401 about the token. For origins that are not allowed it is a plain `fetch`. It may
   * replace the global `fetch`.
   *
   * A body in a buffer of more than 64 KiB is not copied: don't change it until the call is over.
   *
   * Rejects with `UnauthenticatedError` (nobody is signed in; the call was not sent, or was refused with
   * 401), `UserChangedError` (somebody else has signed in; the call was not sent as them),
   * `RefreshUnavailableError` (no token for now, see `retryAt`), the signal's reason, or what `fetch` rejects
   * with.
   */
  authFetch: AuthFetch;
  /** Makes an `authFetch` with these options bound, for HTTP clients that do not pass `init.auth` on. */
  fetchWith(options: CallOptions): AuthFetch;
  /**
   * Resolves with the session once the server has said who is signed in. While the user changes, it waits for
   * the new session. Rejects with `RefreshUnavailableError` after `refreshTimeoutMs`; the client keeps
   * trying.
   */
  ready(): Promise<Session<Claims>>;
  /**
   * Signs in. An object is sent as JSON, FormData and URLSearchParams as they are.
   *
   * Rejects with `SignInRejectedError` (also if the response has no access token but asks for a second
   * factor, for example), `SignInUnavailableError` or `TokenResponseError`; nothing has changed then. Rejects
   * with `UnauthenticatedError` if the user has signed out meanwhile.
   */
  signIn(credentials: Credentials): Promise<Session<Claims>>;
  /**
   * Signs in with a token response that you obtained elsewhere (a `Response`, or its parsed body): from a
   * passkey or a magic link, for example. A refresh token in it is not kept. Rejects as `signIn` does.
   */
  completeSignIn(responseOrTokens: unknown): Promise<Session<Claims>>;
  /**
   * Signs out. Takes effect at once, before the server has answered. Resolves when the server has confirmed
   * it, or after `refreshTimeoutMs` with `confirmed: false`. The sign-out is then finished later, by this
   * page or the next one, unless the server refuses it three times (event `sign-out-given-up`). Never
   * rejects.
   */
  signOut(): Promise<SignOutResult>;
  /**
   * The access token, for what is not a `fetch` (a socket, an SSE stream, an XHR). Rejects, or is held, as
   * `authFetch`.
   *
   * - `minValidityMs`: refreshes first if the token is valid for less than this. If refreshing fails, or the
   *   server's tokens are shorter-lived, you get what there is. Default: at most 5 s.
   * - `newerThan`: a token from this method that the server has refused. Resolves with a newer one; refreshes
   *   if there is none yet, once for all callers that name the same token. If that token itself replaced a
   *   refused one less than 5 s ago, refreshing does not help: rejects with `RefreshUnavailableError`, whose
   *   `retryAt` says when to try again. Rejects with `UserChangedError` if the token was another user's.
   *
   * The development build rejects with a `TypeError` for values of another kind.
   */
  getAccessToken(
    options?: Pick<CallOptions, 'relogin'> & {
      readonly minValidityMs?: number | undefined;
      readonly newerThan?: string | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<string>;
  /**
   * Refreshes now, and resolves with the session: from a request sent after this call. Rejects with
   * `RefreshRejectedError` (sign in again), `RefreshUnavailableError`, `UserChangedError`, or
   * `UnauthenticatedError` if the server's session is one whose sign-out is still pending.
   */
  refresh(): Promise<Session<Claims>>;
  /** The session as known now: the same object until something changes that a screen could show. */
  getSession(): Session<Claims>;
  /** Calls back with every new session. Returns the unsubscribe function. */
  subscribe(listener: (session: Session<Claims>) => void): () => void;
  /**
   * Calls back with the claims of a user who left (sign-out, change of user or of organisation),
   * synchronously and before anybody else is shown: clear caches here. With `undefined` if that user was
   * signed in on an earlier page and is gone: clear what you keep over a reload. Returns the unsubscribe
   * function.
   */
  onUserLeft(listener: (claims: Claims | undefined) => void): () => void;
  /**
   * Calls back once another user is shown than before, with their claims: reload data here. Also when
   * somebody has signed in where nobody was, and with `undefined` when nobody is signed in any more. Every
   * `onUserLeft` is followed by one of these; the first user whom a page finds is no change, unless somebody
   * else was there on the page before. Returns the unsubscribe function.
   */
  onUserChanged(listener: (claims: Claims | undefined) => void): () => void;
  /**
   * Calls back with what happens, for logs: never a token, a header or an address. Returns the unsubscribe
   * function.
   */
  onEvent(listener: (event: AuthEvent) => void): () => void;
  /**
   * Starts the client and returns a function that stops it. Starts are counted: the client stops at the end
   * of the task in which the last stop function is called. Stopping does not settle pending calls: they keep
   * their time limits, and a refresh or sign-out that has begun goes on. On a server it does nothing. Throws
   * a `TypeError` in a worker and in React Native.
   */
  start(): () => void;
}
