import { checkKnown, type Names } from './option-values.ts';
import type { AuthorityOptions, AuthorityPaths } from './options.ts';

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
  checkKnown(options, OPTIONS);
  checkKnown(options.paths, PATHS, 'paths.');
  checkKnown(options.cookie, COOKIE, 'cookie.');
  checkKnown(options.shortSession, SHORT_SESSION, 'shortSession.');
  checkKnown(options.throttle, THROTTLE, 'throttle.');
}
