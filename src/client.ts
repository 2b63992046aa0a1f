import type { AuthClient, AuthRequestInit } from './auth-client.ts';
import { createCalls } from './calls.ts';
import { createCoordination } from './coordination.ts';
import { SignInUnavailableError, UnauthenticatedError } from './errors.ts';
import { createAuthArea } from './fetch/auth-area.ts';
import { createAuthFetch } from './fetch/auth-fetch.ts';
import { createOwnFetch } from './fetch/own-fetch.ts';
import { readInit } from './fetch/request-init.ts';
import { createLifecycle } from './lifecycle.ts';
import type { AuthClientOptions, CallOptions } from './options.ts';
import type { Platform } from './platform/platform.ts';
import { addressOf, createAsk } from './refresh/ask.ts';
import { createExchange } from './refresh/exchange.ts';
import type { TokensIn } from './refresh/find-tokens.ts';
import { grantOfSignIn } from './refresh/grant.ts';
import { waitFor } from './refresh/patience.ts';
import { askToSignIn, readGivenTokens, signInBody } from './refresh/sign-in.ts';
import type { Instant } from './session/expiry.ts';
import type { Session } from './session/session.ts';
import { endpointBase, sessionNaming } from './session-name.ts';
import { callPlan, checkTokenOptions, settingsOf } from './settings.ts';
import { createSignOut } from './sign-out.ts';
import { createStore, type Store } from './store.ts';
import { createEpochs } from './tabs/epochs.ts';
import { createExchangeKeys } from './tabs/exchange-keys.ts';
import { createRecord } from './tabs/record.ts';

/** Builds a client on a platform. Nothing happens before `start()`. */
export const createClient = <Claims>(options: AuthClientOptions<Claims>, platform: Platform): AuthClient<Claims> => {
  const settings = settingsOf(options);
  const { endpoints, policy } = settings;
  const { clock, page } = platform;
  const ownFetch = createOwnFetch(platform, settings.fetch);
  const asking = { clock, page, report: platform.report, fetch: ownFetch.authRequest };
  const ask = createAsk(asking, settings.headers, settings.csrf);
  const sessionName = sessionNaming(settings.sessionName, endpoints.refresh, page);
  const record = createRecord(platform.storage, sessionName);
  const epochs = createEpochs(record, platform.uuid);

  const store: Store<Claims> = createStore<Claims>(platform, policy, {
    exchange: ({ number, epoch }) => void exchange({ exchange: number, epoch }),
    presumedLost: () => tabs.giveWay(),
    record: ({ epoch, isSignedIn }) => {
      if (epoch === 'new' && isSignedIn) signOut.forget();
      tabs.record(epoch, isSignedIn);
    },
  });
  const compare = (why?: 'news' | 'answer') => lifecycle.compare(why);
  const patiently = (work: Promise<unknown>) => waitFor(clock, work, 1000);
  const tabs = createCoordination({ platform, settings, epochs, sessionName, store, compare });
  const calls = createCalls({
    store,
    clock,
    policy,
    isStarted: () => lifecycle.isStarted(),
    wake: () => lifecycle.wake(),
  });
  const keys = createExchangeKeys(record.exchange, platform.uuid);
  const exchange = createExchange<Claims>({
    platform,
    endpoint: endpoints.refresh,
    ask,
    takeTurn: tabs.takeRefreshTurn,
    askSiblings: tabs.askSiblings,
    mayBeElsewhere: tabs.mayBeElsewhere,
    isWanted: tabs.isWanted,
    sending: ({ exchange }) => store.dispatch({ type: 'refresh-sent', exchange }),
    reading: settings,
    classify: settings.classifyRefresh,
    keys,
    state: store.state,
    done: (event) => {
      compare('answer');
      signOut.receive(event);
    },
  });
  const signOut = createSignOut({
    platform,
    ask,
    endpoint: endpoints.signOut,
    takeTurn: tabs.takeTurn,
    entry: record.signOut,
    epochs,
    keys,
    store,
    timeoutMs: policy.refreshTimeoutMs,
    isStarted: () => lifecycle.isStarted(),
    compare,
  });
  const lifecycle = createLifecycle({
    page,
    epochs,
    siblings: tabs.siblings,
    patiently,
    dispatch: store.dispatch,
    signOut,
  });

  const send = createAuthFetch({
    fetch: ownFetch.call,
    page,
    allowedOrigins: settings.allowedOrigins,
    streamReplayBytes: settings.streamReplayBytes,
    isTokenRejected: settings.isTokenRejected,
    networkErrorMeansRejected: settings.networkErrorMeansRejected,
    isAuthServer: createAuthArea(() =>
      Object.values(endpoints).flatMap((endpoint) => addressOf(endpoint, endpointBase(page)) ?? []),
    ),
    tokensFor: calls.tokensFor,
    taken: calls.taken,
    refusedAgain: calls.refusedAgain,
    replayed: () => store.tell({ type: 'call-replayed' }),
    patiently,
  });

  /** Takes a token response that a user has signed in with, unless they have signed out meanwhile. */
  const enter = (tokens: TokensIn, obtainedAt: Instant, signOuts: number): Session<Claims> => {
    const grant = grantOfSignIn<Claims>(tokens, obtainedAt, settings);
    if (signOuts !== signOut.count()) {
      signOut.undo(grant.user);
      throw new UnauthenticatedError('signed-out');
    }
    keys.forget();
    signOut.forget();
    // Who has waited too long by now, though the page slept, is not let go by this.
    store.dispatch({ type: 'woken' });
    store.dispatch({ type: 'signed-in', grant, jitter: platform.random() });
    return store.state().session;
  };

  const { noPage } = platform;

  /** Nothing can be asked where there is no page; elsewhere calls made early wait for the start. */
  const started = (): Promise<true> =>
    noPage === undefined ? calls.started() : Promise.reject(new TypeError(noPage.reason));

  const call = async (input: RequestInfo | URL, init: AuthRequestInit | undefined, bound: CallOptions | undefined) => {
    if (ownFetch.isOwn(input, init)) return ownFetch.native(input, init);
    if (noPage !== undefined) await started();
    const plan = callPlan(bound, settings.call);
    const auth = init?.auth;
    return auth === undefined ? send(input, init, plan) : send(input, readInit(init), callPlan(auth, plan));
  };

  return {
    authFetch: (input, init) => call(input, init, undefined),
    fetchWith: (options) => {
      callPlan(options, settings.call);
      return (input, init) => call(input, init, options);
    },
    ready: async () => {
      if (noPage !== undefined) await started();
      return calls.known();
    },
    signIn: async (credentials) => {
      const sent = signInBody(credentials);
      const signOuts = signOut.count();
      await started().catch((error) => {
        throw error instanceof TypeError ? error : new SignInUnavailableError(error);
      });
      const { tokens, obtainedAt } = await tabs.takeTurn(() => {
        if (signOuts !== signOut.count()) throw new UnauthenticatedError('signed-out');
        return askToSignIn(platform, ask, endpoints.signIn, sent, settings.readTokens);
      }, signInTurnWaitMs);
      return enter(tokens, obtainedAt, signOuts);
    },
    completeSignIn: async (responseOrTokens) => {
      const obtainedAt = clock.now();
      const signOuts = signOut.count();
      await started();
      const tokens = await readGivenTokens(responseOrTokens, clock.now().wallAt, settings.readTokens);
      return enter(tokens, obtainedAt, signOuts);
    },
    signOut: signOut.signOut,
    getAccessToken: async ({ minValidityMs, newerThan, signal, relogin } = {}) => {
      const holds = callPlan(relogin && { relogin }, settings.call).relogin === 'hold';
      checkTokenOptions(minValidityMs, newerThan);
      if (noPage !== undefined) await started();
      return (await calls.token({ minValidityMs, newerThan }, { signal, holds })).value;
    },
    refresh: async () => {
      const refreshed = calls.refreshFromNow();
      await started();
      await signOut.finishFirst(refreshed);
      return store.state().session;
    },
    getSession: () => store.state().session,
    subscribe: store.subscribe,
    onUserLeft: store.onUserLeft,
    onUserChanged: store.onUserChanged,
    onEvent: store.onEvent,
    start: () => {
      if (noPage?.mayStart === false) throw new TypeError(noPage.reason);
      return lifecycle.start();
    },
  };
};

/** How long a sign-in waits for a refresh or a sign-out under way, whose late answer could set the cookie back. */
const signInTurnWaitMs = 3000;
