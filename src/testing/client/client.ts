import type { AuthClient } from '../../client/auth-client.ts';
import { createClient } from '../../client/create-client.ts';
import type { AuthClientOptions, DefaultClaims } from '../../client/options.ts';
import { browserPlatform } from '../../platform/browser.ts';
import type { Session } from '../../session/session.ts';
import { checkNames } from '../../spelling/unknown-names.ts';
import { createTestAuthority, type TestAuthority } from '../authority/authority.ts';
import type { TestPaths } from '../authority/backend.ts';
import { AUTHORITY_OPTIONS } from '../authority/options.ts';
import type { TestUser } from '../authority/users.ts';
import { createEndableClock } from '../platform/endable-clock.ts';
import { createTestPlatform } from '../platform/test-platform.ts';
import { createUnfinished } from '../unfinished.ts';
import { delegate } from './delegate.ts';
import { earlierSession } from './earlier-session.ts';
import { type WatchedClient, watchClient } from './watched-client.ts';

/** How a test client begins. */
export interface TestSession {
  /**
   * The status of its session from the first line on. Default `authenticated`. One that is `loading` asks the authority when it
   * is started, and finds the user there; so does one that is `relogin-required` when somebody signs in.
   */
  readonly session?: Session<unknown>['status'] | undefined;
  /**
   * The claims of the user: `sub` (default: that of the first user), `user` (what the authority's `profile` would say), and any
   * others of an access token.
   */
  readonly claims?: DefaultClaims | undefined;
}

export interface TestClientOptions<Claims> extends TestSession, Omit<AuthClientOptions<Claims>, 'fetch'> {
  /**
   * The authority that it asks, alone. Default: one of its own, with an API that has nothing, and the `endpoints` of the client
   * as its paths.
   */
  readonly authority?: TestAuthority;
}

/** A client without a network, for one page. */
export interface TestClient<Claims> extends AuthClient<Claims> {
  readonly authority: TestAuthority;
  /**
   * Begins anew, with the session and the claims that are asked for here, or were asked for first. Nothing from before is
   * left, and the authority begins anew, too. Unmount what shows the client first. Throws an `Error` that says what the test
   * has left behind: a client that was never stopped, calls that are still held, a request that nobody handled, a call
   * without a token.
   */
  reset(next?: TestSession): void;
}

/**
 * Creates a client for tests of components: hand it to `<AuthProvider client={…}>`. It keeps nothing in the browser, and its time
 * is the global clock's, which fake timers move. Throws a `TypeError` for an unknown option.
 */
export function createTestClient<Claims = DefaultClaims>(options: TestClientOptions<Claims> = {}): TestClient<Claims> {
  const { session, claims, authority: given, ...clientOptions } = options;
  if ('fetch' in clientOptions) {
    throw new TypeError('A test client has no `fetch`: its authority answers. Give createTestAuthority() an `api`.');
  }
  const misplaced = Object.keys(AUTHORITY_OPTIONS).find((name) => name in clientOptions);
  if (misplaced !== undefined) {
    throw new TypeError(
      `\`${misplaced}\` is an option of the authority: createTestClient({ authority: createTestAuthority({ ${misplaced}: … }) }).`,
    );
  }
  if (given !== undefined && typeof given.signIn !== 'function') {
    throw new TypeError('`authority` is what createTestAuthority() has returned.');
  }
  const own = given === undefined && { claims: {}, profile: undefined };
  const { endpoints } = clientOptions;
  const authority =
    given ?? createTestAuthority({ users: [userOf({ sub: '1', ...claims })], paths: pathsOf(endpoints) });
  const unfinished = createUnfinished();

  const begin = ({ session = 'authenticated', claims = {} }: TestSession): WatchedClient<Claims> => {
    if (!STATUSES.includes(session)) {
      throw new TypeError(`\`session\` is one of ${STATUSES.join(', ')}; it was ${session}.`);
    }
    const clock = createEndableClock(browserPlatform().clock);
    const platform = createTestPlatform({ clock, fetch: authority.fetch });
    const tokens = session === 'unauthenticated' ? undefined : authority.signIn({ ...own, ...userOf(claims) });
    // Where it fails, whoever asks the authority is told.
    if (session === 'relogin-required') authority.revoke().catch(() => {});
    const first = earlierSession(session, clientOptions, clock, tokens);
    const cut = () => {
      platform.replacement = () => new Promise(() => {});
      clock.end();
    };
    return watchClient(createClient<Claims>(clientOptions, platform, first), cut, 'The test client');
  };

  let current = begin(options);
  return {
    ...delegate(() => current.client),
    authority,
    reset: (next = {}) => {
      checkNames(next, RESET_NAMES);
      for (const what of current.end()) unfinished.note(what);
      unfinished.noteError(authority.reset);
      current = begin({ session: next.session ?? session, claims: next.claims ?? claims });
      unfinished.throwIfAny();
    },
  };
}

const STATUSES: readonly Session<unknown>['status'][] = [
  'authenticated',
  'unauthenticated',
  'relogin-required',
  'loading',
];

const RESET_NAMES: Readonly<Record<keyof TestSession, true>> = { session: true, claims: true };

/** The paths at which an authority answers a client with these endpoints. A function is called in place of `fetch`. */
function pathsOf(endpoints: AuthClientOptions['endpoints'] = {}): TestPaths {
  return Object.fromEntries(
    Object.entries(endpoints).flatMap(([name, endpoint]) =>
      typeof endpoint === 'function' ? [] : [[name, new URL(endpoint, 'https://app.example/').pathname]],
    ),
  );
}

function userOf({ sub, user, ...claims }: DefaultClaims): TestUser {
  return {
    ...(sub !== undefined && { id: sub }),
    ...(Object.keys(claims).length > 0 && { claims }),
    ...(user !== undefined && { profile: Object(user) }),
  };
}
