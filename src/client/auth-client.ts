import type { Credentials } from '../auth-server/sign-in.ts';
import type { AuthEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';
import type { CallOptions, DefaultClaims } from './options.ts';

/** `RequestInit` with options of this package in `auth`. */
export interface AuthRequestInit extends RequestInit {
  readonly auth?: CallOptions;
}

/** `fetch`, with the token of whoever is signed in. */
export type AuthFetch = (input: RequestInfo | URL, init?: AuthRequestInit) => Promise<Response>;

/** What came of a sign-out. */
export interface SignOutResult {
  /** Whether the server has said in time that the session has ended. */
  readonly confirmed: boolean;
  /** The JSON of its answer where it sent some, for example an identity provider's address to go on to. Not checked in any way. */
  readonly body?: unknown;
}

/** A client: one session, kept for as long as the server keeps it. Every method works destructured. */
export interface AuthClient<Claims = DefaultClaims> {
  /**
   * `fetch` with the manners of `fetch`: its arguments are read in the same way, a status never throws, and `init.signal`
   * aborts this call alone. Waits for a token where it needs one, at most `refreshTimeoutMs`; replays once after a 401 about
   * the token. To origins that are not allowed it is a plain `fetch`. It may take the place of the global `fetch`.
   *
   * A buffer of more than 64 KiB is not copied while the call is on its way: leave it as it is until the call is over.
   *
   * Rejects with `UnauthenticatedError` (nobody is signed in; not sent, or refused before), `UserChangedError` (not sent in another's name),
   * `RefreshUnavailableError` (no token for now; `retryAt`), the signal's reason, and what `fetch` rejects with.
   */
  authFetch: AuthFetch;
  /** An `authFetch` with options bound, for clients that do not pass `init.auth` on. */
  fetchWith(options: CallOptions): AuthFetch;
  /**
   * The session, once the server has said who is signed in; never the one that is passed through while the user changes. Rejects
   * with `RefreshUnavailableError` when that has taken `refreshTimeoutMs`; the client goes on trying.
   */
  ready(): Promise<Session<Claims>>;
  /**
   * Signs in: an object is sent as JSON, FormData and URLSearchParams as they are. Rejects with `SignInRejectedError` (also
   * where the answer has no access token, and asks for a second factor, for example), `SignInUnavailableError` or
   * `TokenResponseError`; then nothing has changed. With `UnauthenticatedError` where the user has signed out meanwhile.
   */
  signIn(credentials: Credentials): Promise<Session<Claims>>;
  /**
   * Signs in with a token response got elsewhere (a `Response`, or its parsed body). A refresh token in it is not kept.
   * Rejects as `signIn` does, and with `UnauthenticatedError` where the user has signed out meanwhile.
   */
  completeSignIn(responseOrTokens: unknown): Promise<Session<Claims>>;
  /**
   * Signs out: nobody is signed in from this moment on. Resolves when the server has confirmed it, or after
   * `refreshTimeoutMs` with `confirmed: false`; then the sign-out is finished later, unless the server refuses it three times.
   * Never rejects.
   */
  signOut(): Promise<SignOutResult>;
  /**
   * A token for what is not a `fetch` (a socket, an SSE stream, an XHR). Rejects, or is held, as `authFetch`.
   *
   * - `minValidityMs`: how long it has to live at least, as far as one can be had; default a guard time of at most 5 s.
   * - `newerThan`: a token that this method gave, and that the server refused. Resolves with the newer one that is there
   *   already; else refreshes, once for all who say so of one token. Where the token came in place of another one that was
   *   refused, less than 5 s ago, refreshing does not help: rejects with `RefreshUnavailableError`, whose `retryAt` says when
   *   it is tried again. Rejects with `UserChangedError` where that token was another user's.
   *
   * A `TypeError` for other values.
   */
  getAccessToken(
    options?: Pick<CallOptions, 'relogin'> & {
      readonly minValidityMs?: number;
      readonly newerThan?: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<string>;
  /**
   * Refreshes now: resolves from an exchange that began after the call. Rejects with `RefreshRejectedError` (sign in
   * again), `RefreshUnavailableError`, `UserChangedError`, or `UnauthenticatedError` where the session that the server knows is
   * one that is being signed out of.
   */
  refresh(): Promise<Session<Claims>>;
  /** What is known at this moment: the same object until something changes that a screen could show. */
  getSession(): Session<Claims>;
  /** Calls back with every new session; returns the undoing. */
  subscribe(listener: (session: Session<Claims>) => void): () => void;
  /**
   * Calls back with the claims of a user who left (sign-out, change of user or of organisation), synchronously and before anybody
   * else is shown: clear caches here. With `undefined` where that user was signed in on an earlier page and is gone: clear what
   * is kept over a reload. Returns the unsubscribe function.
   */
  onUserLeft(listener: (claims: Claims | undefined) => void): () => void;
  /**
   * Calls back once another user is shown than before, with their claims: reload data here. Also when somebody has signed in
   * where nobody was, and with `undefined` when nobody is signed in any more. Every `onUserLeft` is followed by one of these;
   * the first user whom a page finds is no change, unless somebody else was there on the page before. Returns the unsubscribe
   * function.
   */
  onUserChanged(listener: (claims: Claims | undefined) => void): () => void;
  /** Calls back with what happens, for logs and timelines: never a token, a header or an address. */
  onEvent(listener: (event: AuthEvent) => void): () => void;
  /**
   * Begins to work; returns the undoing, which settles nothing. Counted: the last undoing counts, once the code that runs then
   * is done. Nothing is left after it but what callers still wait for, with the timers that bound their waits, and a sign-out
   * or refresh that has begun already. On a server it does nothing. Throws a `TypeError` in a worker and in React Native, where
   * there is no page to work in.
   */
  start(): () => void;
}
