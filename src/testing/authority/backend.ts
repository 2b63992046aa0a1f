import type { Clock } from '../../platform/platform.ts';
import { type AccessTokenClaims, type AuthorityPaths, createAuthority } from '../../server/index.ts';
import { createMacKeys } from '../../server/tokens/mac-keys.ts';
import { createRefreshTokens } from '../../server/tokens/refresh-token.ts';
import { checkPassing } from '../durations.ts';
import { createRefreshCookie } from './refresh-cookie.ts';
import { AUDIENCE, ISSUER, type SignedIn, unsignedTokens } from './unsigned-tokens.ts';
import type { KnownUser, TestUsers } from './users.ts';
import { asScriptSees, withHeaders } from './web-messages.ts';

/** Where the endpoints are. */
export type TestPaths = Pick<AuthorityPaths, 'signIn' | 'refresh' | 'signOut'>;

export interface BackendParts {
  readonly users: TestUsers;
  readonly clock: Clock;
  readonly paths: Required<TestPaths>;
  readonly accessTokenLifetimeMs: number;
  /** Is told what went wrong inside. */
  failed(error: unknown): void;
}

/** The real authority, and the cookies of the one browser that asks it. */
export interface Backend {
  /** Answers a request to an auth endpoint. Where its cookies are not kept, its response is lost on its way. */
  handle(request: Request, keepsCookies: boolean): Promise<Response>;
  /** The claims of a request's token, or the response to send instead. */
  check(request: Request): Promise<AccessTokenClaims | Response>;
  signIn(user: KnownUser): SignedIn;
  expireTokens(): void;
  revoke(users: readonly KnownUser[]): Promise<void>;
  reuse(): Promise<void>;
  clearCookies(): void;
  /** Whether the browser has a cookie that may still be good. */
  isSignedIn(): boolean;
  now(): number;
  advance(ms: number): void;
}

/** Something that the authority has to do before it answers a request. */
interface Step {
  readonly at: number;
  readonly carryOut: () => Promise<unknown>;
  /** Whether the browser has a good cookie after it. Default: as before. */
  readonly signsIn: boolean | undefined;
}

/** More than the clocks of issuer and verifier may differ by. */
const TOLERANCE_MS = 30_000;

export function createBackend(parts: BackendParts): Backend {
  const { users, clock, paths, accessTokenLifetimeMs } = parts;
  const byId = `by id ${Math.random()}`;
  const tokens = unsignedTokens(accessTokenLifetimeMs);
  const steps: Step[] = [];
  let stepAt: number | undefined;
  let caughtUp: Promise<void> = Promise.resolve();
  let aheadMs = 0;

  const random = () => crypto.getRandomValues(new Uint8Array(32));
  const refreshSecret = random();
  const jar = createRefreshCookie(createRefreshTokens(createMacKeys({ refreshSecret }), ISSUER));
  const now = () => Math.floor(clock.now().wallAt) + aheadMs;
  const authority = createAuthority<KnownUser>({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: { current: { kid: 'test', alg: 'HS256', secret: random() } },
    refreshSecret,
    verifyCredentials: (credentials) => {
      const id: unknown = Object(credentials)[byId];
      return typeof id === 'string' ? users.byId(id) : users.byCredentials(credentials);
    },
    userId: ({ id }) => id,
    loadUser: users.byId,
    claims: ({ claims = {} }) => claims,
    // Without one, token responses have no `user`.
    profile: ({ profile }) => profile as object,
    accessTokenLifetimeMs,
    paths,
    now: () => stepAt ?? now(),
    onEvent: (event) => {
      if (event.type === 'failed') parts.failed(event.error);
    },
  });

  const askFor = (carryOut: Step['carryOut'], signsIn?: boolean) => void steps.push({ at: now(), carryOut, signsIn });

  /**
   * Does what was asked for before, in order, and by the time at which it was asked for. It had to wait, since signing takes a
   * moment and its caller could not.
   */
  const catchUp = (): Promise<void> => {
    caughtUp = caughtUp.then(async () => {
      for (let step = steps[0]; step !== undefined; step = steps[0]) {
        stepAt = step.at;
        try {
          await step.carryOut();
        } finally {
          stepAt = undefined;
        }
        steps.shift();
      }
    });
    return caughtUp;
  };

  const send = async (request: Request, cookie = jar, keepsCookies = true): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const isSignOut = pathname === paths.signOut;
    const meant = isSignOut ? await membersOf(request.clone()) : {};
    const own = { origin: new URL(request.url).origin, 'sec-fetch-site': 'same-origin' };
    const response = await authority.handle(withHeaders(request, { ...own, ...(await cookie.header()) }));
    const { sid, seq } = response.status === 200 ? await membersOf(response.clone()) : {};
    if (keepsCookies && sid !== undefined && seq !== undefined) cookie.set(sid, seq);
    if (pathname === paths.refresh && response.status === 401) cookie.refused();
    if (keepsCookies && isSignOut && response.status === 204) cookie.clear(meant.sid);
    return asScriptSees(response);
  };

  const post = (path: string, body: object, cookie = jar): Promise<Response> => {
    const headers = { 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
    return send(new Request(`${ISSUER}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }), cookie);
  };

  return {
    handle: async (request, keepsCookies) => {
      await catchUp();
      return send(request, jar, keepsCookies);
    },
    check: async (request) => {
      await catchUp();
      const headers = new Headers(request.headers);
      headers.set('Authorization', tokens.signed(headers.get('Authorization') ?? ''));
      if (headers.get('Authorization') === '') headers.delete('Authorization');
      return authority.guard(new Request(request.url, { headers }));
    },
    signIn: (user) => {
      const signedIn = tokens.issue(user, now());
      askFor(async () => {
        const response = await post(paths.signIn, { [byId]: user.id });
        const { access_token } = (await response.json()) as { access_token: string };
        tokens.sign(signedIn.access_token, access_token);
      }, true);
      return signedIn;
    },
    expireTokens: () => {
      aheadMs += accessTokenLifetimeMs + TOLERANCE_MS;
    },
    revoke: (ended) => {
      for (const { id } of ended) askFor(() => authority.endUserSessions(id));
      return catchUp();
    },
    reuse: () => {
      askFor(async () => {
        const mine = jar.copy();
        const stolen = jar.copy();
        for (const cookie of [stolen, stolen, mine]) await post(paths.refresh, {}, cookie);
      });
      return catchUp();
    },
    clearCookies: () => askFor(async () => jar.clear(undefined), false),
    isSignedIn: () => steps.findLast(({ signsIn }) => signsIn !== undefined)?.signsIn ?? jar.isGood(),
    now,
    advance: (ms) => {
      checkPassing('clock.advance', ms);
      aheadMs += ms;
    },
  };
}

/** What a message says of its session. */
function membersOf(message: Request | Response): Promise<{ readonly sid?: string; readonly seq?: number }> {
  return message.json().catch(() => ({}));
}
