import { checkTokenOptions } from '#option-checks';
import { watchSetup } from '#watch-setup';
import { addressOf } from '../auth-server/endpoint.ts';
import type { Platform } from '../platform/platform.ts';
import { createAuthFetch } from '../requests/auth-fetch.ts';
import { createCallTokens } from '../requests/waiting/call-tokens.ts';
import type { State } from '../session/state.ts';
import type { AuthClient } from './auth-client.ts';
import { createCall } from './call.ts';
import { createCore } from './client-core.ts';
import type { AuthClientOptions } from './options.ts';
import { callPlan, settingsOf } from './settings.ts';
import { createSignIn } from './sign-in.ts';

/**
 * Builds a client on a platform, with a session that is new or in the state `first`. Nothing happens before
 * `start()`.
 */
export function createClient<Claims>(
  options: AuthClientOptions<Claims>,
  platform: Platform,
  first?: State<Claims>,
): AuthClient<Claims> {
  const settings = settingsOf(options);
  const { endpoints, policy, hold } = settings;
  const { clock, page, noPage } = platform;
  const core = createCore(settings, platform, first);
  const { ownFetch, store, lifecycle, signOut, patiently } = core;

  const isAuthServer = hold?.createAuthArea(() =>
    Object.values(endpoints).flatMap((endpoint) => addressOf(endpoint, page) ?? []),
  );
  const calls = createCallTokens({
    store,
    clock,
    policy,
    isStarted: lifecycle.isStarted,
    wake: lifecycle.wake,
    mayBeHeld: ({ to, asksToBeHeld }) => to === undefined || !isAuthServer?.(new URL(to.href), asksToBeHeld),
  });

  /** Nothing can be asked without a page. In a page, calls made early wait for the start. */
  const started = (): Promise<true> =>
    noPage === undefined ? calls.started() : Promise.reject(new TypeError(noPage.reason));

  const send = createAuthFetch({
    ...settings,
    ...calls,
    fetch: ownFetch.call,
    page,
    replayed: () => store.tell({ type: 'call-replayed' }),
    patiently,
  });
  const call = createCall({ send, ownFetch, otherwise: settings.call, hold, started: noPage && started });

  const client: AuthClient<Claims> = {
    ...store.view,
    ...createSignIn(core, settings, platform, started),
    authFetch: (input, init) => call(input, init, undefined),
    fetchWith: (options) => {
      callPlan(options, settings.call, hold);
      return (input, init) => call(input, init, options);
    },
    ready: async () => {
      if (noPage !== undefined) await started();
      return calls.known();
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
    start: () => {
      if (noPage?.mayStart === false) throw new TypeError(noPage.reason);
      return lifecycle.start();
    },
  };
  return watchSetup(client, settings, platform, core);
}
