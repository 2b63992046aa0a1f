import type { CallPlan } from './fetch/auth-fetch.ts';
import { parseOrigin } from './fetch/origins.ts';
import type { AskHeaders, Endpoint } from './refresh/ask.ts';
import type { ParseClaims, UserId } from './refresh/claims.ts';
import type { FoundTokens } from './refresh/token-response.ts';
import type { ClassifyRefresh } from './refresh/verdict.ts';
import type { Policy } from './session/state.ts';

/** What the client reads of an access token that is a JWT, unverified and for display only; and `user` of the token response. */
export interface DefaultClaims {
  readonly sub?: string;
  readonly user?: unknown;
  readonly [name: string]: unknown;
}

/** How a call is to be made: for one call in `init.auth`, for several by `fetchWith`. */
export interface CallOptions {
  /**
   * - `required` (default): sent with a token, or rejected.
   * - `optional`: sent without one where the answer is definitively that nobody is signed in.
   * - `none`: a plain `fetch`.
   */
  readonly token?: 'required' | 'optional' | 'none';
  /**
   * What becomes of a call whose user has to sign in again.
   * - `reject` (default): rejected with `UnauthenticatedError`.
   * - `hold`: kept until the same user has signed in again, and sent then; rejected where somebody else signs in, on sign-out,
   *   after `holdTimeoutMs`, and for want of room. For a sign-in in the page or in a popup: nothing is kept over a navigation.
   */
  readonly relogin?: 'reject' | 'hold';
}

/** What a call was, for `isTokenRejected`. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
}

/** Options of `createAuthClient`. Every one has a default. */
export interface AuthClientOptions<Claims = DefaultClaims> extends CallOptions {
  /** Where the auth server is. Defaults `/auth/login`, `/auth/refresh`, `/auth/logout`; resolved when first used. */
  readonly endpoints?: { readonly signIn?: Endpoint; readonly refresh?: Endpoint; readonly signOut?: Endpoint };
  /** Origins beside the page's own that may be sent the token. Default none. https only, loopback excepted. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names the session among the pages of the origin. Default: the address of the refresh endpoint, without its query; for an
   * endpoint that is a function, `default`.
   */
  readonly sessionName?: string;
  /** Makes the claims. Default: the payload of a JWT access token, with the answer's `user`. A throw keeps the session as it was. */
  readonly parseClaims?: ParseClaims<Claims>;
  /**
   * Says who the answer is about. Default: the JWT's `sub`; else `id` or `sub` of the answer's `user`. Where it says nothing,
   * nobody is taken for the same user after signing in again.
   */
  readonly userId?: UserId;
  /** Finds the tokens in an answer of a form of its own. */
  readonly readTokens?: (body: unknown) => FoundTokens;
  /** Overrides the rule by which an answer of the refresh endpoint ends the session. */
  readonly classifyRefresh?: ClassifyRefresh;
  /**
   * Overrides the rule by which an answer asks for a newer token: a 401 with no challenge but a Bearer one without error or
   * with `invalid_token`. Clone the response before reading its body.
   */
  readonly isTokenRejected?: (response: Response, request: SentRequest) => boolean | Promise<boolean>;
  /** Names of the headers on sign-in, refresh and sign-out. */
  readonly headers?: AskHeaders;
  /** How long a call waits for a token, in ms. Default 10 000; at most 60 000. */
  readonly refreshTimeoutMs?: number;
  /** How long a call is held, in ms. Default 600 000 (10 min); at most 3 600 000. */
  readonly holdTimeoutMs?: number;
  /**
   * How many calls are held at once. Default 50; at most 1000. One too many: the oldest GET or HEAD makes room; where none is
   * held, the newest call is rejected.
   */
  readonly maxHeldCalls?: number;
  /** Whether a hidden page refreshes ahead of time, too. Default false: it refreshes when it is looked at, or calls. */
  readonly refreshWhenHidden?: boolean;
  /** How many bytes of a body that is a stream are kept for a replay. Default 1 048 576; 0 keeps none. */
  readonly streamReplayBytes?: number;
}

/** Options with every default filled in. */
export interface Settings<Claims> {
  readonly endpoints: { readonly signIn: Endpoint; readonly refresh: Endpoint; readonly signOut: Endpoint };
  readonly allowedOrigins: ReadonlySet<string>;
  readonly sessionName: string | undefined;
  readonly parseClaims: ParseClaims<Claims>;
  readonly userId: UserId;
  readonly readTokens: AuthClientOptions<Claims>['readTokens'];
  readonly classifyRefresh: ClassifyRefresh | undefined;
  readonly isTokenRejected: AuthClientOptions<Claims>['isTokenRejected'];
  readonly headers: Required<AskHeaders>;
  /** How a call is made that does not say otherwise. */
  readonly call: CallPlan;
  readonly streamReplayBytes: number;
  readonly policy: Policy;
}

/** Checks options and fills in defaults. Throws a `TypeError` that names the option which is wrong. */
export const settingsOf = <Claims>(options: AuthClientOptions<Claims>): Settings<Claims> => {
  const { endpoints, allowedOrigins = [], sessionName, refreshWhenHidden = false } = options;
  for (const name of ['parseClaims', 'userId', 'readTokens', 'classifyRefresh', 'isTokenRejected'] as const) {
    const value: unknown = options[name];
    const isSchema = name === 'parseClaims' && typeof value === 'object' && value !== null && '~standard' in value;
    if (value !== undefined && typeof value !== 'function' && !isSchema) throw misuse(name, 'a function');
  }
  for (const [name, endpoint] of Object.entries(endpoints ?? {})) {
    const known = name === 'signIn' || name === 'refresh' || name === 'signOut';
    const usable =
      typeof endpoint === 'function' || endpoint instanceof URL || (typeof endpoint === 'string' && endpoint !== '');
    if (!known || (endpoint !== undefined && !usable)) throw misuse(`endpoints.${name}`, 'an address or a function');
  }
  if (typeof refreshWhenHidden !== 'boolean') throw misuse('refreshWhenHidden', 'true or false');
  if (!Array.isArray(allowedOrigins)) throw misuse('allowedOrigins', 'an array of origins');
  if (sessionName !== undefined && (typeof sessionName !== 'string' || sessionName === '')) {
    throw misuse('sessionName', 'a text that is not empty');
  }
  return {
    endpoints: {
      signIn: endpoints?.signIn ?? '/auth/login',
      refresh: endpoints?.refresh ?? '/auth/refresh',
      signOut: endpoints?.signOut ?? '/auth/logout',
    },
    allowedOrigins: new Set(allowedOrigins.map(parseOrigin)),
    sessionName,
    parseClaims: options.parseClaims ?? (defaultClaims as ParseClaims<Claims>),
    userId: options.userId ?? defaultUserId,
    readTokens: options.readTokens,
    classifyRefresh: options.classifyRefresh,
    isTokenRejected: options.isTokenRejected,
    headers: checkedHeaders(options.headers ?? {}),
    call: callPlan(options, { token: 'required', relogin: 'reject' }),
    streamReplayBytes: between('streamReplayBytes', options.streamReplayBytes ?? 1_048_576, 0, 2 ** 30),
    policy: {
      refreshTimeoutMs: between('refreshTimeoutMs', options.refreshTimeoutMs ?? 10_000, 1, 60_000),
      refreshWhenHidden,
      maxLeadMs: 60_000,
      leadShare: 0.2,
      maxGuardMs: 5000,
      holdTimeoutMs: between('holdTimeoutMs', options.holdTimeoutMs ?? 600_000, 1, 3_600_000),
      maxHeldCalls: between('maxHeldCalls', options.maxHeldCalls ?? 50, 1, 1000),
      exchangeCeilingMs: 60_000,
      minDistanceMs: 500,
      breakerThreshold: 3,
      uselessDistanceMs: 5000,
      maxUselessDistanceMs: 300_000,
    },
  };
};

/** Checks the options of a call, and fills in what it does not say. */
export const callPlan = (given: CallOptions | undefined, otherwise: CallPlan): CallPlan => {
  const { token = otherwise.token, relogin = otherwise.relogin } = given ?? {};
  if (token !== 'required' && token !== 'optional' && token !== 'none') {
    throw misuse('token', "'required', 'optional' or 'none'");
  }
  if (relogin !== 'reject' && relogin !== 'hold') throw misuse('relogin', "'reject' or 'hold'");
  return { token, relogin };
};

const defaultUserId: UserId = (raw, response) => {
  const { sub } = raw as { sub?: string };
  const user = response.user as { id?: string | number; sub?: string } | null | undefined;
  return sub ?? user?.id ?? user?.sub;
};

const checkedHeaders = ({ client, idempotencyKey, csrf }: AskHeaders): Required<AskHeaders> => {
  const headers = {
    client: client ?? 'X-Auth-Client',
    idempotencyKey: idempotencyKey ?? 'Idempotency-Key',
    csrf: csrf ?? false,
  };
  const names: (string | false)[] = [headers.client, headers.idempotencyKey];
  if (headers.csrf !== false) names.push(headers.csrf.header);
  for (const name of names) {
    if (name !== false && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw misuse('headers', 'names of headers, or false');
  }
  return headers;
};

const defaultClaims = (
  raw: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
): DefaultClaims => Object.freeze(response.user === undefined ? { ...raw } : { ...raw, user: response.user });

const between = (name: string, value: unknown, least: number, most: number): number => {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw misuse(name, `a number from ${least} to ${most}`);
  return value;
};

const misuse = (option: string, takes: string): TypeError => new TypeError(`\`${option}\` takes ${takes}.`);
