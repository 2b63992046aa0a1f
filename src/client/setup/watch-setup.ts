import type { Credentials } from '../../auth-server/sign-in.ts';
import type { Platform } from '../../platform/platform.ts';
import type { AuthClient } from '../auth-client.ts';
import type { ClientCore } from '../client-core.ts';
import { isAuthError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { createWarnings } from './warnings.ts';
import { createCallWatch } from './watch-calls.ts';
import { createReachWatch } from './watch-reach.ts';
import { createRefreshWatch } from './watch-refresh.ts';
import { createSessionWatch } from './watch-session.ts';
import { createStartWatch } from './watch-start.ts';

// The development build has this; the production build has `no-watch-setup.ts` in its place.

/**
 * A client that says on the console, once each, what is set up in a way that cannot work or is not safe.
 * Misuse that would show later, or never, throws a `TypeError` at once.
 */
export function watchSetup<Claims>(
  client: AuthClient<Claims>,
  settings: Settings<Claims>,
  platform: Platform,
  { record, sessionName }: Pick<ClientCore<Claims>, 'record' | 'sessionName'>,
): AuthClient<Claims> {
  const { endpoints, allowedOrigins, headers } = settings;
  const { clock, page, noPage } = platform;
  if (noPage !== undefined) return client;
  const warnings = createWarnings(platform.warn);
  let starts = 0;
  let wasStarted = false;
  const { token } = settings.call;
  const calls = createCallWatch({ page, clock, allowedOrigins, token, warnings, isStarted: () => wasStarted });
  const reach = createReachWatch({ page, fetch: platform.nativeFetch, headers, allowedOrigins, warnings });
  const refreshFailed = createRefreshWatch(warnings, () => reach.endpoint(endpoints.refresh));
  const sessionStarts = createSessionWatch({ client, clock, record, warnings, refreshFailed });
  const defaultName = settings.sessionName === undefined ? sessionName : undefined;
  const watchStart = createStartWatch({ page, defaultName, warnings });
  let stopped = () => {};

  /** The same method, which needs a client that is started. */
  const started = <Arguments extends unknown[], Result>(method: (...given: Arguments) => Result) => {
    return (...given: Arguments): Result => {
      calls.needsStart();
      return method(...given);
    };
  };

  const listens = <Listener>(name: string, method: (listener: Listener) => () => void) => {
    return (listener: Listener) => {
      if (typeof listener === 'function') return method(listener);
      throw new TypeError(
        `\`${name}\` takes a function. It was given ${listener === null ? 'null' : typeof listener}.`,
      );
    };
  };

  /** Looks at a call once it is made, so that the call reads its arguments first, and all that it rejects with is its own. */
  const watched = (response: Promise<Response>, ...call: Parameters<typeof calls.call>): Promise<Response> => {
    try {
      calls.call(...call);
      return reach.call(call[0], response);
    } catch {
      // The call has met the same.
      return response;
    }
  };

  return {
    ...client,
    authFetch: (input, init) => watched(client.authFetch(input, init), input, init, undefined),
    fetchWith: (options) => {
      const bound = client.fetchWith(options);
      return (input, init) => watched(bound(input, init), input, init, options);
    },
    ready: started(client.ready),
    completeSignIn: async (responseOrTokens) => {
      calls.needsStart();
      if (tagOf(responseOrTokens) === 'Promise') {
        throw new TypeError(
          '`completeSignIn` was given a promise. Give it what the promise resolves with: `await` it.',
        );
      }
      return client.completeSignIn(responseOrTokens);
    },
    getAccessToken: started(client.getAccessToken),
    refresh: started(client.refresh),
    signIn: async (credentials) => {
      calls.needsStart();
      checkCredentials(credentials);
      try {
        return await client.signIn(credentials);
      } catch (error) {
        const hasAnswer = !isAuthError(error) || error.code !== 'sign_in_unavailable' || error.status !== undefined;
        if (!hasAnswer) reach.endpoint(endpoints.signIn);
        throw error;
      }
    },
    subscribe: listens('subscribe', client.subscribe),
    onUserLeft: listens('onUserLeft', client.onUserLeft),
    onUserChanged: listens('onUserChanged', client.onUserChanged),
    onEvent: listens('onEvent', client.onEvent),
    start: () => {
      const stop = client.start();
      wasStarted = true;
      if (starts++ === 0) {
        sessionStarts();
        stopped = watchStart();
      }
      let isStopped = false;
      return () => {
        stop();
        if (isStopped) return;
        isStopped = true;
        // The client itself stops at the end of the task, in which it may be started again.
        queueMicrotask(() => {
          if (--starts === 0) stopped();
        });
      };
    },
  };
}

/** What a value says it is, such as `Promise` or `HTMLFormElement`. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Throws a `TypeError` for what JSON makes `{}` of, because its content is not in members of its own. */
function checkCredentials(credentials: Credentials): void {
  const kind = tagOf(credentials);
  if (kind === 'HTMLFormElement') {
    throw new TypeError('`signIn` takes no form element, whose fields it cannot read. Give it `new FormData(form)`.');
  }
  if (/^(Blob|File|Map|Set|Headers|Promise|Request|Response|\w*Event)$/.test(kind)) {
    throw new TypeError(
      `\`signIn\` was given a value of the kind ${kind}. Give it an object, FormData or URLSearchParams.`,
    );
  }
}
