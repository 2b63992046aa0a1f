import { createCalls } from './calls.ts';
import { UnauthenticatedError } from './errors.ts';
import { createAuthFetch } from './fetch/auth-fetch.ts';
import { createLifecycle } from './lifecycle.ts';
import { type AuthClientOptions, type CallOptions, checkedToken, type DefaultClaims, settingsOf } from './options.ts';
import type { Platform } from './platform/platform.ts';
import { createAsk } from './refresh/ask.ts';
import { createExchange } from './refresh/exchange.ts';
import { grantOf } from './refresh/grant.ts';
import { askToSignIn, type Credentials, readGivenTokens } from './refresh/sign-in.ts';
import { createTurns } from './refresh/turns.ts';
import type { AuthEvent } from './session/event.ts';
import type { Instant } from './session/expiry.ts';
import type { Session } from './session/session.ts';
import { createSignOut } from './sign-out.ts';
import { createStore } from './store.ts';
import { createExchangeKeys, createRecord } from './tabs/record.ts';

/** `RequestInit` with options of this package in `auth`. */
export interface AuthRequestInit extends RequestInit {
  readonly auth?: CallOptions;
}

/** `fetch`, with the token of whoever is signed in. */
export type AuthFetch = (input: RequestInfo | URL, init?: AuthRequestInit) => Promise<Response>;

/** A client: one session, kept for as long as the server keeps it. Every method works destructured. */
export interface AuthClient<Claims = DefaultClaims> {
  /**
   * `fetch` with the manners of `fetch`: a status never throws, and `init.signal` aborts this call alone. Waits for a token
   * where it needs one, at most `refreshTimeoutMs`; replays once after a 401 about the token. To origins that are not
   * allowed it is a plain `fetch`.
   *
   * Rejects with `UnauthenticatedError` (nobody is signed in; not sent), `UserChangedError` (not sent in another's name),
   * `RefreshUnavailableError` (no token for now; `retryAt`), the signal's reason, and what `fetch` rejects with.
   */
  authFetch: AuthFetch;
  /** An `authFetch` with options bound, for clients that do not pass `init.auth` on. */
  fetchWith(options: CallOptions): AuthFetch;
  /**
   * The session, once the server has said who is signed in. Rejects with `RefreshUnavailableError` when that has taken
   * `refreshTimeoutMs`; the client goes on trying.
   */
  ready(): Promise<Session<Claims>>;
  /**
   * Signs in: an object is sent as JSON, FormData and URLSearchParams as they are. Rejects with `SignInRejectedError`,
   * `SignInUnavailableError` or `TokenResponseError`; then nothing has changed.
   */
  signIn(credentials: Credentials): Promise<Session<Claims>>;
  /** Signs in with a token response got elsewhere (a `Response`, or its parsed body). A refresh token in it is not kept. */
  completeSignIn(responseOrTokens: unknown): Promise<Session<Claims>>;
  /**
   * Signs out: nobody is signed in from this moment on. Resolves when the server has confirmed it, or after
   * `refreshTimeoutMs` with `confirmed: false`; then the sign-out is finished later. Never rejects.
   */
  signOut(): Promise<{ readonly confirmed: boolean }>;
  /** A token for what is no `fetch` (a socket, an SSE stream). Rejects as `authFetch` does. Durations in ms. */
  getAccessToken(options?: { readonly minValidityMs?: number; readonly signal?: AbortSignal }): Promise<string>;
  /**
   * Refreshes now: resolves from an exchange that began after the call. Rejects with `RefreshRejectedError` (sign in
   * again), `RefreshUnavailableError` or `UserChangedError`.
   */
  refresh(): Promise<Session<Claims>>;
  /** What is known at this moment: the same object until something changes that a screen could show. */
  getSession(): Session<Claims>;
  /** Calls back with every new session; returns the undoing. */
  subscribe(listener: (session: Session<Claims>) => void): () => void;
  /** Calls back with the claims of a user who left (sign-out, change of user), before any other listener: clear caches here. */
  onUserLeft(listener: (claims: Claims) => void): () => void;
  /** Calls back with what happens, for logs and timelines: never a token, a header or an address. */
  onEvent(listener: (event: AuthEvent) => void): () => void;
  /** Begins to work; returns the undoing, which settles nothing. Counted: the last undoing counts, at the end of its task. */
  start(): () => void;
}

/** Builds a client on a platform. Nothing happens before `start()`. */
export const createClient = <Claims>(options: AuthClientOptions<Claims>, platform: Platform): AuthClient<Claims> => {
  const settings = settingsOf(options);
  const { endpoints, policy } = settings;
  const { clock, page } = platform;
  const takeTurn = createTurns(clock, policy.exchangeCeilingMs);
  const ask = createAsk(platform, settings.headers);
  const sessionName = () => settings.sessionName ?? nameOf(endpoints.refresh, page.origin());
  const record = createRecord(platform.storage, sessionName, platform.uuid);
  let recordEpoch: string | undefined;

  const store = createStore<Claims>(platform, policy, {
    exchange: ({ number, epoch }) => void exchange({ exchange: number, epoch }),
    record: ({ epoch, signedIn }) => {
      const { lifetimeMs = Number.MAX_SAFE_INTEGER } = signedIn ?? {};
      recordEpoch = epoch === 'same' && recordEpoch !== undefined ? recordEpoch : record.name();
      record.update({
        epoch: recordEpoch,
        expiresAt: signedIn && Math.min(clock.now().wallAt + lifetimeMs, Number.MAX_SAFE_INTEGER),
        ...(epoch === 'new' && signedIn && { signOut: undefined }),
      });
    },
  });
  const calls = createCalls(store, clock, policy, () => lifecycle.isStarted());
  const exchange = createExchange<Claims>({
    platform,
    endpoint: endpoints.refresh,
    ask,
    takeTurn,
    reading: settings,
    classify: settings.classifyRefresh,
    keys: createExchangeKeys(record),
    state: store.state,
    done: (event) => {
      lifecycle.compare();
      store.dispatch(event);
    },
  });
  const signOut = createSignOut({ platform, ask, endpoint: endpoints.signOut, takeTurn, record, store, policy });
  const lifecycle = createLifecycle({
    page,
    record,
    epoch: () => recordEpoch,
    adopt: (found) => {
      recordEpoch = found?.epoch;
    },
    dispatch: store.dispatch,
    finishSignOut: () => signOut.finish(),
  });

  const send = createAuthFetch({
    fetch: platform.fetch,
    page,
    allowedOrigins: settings.allowedOrigins,
    streamReplayBytes: settings.streamReplayBytes,
    isTokenRejected: settings.isTokenRejected,
    tokensFor: calls.tokensFor,
    answered: ({ serial }, refused) => {
      if (refused) store.dispatch({ type: 'replay-refused', serial });
      else if (store.state().useless !== undefined) store.dispatch({ type: 'call-succeeded', serial });
    },
    replayed: () => store.tell({ type: 'call-replayed' }),
  });

  /** Takes a token response that a user has signed in with, unless they have signed out meanwhile. */
  const enter = (body: unknown, obtainedAt: Instant, signOuts: number): Session<Claims> => {
    const grant = grantOf<Claims>(body, obtainedAt, undefined, settings);
    if (signOuts !== signOut.count()) {
      void signOut.undo(grant.user.sid);
      throw new UnauthenticatedError('signed-out');
    }
    record.update({ exchange: undefined, signOut: undefined });
    store.dispatch({ type: 'signed-in', grant, jitter: platform.random() });
    return store.state().session;
  };

  /** Nothing can be asked where there is no page; elsewhere calls made early wait for the start. */
  const started = (): Promise<true> => {
    if (page.address() !== undefined) return calls.started();
    return Promise.reject(
      new TypeError('There is no page here: calls are made in a browser, not while rendering on a server.'),
    );
  };

  const call = async (input: RequestInfo | URL, init: AuthRequestInit | undefined, bound: CallOptions | undefined) => {
    if (page.address() === undefined) await started();
    const plan = { token: checkedToken(init?.auth?.token ?? bound?.token ?? settings.token) };
    if (init?.auth === undefined) return send(input, init, plan);
    const { auth: _, ...rest } = init;
    return send(input, rest, plan);
  };

  return {
    authFetch: (input, init) => call(input, init, undefined),
    fetchWith: (options) => {
      if (options.token !== undefined) checkedToken(options.token);
      return (input, init) => call(input, init, options);
    },
    ready: async () => {
      if (page.address() === undefined) await started();
      return calls.known();
    },
    signIn: async (credentials) => {
      if (typeof credentials !== 'object' || credentials === null) {
        throw new TypeError('`signIn` takes an object, FormData or URLSearchParams.');
      }
      await started();
      const signOuts = signOut.count();
      const readsTokens = settings.readTokens !== undefined;
      const { body, obtainedAt } = await takeTurn(
        () => askToSignIn(platform, ask, endpoints.signIn, credentials, readsTokens),
        signInTurnWaitMs,
      );
      return enter(body, obtainedAt, signOuts);
    },
    completeSignIn: async (responseOrTokens) => {
      const obtainedAt = clock.now();
      await started();
      const signOuts = signOut.count();
      return enter(await readGivenTokens(responseOrTokens), obtainedAt, signOuts);
    },
    signOut: signOut.signOut,
    getAccessToken: async ({ minValidityMs, signal } = {}) => {
      if (page.address() === undefined) await started();
      return (await calls.token(minValidityMs, signal)).value;
    },
    refresh: async () => {
      const refreshed = calls.refreshFromNow();
      await started();
      if (!(await signOut.settled())) throw new UnauthenticatedError('signed-out');
      await refreshed();
      return store.state().session;
    },
    getSession: () => store.state().session,
    subscribe: store.subscribe,
    onUserLeft: store.onUserLeft,
    onEvent: store.onEvent,
    start: lifecycle.start,
  };
};

/** How long a sign-in waits for a refresh or a sign-out under way, whose late answer could set the cookie back. */
const signInTurnWaitMs = 3000;

const nameOf = (endpoint: unknown, base: string | undefined): string => {
  if (typeof endpoint === 'function' || !URL.canParse(String(endpoint), base)) return 'default';
  const { origin, pathname } = new URL(String(endpoint), base);
  return origin + pathname;
};
