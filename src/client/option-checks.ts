import { kindOf } from '#advice';
import { isHeaderName } from '../auth-server/auth-request.ts';
import type { ClaimsSchema } from '../auth-server/tokens/claims.ts';
import { isObject } from '../auth-server/tokens/is-object.ts';
import { checkNames } from '../spelling/unknown-names.ts';
import type { AuthClientOptions, CallOptions } from './options.ts';

// The development build has these checks; the production build has those of `no-option-checks.ts` in their place.

const OPTION_NAMES: Readonly<Record<keyof AuthClientOptions, true>> = {
  endpoints: true,
  allowedOrigins: true,
  sessionName: true,
  tabs: true,
  audience: true,
  parseClaims: true,
  userId: true,
  readTokens: true,
  classifyRefresh: true,
  isTokenRejected: true,
  networkErrorMeansRejected: true,
  fetch: true,
  headers: true,
  csrf: true,
  token: true,
  relogin: true,
  streams: true,
  refreshTimeoutMs: true,
  refreshWhenHidden: true,
  lockWaitMs: true,
};

/** Throws a `TypeError` that names the option which is wrong, or is none, and then the nearest one. */
export function checkOptions<Claims>(options: AuthClientOptions<Claims>): void {
  checkObject('options', options);
  checkNames(options, OPTION_NAMES);
  const { refreshTimeoutMs = 10_000 } = options;
  checkRange('refreshTimeoutMs', refreshTimeoutMs, 1, 60_000);
  checkFunctions(options);
  checkEndpoints(options.endpoints);
  checkBoolean('refreshWhenHidden', options.refreshWhenHidden);
  const {
    networkErrorMeansRejected = false,
    allowedOrigins = [],
    sessionName,
    audience = '',
    tabs = 'share',
  } = options;
  if (typeof networkErrorMeansRejected !== 'boolean' && typeof networkErrorMeansRejected !== 'function') {
    throw misuse('networkErrorMeansRejected', 'true, false or a function', networkErrorMeansRejected);
  }
  if (!Array.isArray(allowedOrigins)) throw misuse('allowedOrigins', 'an array of origins', allowedOrigins);
  if (sessionName !== undefined && !isText(sessionName)) {
    throw misuse('sessionName', 'a text that is not empty', sessionName);
  }
  if (typeof audience !== 'string') throw misuse('audience', 'a text', audience);
  if (tabs !== 'share' && tabs !== 'turns' && tabs !== 'off') throw misuse('tabs', "'share', 'turns' or 'off'", tabs);
  checkHeaders(options.headers);
  checkToken(options.token ?? 'required');
  checkOptIns(options);
  checkRange('lockWaitMs', options.lockWaitMs, 0, Math.min(3000, refreshTimeoutMs * 0.3));
}

/** Checks the options of a call. */
export function checkCallOptions(given: CallOptions | undefined): void {
  // `getAccessToken` hands an empty `relogin` on as it is.
  checkObject('auth', given, "an object, and `relogin` 'reject' or 'hold'");
  checkNames(given, { token: true, relogin: true }, 'auth.');
  const { token = 'required', relogin = 'reject' } = given ?? {};
  checkToken(token);
  if (relogin !== 'reject' && relogin !== 'hold') throw misuse('relogin', "'reject' or 'hold'", relogin);
}

/** Checks what `getAccessToken` was asked for. */
export function checkTokenOptions(minValidityMs: unknown, newerThan: unknown): void {
  if (minValidityMs !== undefined && !(Number.isFinite(minValidityMs) && (minValidityMs as number) >= 0)) {
    throw misuse('minValidityMs', 'a number of milliseconds', minValidityMs);
  }
  if (newerThan !== undefined && !isText(newerThan)) {
    throw misuse('newerThan', 'the access token that was refused, as `getAccessToken` gave it', newerThan);
  }
}

const SYNCHRONOUS = new Set<keyof AuthClientOptions>(['parseClaims', 'userId', 'readTokens', 'classifyRefresh']);

function checkFunctions<Claims>(options: AuthClientOptions<Claims>): void {
  for (const name of ['parseClaims', 'userId', 'readTokens', 'classifyRefresh', 'isTokenRejected', 'fetch'] as const) {
    const value: unknown = options[name];
    if (SYNCHRONOUS.has(name) && isAsync(value)) {
      throw misuse(name, 'a function that is not async, since its result is used at once', value);
    }
    if (value === undefined || typeof value === 'function') continue;
    if (name !== 'parseClaims') throw misuse(name, 'a function', value);
    const schema = (value as Partial<ClaimsSchema<Claims>> | null)?.['~standard'];
    if (typeof schema?.validate !== 'function') throw misuse(name, 'a function or a Standard Schema', value);
  }
}

function checkToken(token: unknown): void {
  if (token !== 'required' && token !== 'optional' && token !== 'none') {
    throw misuse('token', "'required', 'optional' or 'none'", token);
  }
}

function checkOptIns<Claims>({ csrf, relogin = 'reject', streams }: AuthClientOptions<Claims>): void {
  if (csrf !== undefined && typeof csrf !== 'function') {
    throw misuse('csrf', 'what `csrfCookie({ cookie, header, url })` returns', csrf);
  }
  if (relogin !== 'reject') {
    if (typeof relogin?.withoutRoom !== 'function') {
      throw misuse('relogin', "'reject', or what `holdCalls({ timeoutMs, max })` returns", relogin);
    }
    checkRange('relogin: holdCalls({ timeoutMs })', relogin.timeoutMs, 1, 3_600_000);
    checkRange('relogin: holdCalls({ max })', relogin.max, 1, 1000);
    checkBoolean('relogin: holdCalls({ byDefault })', relogin.byDefault);
  }
  if (streams === undefined) return;
  if (typeof streams?.record !== 'function') {
    throw misuse('streams', 'what `replayStreams({ maxBytes })` returns', streams);
  }
  checkRange('streams: replayStreams({ maxBytes })', streams.maxBytes, 0, 2 ** 30);
}

function checkEndpoints(given: AuthClientOptions['endpoints']): void {
  checkObject('endpoints', given);
  checkNames(given, { signIn: true, refresh: true, signOut: true }, 'endpoints.');
  for (const [name, endpoint] of Object.entries(given ?? {})) {
    if (endpoint === undefined || typeof endpoint === 'function' || endpoint instanceof URL || isText(endpoint))
      continue;
    throw misuse(`endpoints.${name}`, 'an address or a function', endpoint);
  }
}

function checkHeaders(given: AuthClientOptions['headers']): void {
  checkObject('headers', given);
  if (given !== undefined && 'csrf' in given) {
    throw new TypeError(
      '`headers` takes `client` and `idempotencyKey`. It was given `csrf`: for a CSRF cookie, set the option `csrf: csrfCookie({ … })`.',
    );
  }
  checkNames(given, { client: true, idempotencyKey: true }, 'headers.');
  for (const [name, header] of Object.entries(given ?? {})) {
    if (header === undefined || header === false || isHeaderName(header)) continue;
    throw misuse(`headers.${name}`, 'the name of a header, or false', header);
  }
}

function checkBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw misuse(name, 'true or false', value);
}

function checkRange(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined || (typeof value === 'number' && value >= least && value <= most)) return;
  throw misuse(name, `a number from ${least} to ${most}`, value);
}

function checkObject(name: string, value: unknown, takes = 'an object'): void {
  if (value !== undefined && !isObject(value)) throw misuse(name, takes, value);
}

function isAsync(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object AsyncFunction]';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** `given` is described and, unless it is a number, not quoted: it may be a secret. */
function misuse(option: string, takes: string, given: unknown): TypeError {
  return new TypeError(`\`${option}\` takes ${takes}. It was given ${described(given)}.`);
}

function described(given: unknown): string {
  if (typeof given === 'number') return String(given);
  if (typeof given === 'string') return given === '' ? 'an empty text' : `a text of ${given.length} characters`;
  if (typeof given === 'function') return isAsync(given) ? 'an async function' : 'a function';
  return kindOf(given);
}
