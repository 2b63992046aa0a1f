import { createConsoleListener } from './console-listener.ts';
import { createEndpoints } from './endpoints/endpoints.ts';
import { type CookieSession, createReadSession } from './endpoints/read-session.ts';
import { createRefresh } from './endpoints/refresh.ts';
import { createSignIn } from './endpoints/sign-in.ts';
import { createSignOut } from './endpoints/sign-out.ts';
import { createIssuer } from './endpoints/token-response.ts';
import { createEmitter } from './events.ts';
import { createCookies } from './http/cookies.ts';
import { createRefuse } from './http/refusals.ts';
import { createKeyring } from './keys/keyring.ts';
import type { AuthorityOptions, AuthorityPaths } from './options.ts';
import { settle } from './settings.ts';
import { createMemoryStore } from './stores/memory-store.ts';
import { createSessions } from './stores/sessions.ts';
import { createSweep } from './stores/sweep.ts';
import { createThrottle } from './throttling/throttle.ts';
import { type AccessTokenClaims, createAccessTokens } from './tokens/access-token.ts';
import { createGuard } from './tokens/guard.ts';
import { createRefreshTokens } from './tokens/refresh-token.ts';
import { userIdText } from './user-id.ts';

/** A token authority: signs in, refreshes, signs out, and says whose an access token is. */
export interface Authority {
  /** Where it answers: the `paths` option, with its defaults. */
  readonly paths: Required<AuthorityPaths>;
  /**
   * Answers sign-in, refresh, sign-out and their CORS preflights, by the whole path of the request's URL. Any other path
   * is a 404; one that just misses is an event, too.
   *
   * What goes wrong inside is a 500 or 503 without detail, and a `failed` event. Rejects only when given something other
   * than a `Request`, with a `TypeError`: with Node's http server, Express and the like, use `authRoutes` of
   * `silent-refresh/node`.
   */
  handle(request: Request): Promise<Response>;
  /**
   * The claims of an access token that is good at this moment, its sign-in included.
   *
   * Rejects with `InvalidTokenError` for a bad token, whatever the cause, and with another
   * error when the store cannot be asked: allow nothing then. The first use of a generation is
   * written to the store; see `recoveryMs`.
   */
  verify(token: string): Promise<AccessTokenClaims>;
  /**
   * The claims of a request's bearer token, or the `Response` to send instead.
   *
   * 401 without an error code when there is no token, 401 `invalid_token`, 400 for a token in the
   * URL or a malformed header, 503 when the store cannot be asked. CORS headers are your API's own.
   *
   * @see RFC 6750 section 3
   */
  guard(request: Request): Promise<AccessTokenClaims | Response>;
  /**
   * Whom the request's cookie says is signed in, for rendering on the server; `undefined` for nobody.
   *
   * `'unknown'` where the cookie cannot tell: the browser keeps it back when a link on another site or in a mail is
   * followed (`Sec-Fetch-Site: cross-site`), several could be meant, or the `path` profile does not send it to pages.
   * Render the loading state then, and do not redirect to the sign-in page: the client finds out who is signed in.
   *
   * Changes nothing and authorizes nothing: the page's calls carry their own tokens. Rejects when the store cannot be
   * asked.
   */
  readSession(request: Request): Promise<CookieSession | 'unknown' | undefined>;
  /** Ends one sign-in and its access tokens at once; nothing happens if it has ended or never was. */
  endSession(sid: string): Promise<void>;
  /**
   * Ends all sign-ins of a user and their access tokens at once: all but the one with the `sid` of `except`, if given.
   *
   * Rejects if the store cannot be asked; call it again then. A sign-in whose `verifyCredentials` has answered already may
   * come into being a moment later: change what it checks (password, lock) first, and call again where that matters.
   */
  endUserSessions(userId: string | number, options?: { readonly except?: string }): Promise<void>;
}

/**
 * Creates a token authority. Does nothing before the first call.
 *
 * Throws a `TypeError` that names the option for options that cannot be right.
 */
export function createAuthority<User>(options: AuthorityOptions<User>): Authority {
  const settings = settle(options);
  const { paths } = settings;
  const cookies = createCookies(options.cookie, paths);
  const accessTokens = createAccessTokens(createKeyring(options.keys), settings);
  const refreshTokens = createRefreshTokens(options.refreshSecret);
  const sessions = createSessions(options.store ?? createMemoryStore());
  const emit = createEmitter(options.onEvent ? (event) => options.onEvent?.(event) : createConsoleListener());
  const issue = createIssuer(options, settings, accessTokens, cookies);
  const refuse = createRefuse(cookies.isDev, settings.now, emit);
  const sweep = createSweep(sessions, settings, emit);
  const throttle = createThrottle(options.throttle, settings, emit);
  const parts = { options, settings, sessions, cookies, refreshTokens, issue, refuse, throttle, emit, sweep };

  const handle = createEndpoints(
    [
      { name: 'sign-in', path: paths.signIn, answer: createSignIn(parts) },
      { name: 'refresh', path: paths.refresh, answer: createRefresh(parts) },
      { name: 'sign-out', path: paths.signOut, answer: createSignOut(parts) },
    ],
    settings,
    cookies,
    refuse,
    emit,
  );

  async function endSession(sid: string): Promise<void> {
    const ended = await sessions.end(sid);
    if (ended) emit({ type: 'revoked', at: settings.now(), sid, userId: ended.userId, by: 'operator' });
  }

  return {
    paths,
    handle,
    ...createGuard({ settings, sessions, accessTokens, emit }),
    readSession: createReadSession({ settings, sessions, cookies, refreshTokens }),
    endSession,
    async endUserSessions(userId, { except } = {}) {
      const text = userIdText(userId);
      const ended = await sessions.endByUser(text, except);
      const at = settings.now();
      for (const sid of ended) emit({ type: 'revoked', at, sid, userId: text, by: 'operator' });
    },
  };
}
