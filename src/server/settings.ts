import { kindOf } from './errors.ts';
import { headerList } from './http/cors.ts';
import { exactOrigin, exactOrigins, originOf } from './http/origins.ts';
import { checkOptionNames } from './option-names.ts';
import {
  assertFunction,
  assertMembers,
  clock,
  duration,
  eventTime,
  numberOrKind,
  shortTextOrKind,
  text,
} from './option-values.ts';
import type { AuthorityOptions, AuthorityPaths } from './options.ts';
import { type SessionSettings, settleSessions } from './session-settings.ts';

/** The options' plain values, checked and with their defaults. */
export interface Settings extends SessionSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceMs: number;
  readonly requestTimeoutMs: number;
  readonly paths: SettledPaths;
  readonly allowedOrigins: ReadonlySet<string>;
  /** `Access-Control-Allow-Headers` of a preflight's answer. */
  readonly allowedHeaders: string;
  /** Asked for each token; throws `TypeError` for a lifetime that is not whole seconds. */
  accessTokenLifetimeMs(): number;
  /** No token that was ever minted lives longer from now on. */
  readonly maxAccessTokenLifetimeMs: number;
  /** The origin that a request's answers belong to: the `origin` option, else that of its URL. */
  ownOrigin(request: Request): string;
  now(): number;
  /** The time for an event that tells of a failure, which may be that of the `now` option; never throws. */
  failedAt(): number;
}

const MINUTE_MS = 60_000;
const STORE = ['read', 'insert', 'replace', 'end', 'endByUser', 'listByUser', 'removeExpired'] as const;
const LIST = ['add', 'has', 'entries'] as const;
const CALLBACKS = [
  'verifyCredentials',
  'userId',
  'loadUser',
  'profile',
  'claims',
  'sessionData',
  'remember',
  'onRefresh',
  'now',
  'onEvent',
] as const;

const LIMITER = ['consume', 'reward', 'delete'] as const;

/** Where the authority answers; the public keys are published only if a path is given. */
export type SettledPaths = Required<Omit<AuthorityPaths, 'jwks'>> & Pick<AuthorityPaths, 'jwks'>;

/** Throws a `TypeError` naming the option for anything that cannot be right. */
export function settle<User>(options: AuthorityOptions<User>): Settings {
  if (!isObject(options)) {
    throw new TypeError(`createAuthority() takes an object of options; found ${kindOf(options)}.`);
  }
  checkOptionNames(options);
  const { store, revocationList, accessTokenLifetimeMs = 5 * MINUTE_MS } = options;
  for (const name of CALLBACKS) {
    const isLeftOut = options[name] === undefined && name !== 'verifyCredentials' && name !== 'userId';
    if (!isLeftOut) assertFunction(name, options[name]);
  }
  if (revocationList !== undefined) assertMembers('revocationList', revocationList, LIST, 'a RevocationList');
  if (store !== undefined) assertMembers('store', store, STORE, 'a SessionStore');
  checkThrottle(options.throttle);
  const now = clock(options);
  const sessions = settleSessions(options);
  const lifetime = typeof accessTokenLifetimeMs === 'function' ? accessTokenLifetimeMs : () => accessTokenLifetimeMs;

  const origin = options.origin === undefined ? undefined : exactOrigin('origin', options.origin);

  return {
    issuer: text('issuer', options.issuer),
    audience: text('audience', options.audience),
    clockToleranceMs: duration('clockToleranceMs', options.clockToleranceMs ?? 5_000, 0, 30_000),
    requestTimeoutMs: duration('requestTimeoutMs', options.requestTimeoutMs ?? 10_000, 1, 2 ** 31 - 1),
    paths: distinctPaths(options.paths),
    allowedOrigins: exactOrigins('allowedOrigins', options.allowedOrigins ?? []),
    allowedHeaders: headerList(options.allowedHeaders),
    ownOrigin: origin === undefined ? originOf : () => origin,
    ...sessions,
    accessTokenLifetimeMs: () => wholeSeconds(lifetime()),
    // No token outlives its session, which is no longer than that without a refresh.
    maxAccessTokenLifetimeMs:
      typeof accessTokenLifetimeMs === 'function' ? sessions.policy.idleTimeoutMs : wholeSeconds(accessTokenLifetimeMs),
    now,
    failedAt: () => eventTime(now),
  };
}

function checkThrottle(throttle: AuthorityOptions<unknown>['throttle'] = {}): void {
  for (const name of ['account', 'address', 'session'] as const) {
    const limiter = throttle[name];
    if (limiter !== undefined) assertMembers(`throttle.${name}`, limiter, LIMITER, 'a rate limiter');
  }
  for (const [name, limiter] of [
    ['accountName', 'account'],
    ['clientAddress', 'address'],
  ] as const) {
    const isNeeded = throttle[limiter] !== undefined || throttle[name] !== undefined;
    if (isNeeded) {
      assertFunction(`throttle.${name}`, throttle[name], ` that tells \`throttle.${limiter}\` what to count`);
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function wholeSeconds(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1000 || value % 1000 !== 0) {
    throw new TypeError(
      `\`accessTokenLifetimeMs\` must be whole seconds, in milliseconds, and at least 1000; found ${numberOrKind(value)}.`,
    );
  }
  return value;
}

function distinctPaths(given: AuthorityPaths = {}): SettledPaths {
  const { signIn = '/auth/login', refresh = '/auth/refresh', signOut = '/auth/logout', jwks } = given;
  const settled = { signIn, refresh, signOut, ...(jwks === undefined ? {} : { jwks }) };
  const names = new Map<string, string>();
  for (const [name, path] of Object.entries(settled)) {
    if (!isPath(path)) {
      throw new TypeError(
        `\`paths.${name}\` must be an absolute path without query, like /auth/login; found ${shortTextOrKind(path)}.`,
      );
    }
    const other = names.get(path);
    if (other !== undefined) {
      throw new TypeError(
        `\`paths.${name}\` must differ from \`paths.${other}\`; found ${shortTextOrKind(path)} for both.`,
      );
    }
    names.set(path, name);
  }
  return settled;
}

// As it stands in the URL of a request.
function isPath(path: unknown): boolean {
  const base = 'http://a';
  return typeof path === 'string' && URL.canParse(path, base) && new URL(path, base).pathname === path;
}
