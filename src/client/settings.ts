import { advise } from '#advice';
import { checkCallOptions, checkOptions } from '#option-checks';
import type { AuthRequestHeaders, CsrfProtection } from '../auth-server/auth-request.ts';
import type { ClassifyRefresh } from '../auth-server/classify-response.ts';
import type { Endpoint } from '../auth-server/endpoint.ts';
import { defaultUserId, type ParseClaims, type UserId } from '../auth-server/tokens/claims.ts';
import { withoutTokens } from '../auth-server/tokens/without-tokens.ts';
import type { CallPlan } from '../requests/auth-fetch.ts';
import { parseOrigin } from '../requests/origins.ts';
import type { StreamReplay } from '../requests/replay/replay-streams.ts';
import type { HoldCalls } from '../requests/waiting/hold-calls.ts';
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
  readonly networkErrorMeansRejected: boolean | ((request: SentRequest) => boolean | Promise<boolean>);
  readonly fetch: AuthClientOptions<Claims>['fetch'];
  readonly headers: Required<AuthRequestHeaders>;
  readonly csrf: CsrfProtection | undefined;
  /** The plan of a call that has no options of its own. */
  readonly call: CallPlan;
  /** Absent: no call is held. */
  readonly hold: HoldCalls | undefined;
  readonly streams: StreamReplay | undefined;
  /** How long an auth request waits for one of another tab. */
  readonly lockWaitMs: number;
  readonly policy: Policy;
}

/** Fills in defaults. Throws a `TypeError` that names the wrong option; in production, only if it is dangerous. */
export function settingsOf<Claims>(options: AuthClientOptions<Claims>): Settings<Claims> {
  checkOptions(options);
  const { sessionName, tabs = 'share', refreshTimeoutMs = 10_000, token = 'required', relogin } = options;
  const hold = typeof relogin === 'object' ? relogin : undefined;
  const { signIn = '/auth/login', refresh = '/auth/refresh', signOut = '/auth/logout' } = options.endpoints ?? {};
  if (typeof refresh === 'function' && sessionName === undefined && tabs !== 'off') {
    throw new TypeError(`\`sessionName\` is missing.${advise('session name')}`);
  }
  return {
    endpoints: { signIn, refresh, signOut },
    allowedOrigins: new Set((options.allowedOrigins ?? []).map((entry) => parseOrigin(String(entry)))),
    sessionName,
    tabs,
    audience: options.audience ?? '',
    parseClaims: options.parseClaims ?? (defaultClaims as ParseClaims<Claims>),
    userId: options.userId ?? defaultUserId,
    readTokens: options.readTokens,
    classifyRefresh: options.classifyRefresh,
    isTokenRejected: options.isTokenRejected,
    networkErrorMeansRejected: options.networkErrorMeansRejected ?? false,
    fetch: options.fetch,
    headers: headerNames(options.headers),
    csrf: options.csrf,
    call: { token, relogin: hold?.byDefault ? 'hold' : 'reject' },
    hold,
    streams: options.streams,
    // It is waited for twice, and then the request is sent.
    lockWaitMs: options.lockWaitMs ?? Math.min(3000, refreshTimeoutMs * 0.3),
    policy: {
      refreshTimeoutMs,
      refreshWhenHidden: options.refreshWhenHidden ?? false,
      maxLeadMs: 60_000,
      leadShare: 0.2,
      maxGuardMs: 5000,
      holdTimeoutMs: hold?.timeoutMs ?? 0,
      presumedLostMs: Math.min(Math.max(1.5 * refreshTimeoutMs, PRESUMED_LOST_ON_WAKE_MS), MAX_PRESUMED_LOST_MS),
      presumedLostOnWakeMs: PRESUMED_LOST_ON_WAKE_MS,
      minIntervalMs: 500,
      breakerThreshold: 3,
      cooldownMs: 5000,
      maxCooldownMs: 300_000,
    },
  };
}

/**
 * Fills in what the options of a call do not say. Throws a `TypeError` for a call that is to be held by a
 * client that cannot: it would be lost.
 */
export function callPlan(given: CallOptions | undefined, otherwise: CallPlan, hold: HoldCalls | undefined): CallPlan {
  checkCallOptions(given);
  if (given === undefined) return otherwise;
  const { token = otherwise.token, relogin = otherwise.relogin } = given;
  if (relogin === 'hold' && hold === undefined) {
    throw new TypeError("`relogin: 'hold'` needs `createAuthClient({ relogin: holdCalls() })`.");
  }
  return { token, relogin };
}

function headerNames(given: AuthRequestHeaders | undefined): Required<AuthRequestHeaders> {
  const { client = 'X-Auth-Client', idempotencyKey = 'Idempotency-Key' } = given ?? {};
  return { client, idempotencyKey };
}

function defaultClaims(
  raw: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
): DefaultClaims {
  // Some servers put the tokens of others into theirs.
  const claims = withoutTokens(raw);
  return Object.freeze(response.user === undefined ? claims : { ...claims, user: response.user });
}

/** No request is presumed lost before it is this old, however short `refreshTimeoutMs` is. */
const PRESUMED_LOST_ON_WAKE_MS = 5000;

/** Half of the time for which a retry carries the same key, so that another retry still fits in. */
const MAX_PRESUMED_LOST_MS = 30_000;
