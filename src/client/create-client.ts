import { checkTokenOptions } from '#option-checks';
import { createSetupWarnings } from '#setup-warnings';
import { createAuthRequest } from '../auth-server/auth-request.ts';
import { addressOf } from '../auth-server/endpoint.ts';
import { createRefresh } from '../auth-server/refresh.ts';
import { askToSignIn, readGivenTokens, signInBody } from '../auth-server/sign-in.ts';
import type { TokensIn } from '../auth-server/tokens/find-tokens.ts';
import { readSignInTokenSet } from '../auth-server/tokens/token-set.ts';
import type { Platform } from '../platform/platform.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { createAuthFetch } from '../requests/auth-fetch.ts';
import { createOwnFetch } from '../requests/own-fetch.ts';
import { createCallTokens } from '../requests/waiting/call-tokens.ts';
import type { Session } from '../session/session.ts';
import type { Instant } from '../session/time.ts';
import { createPageLifecycle } from '../tabs/page-lifecycle.ts';
import { createIdempotencyKeys } from '../tabs/record/idempotency-key.ts';
import { createSessionTracker } from '../tabs/record/session-tracker.ts';
import { createRecord } from '../tabs/record/shared-session.ts';
import type { AuthClient } from './auth-client.ts';
import { createCall } from './call.ts';
import { SignInUnavailableError, UnauthenticatedError } from './errors.ts';
import type { AuthClientOptions } from './options.ts';
import { sessionNaming } from './session-name.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import { callPlan, settingsOf } from './settings.ts';
import { createSignOut } from './sign-out.ts';
import { createTabs } from './tabs.ts';

/** Builds a client on a platform. Nothing happens before `start()`. */
export const createClient = <Claims>(options: AuthClientOptions<Claims>, platform: Platform): AuthClient<Claims> => {
  const settings = settingsOf(options);
  const { endpoints, policy, hold } = settings;
  const { clock, page, noPage } = platform;
  const ownFetch = createOwnFetch(platform, settings.fetch);
  const asking = { clock, page, report: platform.report, fetch: ownFetch.authRequest };
  const ask = createAuthRequest(asking, settings.headers, settings.csrf);
  const sessionName = sessionNaming(settings.sessionName, endpoints.refresh, page);
  const record = createRecord(platform.storage, sessionName);
  const tracker = createSessionTracker(record, platform.uuid);

  const store: SessionStore<Claims> = createSessionStore<Claims>(platform, policy, hold, {
    refresh: ({ identityVersion, attempt }) => void refresh({ identityVersion, attempt }),
    presumedLost: () => tabs.giveWay(),
    record: ({ session, isSignedIn }) => {
      if (session === 'new' && isSignedIn) signOut.forget();
      tabs.record(session, isSignedIn);
    },
  });
  const compare = (why?: 'news' | 'answer') => lifecycle.compare(why);
  const patiently = (work: Promise<unknown>) => withTimeout(clock, work, 1000);
  const tabs = createTabs({ platform, settings, tracker, leftAlone: record.leftAlone, sessionName, store, compare });
  const isAuthServer = hold?.createAuthArea(() =>
    Object.values(endpoints).flatMap((endpoint) => addressOf(endpoint, page) ?? []),
  );
  const calls = createCallTokens({
    store,
    clock,
    policy,
    isStarted: () => lifecycle.isStarted(),
    wake: () => lifecycle.wake(),
    mayBeHeld: ({ to, asksToBeHeld }) => to === undefined || !isAuthServer?.(new URL(to.href), asksToBeHeld),
  });
  const keys = createIdempotencyKeys(record.pendingKey, platform.uuid);
  const refresh = createRefresh<Claims>({
    platform,
    endpoint: endpoints.refresh,
    ask,
    enqueue: tabs.enqueueRefresh,
    askOtherTabs: tabs.askOtherTabs,
    mayBeInOtherTab: tabs.mayBeInOtherTab,
    isDemanded: tabs.isDemanded,
    sending: ({ attempt }) => store.dispatch({ type: 'refresh-sent', attempt }),
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
    enqueue: tabs.enqueue,
    entry: record.signOut,
    tracker,
    keys,
    store,
    timeoutMs: policy.refreshTimeoutMs,
    isStarted: () => lifecycle.isStarted(),
    compare,
  });
  const lifecycle = createPageLifecycle({
    page,
    tracker,
    otherTabs: tabs.otherTabs,
    patiently,
    dispatch: store.dispatch,
    signOut,
  });

  const send = createAuthFetch({
    fetch: ownFetch.call,
    page,
    allowedOrigins: settings.allowedOrigins,
    streams: settings.streams,
    isTokenRejected: settings.isTokenRejected,
    networkErrorMeansRejected: settings.networkErrorMeansRejected,
    tokens: calls.tokens,
    taken: calls.taken,
    refusedAgain: calls.refusedAgain,
    replayed: () => store.tell({ type: 'call-replayed' }),
    patiently,
  });

  /** Takes a token response that a user has signed in with, unless they have signed out meanwhile. */
  const enter = (tokens: TokensIn, obtainedAt: Instant, signOuts: number): Session<Claims> => {
    const tokenSet = readSignInTokenSet<Claims>(tokens, obtainedAt, settings);
    if (signOuts !== signOut.count()) {
      signOut.undo(tokenSet.user);
      throw new UnauthenticatedError('signed-out');
    }
    keys.forget();
    signOut.forget();
    // Who has waited too long by now, though the page slept, is not let go by this.
    store.dispatch({ type: 'tick' });
    store.dispatch({ type: 'signed-in', tokenSet, jitter: platform.random() });
    // A listener that the news has reached may have signed out.
    if (signOuts !== signOut.count()) throw new UnauthenticatedError('signed-out');
    return store.session();
  };

  /** Nothing can be asked where there is no page; elsewhere calls made early wait for the start. */
  const started = (): Promise<true> =>
    noPage === undefined ? calls.started() : Promise.reject(new TypeError(noPage.reason));

  const call = createCall({ send, ownFetch, otherwise: settings.call, hold, started: noPage && started });

  const warnOfSetup = createSetupWarnings({ page, onEvent: store.onEvent, warn: platform.warn });
  return {
    authFetch: (input, init) => call(input, init, undefined),
    fetchWith: (options) => {
      callPlan(options, settings.call, hold);
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
      const { tokens, obtainedAt } = await tabs.enqueue(() => {
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
      const holds = callPlan(relogin && { relogin }, settings.call, hold).relogin === 'hold';
      checkTokenOptions(minValidityMs, newerThan);
      if (noPage !== undefined) await started();
      return (await calls.token({ minValidityMs, newerThan }, signal, holds)).value;
    },
    refresh: async () => {
      const refreshed = calls.refreshFromNow();
      await started();
      await signOut.finishFirst(refreshed);
      return store.session();
    },
    getSession: store.session,
    subscribe: store.subscribe,
    onUserLeft: store.onUserLeft,
    onUserChanged: store.onUserChanged,
    onEvent: store.onEvent,
    start: () => {
      if (noPage?.mayStart === false) throw new TypeError(noPage.reason);
      warnOfSetup();
      return lifecycle.start();
    },
  };
};

/** How long a sign-in waits for a refresh or a sign-out under way, whose late answer could set the cookie back. */
const signInTurnWaitMs = 3000;
