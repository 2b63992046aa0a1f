import type { JSONWebKeySet } from 'jose';
import { createCurrentSession } from './endpoints/current-session.ts';
import { createEndpoints } from './endpoints/endpoints.ts';
import { withKeySet } from './endpoints/key-set.ts';
import { createRefresh } from './endpoints/refresh.ts';
import { factsOf } from './endpoints/refresh-outcome.ts';
import { infoOf, type SessionInfo } from './endpoints/session-info.ts';
import { createSignIn } from './endpoints/sign-in.ts';
import { createSignOut } from './endpoints/sign-out.ts';
import { createStartSession, type SignInOptions } from './endpoints/start-session.ts';
import { createIssuer } from './endpoints/token-response.ts';
import { createEmitter } from './events.ts';
import { sealed } from './http/answers.ts';
import { createCookies } from './http/cookies.ts';
import { corsHeaders } from './http/cors.ts';
import { createRefuse } from './http/refusals.ts';
import { assertWebRequest } from './http/web-request.ts';
import { createKeyring } from './keys/keyring.ts';
import { createConsoleListener } from './logging/console-listener.ts';
import { checkKnown, text } from './option-values.ts';
import type { AuthorityOptions } from './options.ts';
import { isAlive } from './rotation/session-record.ts';
import { type SettledPaths, settle } from './settings.ts';
import { createMemoryStore } from './stores/memory-store.ts';
import { createSessions } from './stores/sessions.ts';
import { createSweep } from './stores/sweep.ts';
import { createThrottle } from './throttling/throttle.ts';
import { areOpaque, createAccessTokens } from './tokens/access-token-kind.ts';
import { createBearerGuard, type Verifier } from './tokens/bearer-guard.ts';
import { withRevocationList } from './tokens/listed-store.ts';
import { createMacKeys } from './tokens/mac-keys.ts';
import { createMemoryRevocationList } from './tokens/memory-revocation-list.ts';
import { createRefreshTokens } from './tokens/refresh-token.ts';
import { createRevokeToken, type TokenOrClaims } from './tokens/revoke-token.ts';
import { createSessionCheck } from './tokens/session-check.ts';
import { userIdText } from './user-id.ts';

/**
 * A token authority: signs in, refreshes, signs out, and says whose an access token is.
 *
 * Its `verify` and `guard` look at the session as well, so a token is good only as long as its sign-in is. They need the
 * store: the first use of a generation is written there (see `recoveryMs`).
 */
export interface Authority<User = unknown> extends Verifier {
  /** Where it answers: the `paths` option, with its defaults. */
  readonly paths: SettledPaths;
  /**
   * Answers sign-in, refresh, sign-out, their CORS preflights, and the public keys if `paths.jwks` is set, by the whole path
   * of the request's URL. Any other path is a 404; one that is nearly right is an event, too.
   *
   * What goes wrong inside is a 500 or 503 without detail, and a `failed` event. Rejects only when given something other
   * than a `Request`, with a `TypeError`: with Node's http server, Express and the like, use `authRoutes` of
   * `silent-refresh/node`.
   */
  handle(request: Request): Promise<Response>;
  /**
   * The public halves of all keys as a JWK Set, for verifiers; empty if the keys are HS256 secrets, which are never in it.
   *
   * Empty as well if `accessTokens` is `opaque`. Rejects with a `TypeError` that names a key that cannot be imported or
   * published: call it when the server starts, to learn of that at once.
   */
  jwks(): Promise<JSONWebKeySet>;
  /**
   * Signs in a user whose identity is proved: by an identity provider's callback, a link in a mail, a passkey, a sign-up.
   *
   * Gives what the sign-in endpoint would: tokens as JSON and the cookie, and the session that this browser had before
   * ends, if its cookie came along. It does not come with a redirect from another site, nor, in the `path` profile, at a path
   * outside the folder of `paths`: then that session has lost its cookie, and ends when it expires.
   *
   * After a redirect, send the cookies (`getSetCookie()`) along with a redirect of your own, since a page cannot read the
   * JSON. The response is 403 where the request's cookies are ambiguous.
   *
   * **Make sure that the request belongs to the browser that began the sign-in**, or an attacker can sign a visitor in as
   * the attacker: `state` or PKCE at an OIDC callback, the challenge of a passkey, a cookie of the browser that asked for a
   * link. A `POST` of your own should need `X-Auth-Client`, as the endpoints do.
   *
   * Rejects with a `TypeError` for data that is no plain JSON, for a `remember` that is neither true nor false, and for an
   * unknown option; and with what `claims`, `profile` or the store throw.
   */
  signIn(user: User, request: Request, options?: SignInOptions): Promise<Response>;
  /**
   * The session that the request's cookie names, for rendering on the server; `undefined` for nobody. A call to an API may
   * come without that cookie: its session is the `sid` of the claims that `guard` gives.
   *
   * `'unknown'` where the cookie cannot tell: the browser keeps it back when a link on another site or in a mail is
   * followed (`Sec-Fetch-Site: cross-site`), several could be meant, or the `path` profile does not send it to pages.
   * Render the loading state then, and do not redirect to the sign-in page: the client finds out who is signed in.
   *
   * Changes nothing and authorizes nothing: the page's calls carry their own tokens. Rejects when the store cannot be
   * asked.
   */
  currentSession(request: Request): Promise<SessionInfo | 'unknown' | undefined>;
  /** The live sessions of a user, the newest sign-in first. Rejects when the store cannot be asked. */
  listSessions(userId: string | number): Promise<readonly SessionInfo[]>;
  /**
   * Refuses one access token from now on: here at once, and at verifiers that ask `revocationList`. Takes the token, or the
   * claims that `guard` gave for it. Its session goes on, and its next refresh gives another token.
   *
   * Nothing happens if it has expired. Rejects with `InvalidTokenError` for what is no token of ours, with
   * `UnavailableError` if the list cannot be written (call it again then), and with a `TypeError` if there is a `store` but
   * no `revocationList`.
   */
  revokeToken(token: TokenOrClaims): Promise<void>;
  /** Ends one sign-in and its access tokens at once; nothing happens if it has ended or never was. `sid` is text. */
  endSession(sid: string): Promise<void>;
  /**
   * Ends all sign-ins of a user and their access tokens at once: all but the one with the `sid` of `except`, if given.
   *
   * Rejects if the store cannot be asked: call it again then. Rejects with a `TypeError` for another option, or for an
   * `except` that is no text.
   *
   * A sign-in whose `verifyCredentials` has answered already may come into being a moment later: change what it checks
   * (password, lock) first, and call again where that matters.
   */
  endUserSessions(userId: string | number, options?: { readonly except?: string }): Promise<void>;
}

/**
 * Creates a token authority. Does nothing before the first call.
 *
 * Throws a `TypeError` that names the option for options that cannot be right.
 */
export function createAuthority<User>(options: AuthorityOptions<User>): Authority<User> {
  const settings = settle(options);
  const { paths } = settings;
  const cookies = createCookies(options.cookie, paths, options.origin);
  const keyring = areOpaque(options) ? undefined : createKeyring(options.keys);
  const macKeys = createMacKeys(options);
  const accessTokens = createAccessTokens(options, settings, keyring, macKeys);
  const refreshTokens = createRefreshTokens(macKeys, settings.issuer);
  const { store = createMemoryStore(), revocationList } = options;
  const sessions = createSessions(revocationList ? withRevocationList(store, revocationList, settings) : store);
  // What one process keeps in memory goes with a store that it keeps in memory, and with no other.
  const list = revocationList ?? (options.store ? undefined : createMemoryRevocationList({ now: settings.now }));
  const emit = createEmitter(options.onEvent ? (event) => options.onEvent?.(event) : createConsoleListener());
  const issue = createIssuer(options, settings, accessTokens, cookies);
  const refuse = createRefuse(cookies.isDev, settings.now, emit);
  const sweep = createSweep(sessions, settings, emit);
  const throttle = createThrottle(options.throttle, settings, emit);
  const parts = { options, settings, sessions, cookies, refreshTokens, issue, refuse, throttle, emit, sweep };
  const start = createStartSession(parts);

  const check = createSessionCheck({ settings, sessions, accessTokens, list, emit });

  const answer = createEndpoints(
    [
      { name: 'sign-in', path: paths.signIn, answer: createSignIn({ ...parts, start }) },
      { name: 'refresh', path: paths.refresh, answer: createRefresh(parts) },
      { name: 'sign-out', path: paths.signOut, answer: createSignOut(parts) },
    ],
    settings,
    cookies,
    refuse,
    emit,
  );

  async function endSession(sid: string): Promise<void> {
    const ended = await sessions.end(text('sid', sid));
    if (ended) emit({ type: 'revoked', ...factsOf(ended, settings.now()), by: 'operator' });
  }

  return {
    paths,
    handle: withKeySet({ settings, keyring, emit }, answer),
    ...createBearerGuard({ check, failedAt: settings.failedAt, emit }),
    jwks: async () => keyring?.publicKeys() ?? { keys: [] },
    async signIn(user, request, signIn) {
      assertWebRequest(request, 'signIn', 'toRequest(req)');
      const isAllowed = cookies.allows(settings.ownOrigin(request));
      const answer = isAllowed ? await start(user, request, signIn) : refuse('sign-in', 'not-loopback');
      return sealed(answer, corsHeaders(request, settings.allowedOrigins));
    },
    currentSession: createCurrentSession({ settings, sessions, cookies, refreshTokens }),
    async listSessions(userId) {
      const now = settings.now();
      const live = (await sessions.listByUser(userIdText(userId))).filter((session) => isAlive(session, now));
      return live.map(infoOf).sort((one, other) => other.createdAt - one.createdAt);
    },
    revokeToken: createRevokeToken({ settings, accessTokens, list, emit }),
    endSession,
    async endUserSessions(userId, options = {}) {
      // A `sid` in their place would be no exception: everybody would be signed out, the caller included.
      checkKnown(options, { except: true });
      const except = options.except === undefined ? undefined : text('except', options.except);
      const user = userIdText(userId);
      const ended = await sessions.endByUser(user, except);
      const at = settings.now();
      for (const session of ended) emit({ type: 'revoked', at, userId: user, ...session, by: 'operator' });
    },
  };
}
