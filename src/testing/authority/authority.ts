import { browserPlatform } from '../../platform/browser.ts';
import type { AccessTokenClaims } from '../../server/index.ts';
import { createEndableClock } from '../platform/endable-clock.ts';
import { nextTask } from '../platform/flush.ts';
import { createUnfinished } from '../unfinished.ts';
import { type ApiRoute, pathOf, readRoutes } from './api-routes.ts';
import { createBackend } from './backend.ts';
import { createFaults, type FaultyAnswer } from './faults.ts';
import { type AnsweredRoute, type MswHttp, mswHandlers } from './msw-handlers.ts';
import { checkOptions, type TestAuthorityOptions } from './options.ts';
import type { SignedIn } from './unsigned-tokens.ts';
import { createTestUsers, type TestUser } from './users.ts';
import { fetched } from './web-messages.ts';

/** See `TestAuthority.guard`. */
export interface TestGuard {
  (request: Request): Promise<AccessTokenClaims | Response>;
  /** A refusal, which is a `Response`, has the type of the answers: msw wants one of them, such as `HttpResponse<string>`. */
  <Info extends { readonly request: Request }, Answer>(
    resolver: (info: Info & { readonly claims: AccessTokenClaims }) => Answer | Promise<Answer>,
  ): (info: Info) => Promise<Answer>;
}

/** A request that reached the authority or its API. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
}

/** The real token authority without a network, in one browser's view, with faults on demand. */
export interface TestAuthority {
  /** A `fetch` that reaches the auth endpoints and `api`, and nothing else. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** The same for msw 2 and 3: `setupServer(...authority.handlers(http))`, with the `http` of your msw. */
  handlers<Handler>(http: MswHttp<Handler>): Handler[];
  /**
   * Protects your own handlers. Of a request, it gives the claims of its access token, or the `Response` to send instead, as the
   * guard of `silent-refresh/server` does. Of an msw resolver it makes one that is called with `claims`, and only if the request
   * has a good token: `http.get('/api/orders', authority.guard(({ claims }) => …))`.
   */
  readonly guard: TestGuard;
  /**
   * Gives the browser the cookie of a user (an id, or a user to be added; default the first one), as an earlier page did.
   * Returns the token response, which `completeSignIn()` takes. Throws a `TypeError` for an id that nobody has.
   */
  signIn(user?: string | TestUser): SignedIn;
  /** The API refuses all access tokens issued so far, while the clients still think that they are good. The session lives on. */
  expireTokens(): void;
  /** Ends the sessions of a user, or of everybody, as an operator does: the next refresh is refused as `revoked`. */
  revoke(userId?: string): Promise<void>;
  /** Somebody else uses a copy of the refresh cookie: the session has ended as `reused`. */
  reuse(): Promise<void>;
  /** The browser loses its cookies, as when its user deletes them: the next refresh is refused. The session lives on, unused. */
  clearCookies(): void;
  /** The next auth request is carried out, and its response never arrives: a network error, and no new cookie. */
  loseNextAnswer(): void;
  /** The next auth request is not carried out. 503, 429 with `Retry-After: 1`, no response at all, or a captive portal's page. */
  answerNext(answer: FaultyAnswer): void;
  /** Every response to an auth request takes so long from now on. At most 2^31 − 1, as a timer can wait. */
  delay(ms: number): void;
  /** The authority's time, in epoch ms. It can be moved ahead of the clients' time. */
  readonly clock: { now(): number; advance(ms: number): void };
  /** The requests so far, in order. */
  readonly requests: readonly SeenRequest[];
  /** Resolves when no request is being worked on, apart from those that wait for time or for ever. */
  settled(): Promise<void>;
  /**
   * Begins anew: nobody is signed in, no fault is planned. Throws an `Error` that says so if a request was handled by nobody, or
   * a call came without a token while somebody was signed in.
   */
  reset(): void;
}

/**
 * Creates an authority for tests. It needs the Web Crypto API, as `silent-refresh/server` does. Throws a `TypeError` for an unknown
 * option, for a route or a path that is none, and for two users with one id.
 */
export function createTestAuthority(options: TestAuthorityOptions = {}): TestAuthority {
  const { api = {}, accessTokenLifetimeMs = 300_000, clock = browserPlatform().clock } = options;
  checkOptions(options);
  const { signIn = '/auth/login', refresh = '/auth/refresh', signOut = '/auth/logout' } = options.paths ?? {};
  const paths = { signIn, refresh, signOut };
  const routes = readRoutes(api);
  const unfinished = createUnfinished();
  const requests: SeenRequest[] = [];
  let busy = 0;

  const begin = () => {
    const users = createTestUsers(options.users ?? [{ id: '1' }]);
    const failed = (error: unknown) => unfinished.note(`The test authority has failed: ${String(error)}`);
    const backend = createBackend({ users, clock, paths, accessTokenLifetimeMs, failed });
    const delays = createEndableClock(clock);
    return { users, backend, delays, faults: createFaults(delays) };
  };
  let { users, backend, delays, faults } = begin();

  const working = async <T>(work: Promise<T>): Promise<T> => {
    busy++;
    try {
      return await work;
    } finally {
      busy--;
    }
  };

  const check = (request: Request): Promise<AccessTokenClaims | Response> => {
    if (typeof request?.url !== 'string') {
      throw new TypeError('guard() takes a Request, or a resolver of msw, which is called with one.');
    }
    if (!request.headers.has('Authorization') && backend.isSignedIn()) unfinished.note(withoutToken(request));
    return working(backend.check(request));
  };

  const guarded =
    <Info extends { readonly request: Request }, Answer>(
      resolver: (info: Info & { readonly claims: AccessTokenClaims }) => Answer | Promise<Answer>,
    ) =>
    async (info: Info): Promise<Answer | Response> => {
      const claims = await check(info.request);
      return claims instanceof Response ? claims : resolver({ ...info, claims });
    };

  const answerAuth = (request: Request): Promise<Response> => {
    note(request);
    const { handle } = backend;
    return faults.carryOut((keepsCookies) => working(handle(request, keepsCookies)));
  };

  const answerApi = (route: ApiRoute) => (request: Request) => {
    note(request);
    return guarded<{ readonly request: Request }, Response>(route)({ request });
  };
  const answered: readonly AnsweredRoute[] = [
    ...Object.values(paths).map((path) => ({
      path,
      matches: (request: Request) => pathOf(request) === path,
      respond: answerAuth,
    })),
    ...routes.map(({ answer, ...route }) => ({ ...route, respond: answerApi(answer) })),
  ];

  const note = (request: Request) => void requests.push({ method: request.method, path: pathOf(request) });

  const answer = (request: Request): Promise<Response> => {
    const route = answered.find(({ matches }) => matches(request));
    if (route !== undefined) return route.respond(request);
    unfinished.note(unhandled(request, Object.keys(api)));
    return Promise.reject(new TypeError(unhandled(request, Object.keys(api))));
  };

  return {
    fetch: async (input, init) => {
      const request = input instanceof Request ? new Request(input, init) : new Request(absolute(input), init);
      return fetched(answer(request), init?.signal ?? request.signal);
    },
    handlers: (http) => mswHandlers(http, answered),
    guard: ((given: Request | Parameters<typeof guarded>[0]) =>
      typeof given === 'function' ? guarded(given) : check(given)) as TestGuard,
    signIn: (user) => backend.signIn(users.take(user)),
    expireTokens: () => backend.expireTokens(),
    revoke: (userId) => working(backend.revoke(userId === undefined ? users.all() : [users.take(userId)])),
    reuse: () => working(backend.reuse()),
    clearCookies: () => backend.clearCookies(),
    loseNextAnswer: () => faults.loseNextAnswer(),
    answerNext: (fault) => faults.answerNext(fault),
    delay: (ms) => faults.delay(ms),
    clock: { now: () => backend.now(), advance: (ms) => backend.advance(ms) },
    requests,
    settled: async () => {
      while (busy > 0) await nextTask();
    },
    reset: () => {
      delays.end();
      ({ users, backend, delays, faults } = begin());
      requests.length = 0;
      unfinished.throwIfAny();
    },
  };
}

function absolute(address: string | URL): URL {
  return new URL(String(address), 'https://app.example/');
}

function withoutToken(request: Request): string {
  return `${request.method} ${pathOf(request)} came without an access token, though somebody is signed in. Send it with \`authFetch\` of \`useAuth()\`, not with \`fetch\`.`;
}

function unhandled(request: Request, known: readonly string[]): string {
  return `Nobody handles ${request.method} ${pathOf(request)}. ${known.length === 0 ? 'Give createTestAuthority() an `api`' : `\`api\` of createTestAuthority() has ${known.join(', ')}`}; or use handlers() with msw.`;
}
