import type { AuthRequestHeaders, Endpoint } from '../auth-server/auth-request.ts';
import { type ClaimsSchema, defaultUserId, type ParseClaims, type UserId } from '../auth-server/claims.ts';
import type { CsrfProtection } from '../auth-server/csrf-cookie.ts';
import { isHeaderName } from '../auth-server/header-name.ts';
import type { ClassifyRefresh } from '../auth-server/refresh-response.ts';
import { isObject } from '../auth-server/token-response.ts';
import type { CallPlan } from '../requests/auth-fetch.ts';
import { parseOrigin } from '../requests/origins.ts';
import type { Policy } from '../session/state.ts';
import type { AuthClientOptions, CallOptions, DefaultClaims, SentRequest } from './options.ts';

/** Options with every default filled in. */
export interface Settings<Claims> {
  readonly endpoints: { readonly signIn: Endpoint; readonly refresh: Endpoint; readonly signOut: Endpoint };
  readonly allowedOrigins: ReadonlySet<string>;
  readonly sessionName: string | undefined;
  readonly tabs: 'share' | 'turns' | 'off';
  readonly audience: string;
  readonly parseClaims: ParseClaims<Claims>;
  readonly userId: UserId;
  readonly readTokens: AuthClientOptions<Claims>['readTokens'];
  readonly classifyRefresh: ClassifyRefresh | undefined;
  readonly isTokenRejected: AuthClientOptions<Claims>['isTokenRejected'];
  readonly networkErrorMeansRejected: boolean | ((request: SentRequest) => boolean);
  readonly fetch: AuthClientOptions<Claims>['fetch'];
  readonly headers: Required<AuthRequestHeaders>;
  readonly csrf: CsrfProtection | undefined;
  /** How a call is made that does not say otherwise. */
  readonly call: CallPlan;
  readonly streamReplayBytes: number;
  /** How long an exchange waits for that of another page. */
  readonly lockWaitMs: number;
  readonly policy: Policy;
}

/** Checks options and fills in defaults. Throws a `TypeError` that names the option which is wrong. */
export const settingsOf = <Claims>(options: AuthClientOptions<Claims>): Settings<Claims> => {
  checkObject('options', options);
  const { allowedOrigins = [], sessionName, audience = '', tabs = 'share' } = options;
  const { refreshWhenHidden = false, networkErrorMeansRejected = false } = options;
  const refreshTimeoutMs = between('refreshTimeoutMs', options.refreshTimeoutMs ?? 10_000, 1, 60_000);
  // It is waited for twice, and then asked.
  const maxLockWaitMs = Math.min(3000, refreshTimeoutMs * 0.3);
  for (const name of ['parseClaims', 'userId', 'readTokens', 'classifyRefresh', 'isTokenRejected', 'fetch'] as const) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === 'function') continue;
    if (name !== 'parseClaims') throw misuse(name, 'a function');
    const schema = (value as Partial<ClaimsSchema<Claims>> | null)?.['~standard'];
    if (typeof schema?.validate !== 'function') throw misuse(name, 'a function or a Standard Schema');
  }
  const { csrf } = options;
  if (csrf !== undefined && typeof csrf !== 'function') {
    throw misuse('csrf', 'what `csrfCookie({ cookie, header, url })` returns');
  }
  checkObject('endpoints', options.endpoints);
  const { signIn = '/auth/login', refresh = '/auth/refresh', signOut = '/auth/logout' } = options.endpoints ?? {};
  const endpoints = { signIn, refresh, signOut };
  for (const [name, endpoint] of Object.entries({ ...options.endpoints, ...endpoints })) {
    const usable = typeof endpoint === 'function' || endpoint instanceof URL || isText(endpoint);
    if (!usable || !(name in endpoints)) throw misuse(`endpoints.${name}`, 'an address or a function');
  }
  if (typeof refreshWhenHidden !== 'boolean') throw misuse('refreshWhenHidden', 'true or false');
  if (typeof networkErrorMeansRejected !== 'boolean' && typeof networkErrorMeansRejected !== 'function')
    throw misuse('networkErrorMeansRejected', 'true, false or a function');
  if (!Array.isArray(allowedOrigins)) throw misuse('allowedOrigins', 'an array of origins');
  if (sessionName !== undefined && !isText(sessionName)) throw misuse('sessionName', 'a text that is not empty');
  if (typeof audience !== 'string') throw misuse('audience', 'a text');
  if (typeof refresh === 'function' && sessionName === undefined && tabs !== 'off') {
    throw new TypeError(
      "`sessionName` is missing. `endpoints.refresh` is a function, so the session has no address to be named by. Give a text that names it among the tabs of this origin, a different one for each session; or set `tabs` to 'off'.",
    );
  }
  if (tabs !== 'share' && tabs !== 'turns' && tabs !== 'off') throw misuse('tabs', "'share', 'turns' or 'off'");
  return {
    endpoints,
    allowedOrigins: new Set(allowedOrigins.map((entry) => parseOrigin(String(entry)))),
    sessionName,
    tabs,
    audience,
    parseClaims: options.parseClaims ?? (defaultClaims as ParseClaims<Claims>),
    userId: options.userId ?? defaultUserId,
    readTokens: options.readTokens,
    classifyRefresh: options.classifyRefresh,
    isTokenRejected: options.isTokenRejected,
    networkErrorMeansRejected,
    fetch: options.fetch,
    headers: checkedHeaders(options.headers),
    csrf,
    call: callPlan(options, { token: 'required', relogin: 'reject' }),
    streamReplayBytes: between('streamReplayBytes', options.streamReplayBytes ?? 1_048_576, 0, 2 ** 30),
    lockWaitMs: between('lockWaitMs', options.lockWaitMs ?? maxLockWaitMs, 0, maxLockWaitMs),
    policy: {
      refreshTimeoutMs,
      refreshWhenHidden,
      maxLeadMs: 60_000,
      leadShare: 0.2,
      maxGuardMs: 5000,
      holdTimeoutMs: between('holdTimeoutMs', options.holdTimeoutMs ?? 600_000, 1, 3_600_000),
      maxHeldCalls: between('maxHeldCalls', options.maxHeldCalls ?? 50, 1, 1000),
      presumedLostMs: Math.min(Math.max(1.5 * refreshTimeoutMs, presumedLostOnWakeMs), maxPresumedLostMs),
      presumedLostOnWakeMs,
      minDistanceMs: 500,
      breakerThreshold: 3,
      uselessDistanceMs: 5000,
      maxUselessDistanceMs: 300_000,
    },
  };
};

/** Checks the options of a call, and fills in what it does not say. */
export const callPlan = (given: CallOptions | undefined, otherwise: CallPlan): CallPlan => {
  // `getAccessToken` hands an empty `relogin` on as it is.
  checkObject('auth', given, "an object, and `relogin` 'reject' or 'hold'");
  const { token = otherwise.token, relogin = otherwise.relogin } = given ?? {};
  if (token !== 'required' && token !== 'optional' && token !== 'none') {
    throw misuse('token', "'required', 'optional' or 'none'");
  }
  if (relogin !== 'reject' && relogin !== 'hold') throw misuse('relogin', "'reject' or 'hold'");
  return { token, relogin };
};

/** Checks what `getAccessToken` was asked for. */
export const checkTokenOptions = (minValidityMs: unknown, newerThan: unknown): void => {
  if (minValidityMs !== undefined && !(Number.isFinite(minValidityMs) && (minValidityMs as number) >= 0))
    throw misuse('minValidityMs', 'a number of milliseconds');
  if (newerThan !== undefined && !isText(newerThan))
    throw misuse('newerThan', 'the access token that was refused, as `getAccessToken` gave it');
};

const checkedHeaders = (given: AuthRequestHeaders | undefined): Required<AuthRequestHeaders> => {
  checkObject('headers', given);
  const { client = 'X-Auth-Client', idempotencyKey = 'Idempotency-Key' } = given ?? {};
  // Without it no header would be sent, and nobody would hear of it.
  if (given !== undefined && 'csrf' in given) {
    throw misuse(
      'headers',
      '`client` and `idempotencyKey`. For a CSRF cookie set the option `csrf: csrfCookie({ … })`',
    );
  }
  for (const [name, header] of Object.entries({ client, idempotencyKey })) {
    if (header !== false && !isHeaderName(header)) throw misuse(`headers.${name}`, 'the name of a header, or false');
  }
  return { client, idempotencyKey };
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

/** No request is taken for lost before it is so old, however little patience the calls have. */
const presumedLostOnWakeMs = 5000;

/** Half of the time for which a repeated request bears the same key: there is time for another one after it. */
const maxPresumedLostMs = 30_000;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const checkObject = (name: string, value: unknown, takes = 'an object'): void => {
  if (value !== undefined && !isObject(value)) throw misuse(name, takes);
};

const misuse = (option: string, takes: string): TypeError => new TypeError(`\`${option}\` takes ${takes}.`);
