import { checkNames } from '../spelling/unknown-names.ts';
import type { AuthorityOptions, AuthorityPaths } from './options.ts';

type Names<Options> = Readonly<Record<keyof Options, true>>;
type Group<Name extends keyof AuthorityOptions<unknown>> = Names<NonNullable<AuthorityOptions<unknown>[Name]>>;

const OPTIONS: Names<AuthorityOptions<unknown>> = {
  issuer: true,
  audience: true,
  keys: true,
  accessTokens: true,
  refreshSecret: true,
  previousRefreshSecrets: true,
  verifyCredentials: true,
  userId: true,
  loadUser: true,
  profile: true,
  claims: true,
  sessionData: true,
  remember: true,
  onRefresh: true,
  store: true,
  revocationList: true,
  paths: true,
  cookie: true,
  origin: true,
  allowedOrigins: true,
  allowedHeaders: true,
  accessTokenLifetimeMs: true,
  idleTimeoutMs: true,
  absoluteTimeoutMs: true,
  shortSession: true,
  maxSessionsPerUser: true,
  graceMs: true,
  maxReplaysInARow: true,
  retryWindowMs: true,
  recoveryMs: true,
  statelessAccess: true,
  throttle: true,
  requestTimeoutMs: true,
  clockToleranceMs: true,
  now: true,
  onEvent: true,
};
const PATHS: Names<AuthorityPaths> = { signIn: true, refresh: true, signOut: true, jwks: true };
const COOKIE: Group<'cookie'> = { profile: true, name: true };
const SHORT_SESSION: Group<'shortSession'> = { idleTimeoutMs: true, absoluteTimeoutMs: true };
const THROTTLE: Group<'throttle'> = {
  account: true,
  accountName: true,
  address: true,
  clientAddress: true,
  session: true,
};

/** Throws a `TypeError` for a name that is no option, and names the nearest one that is. */
export function checkOptionNames<User>(options: AuthorityOptions<User>): void {
  checkPlain(options, OPTIONS);
  checkPlain(options.paths, PATHS, 'paths.');
  checkPlain(options.cookie, COOKIE, 'cookie.');
  checkPlain(options.shortSession, SHORT_SESSION, 'shortSession.');
  checkPlain(options.throttle, THROTTLE, 'throttle.');
}

// An object of a class may have members for its own use.
function checkPlain(given: object | undefined, known: Readonly<Record<string, true>>, path?: string): void {
  const isPlain = given !== undefined && [Object.prototype, null].includes(Object.getPrototypeOf(given));
  if (isPlain) checkNames(given, known, path);
}
