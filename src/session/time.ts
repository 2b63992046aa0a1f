/**
 * A moment on two clocks, both in ms: the wall clock sees a machine's sleep, the monotonic one sees the wall clock being
 * set back.
 */
export interface Instant {
  readonly wallAt: number;
  readonly monotonicAt: number;
}

/** How long ago `since` was: the larger of what the two clocks say, never negative. */
export const elapsedMs = (since: Instant, now: Instant): number =>
  Math.max(now.wallAt - since.wallAt, now.monotonicAt - since.monotonicAt, 0);

/**
 * How long somebody has been waiting since `since`: by the monotonic clock alone, since a clock that is set, or a machine
 * that slept, does not make an answer late.
 */
export const waitedMs = (since: Instant, now: Instant): number => now.monotonicAt - since.monotonicAt;

/** Whether the machine has slept since then, or its clock was set forward: the two cannot be told apart. */
export const hasSlept = (since: Instant, now: Instant): boolean =>
  now.wallAt - since.wallAt - waitedMs(since, now) >= leastSleepMs;

/** Longer than the two clocks drift apart, or are set right, while a request is under way. */
const leastSleepMs = 1000;

/** The times by which a token's life is measured. `undefined` lifetime: used until it is refused. */
export interface Lifetime {
  /** Just before the request that brought the token was sent. */
  readonly obtainedAt: Instant;
  readonly lifetimeMs?: number | undefined;
  /** How long before its end the token is replaced. */
  readonly leadMs?: number;
}

/** Lead time and its bounds. */
export interface LeadPolicy {
  readonly maxLeadMs: number;
  readonly leadShare: number;
  /** How much of the lead time is kept free of calls, so that no token dies on its way. */
  readonly maxGuardMs: number;
}

/** The lead time of a token: a share of its life, bounded, and spread by `jitter` (0 to 1 stands for −10 % to +10 %). */
export const leadTimeMs = (lifetimeMs: number, jitter: number, policy: LeadPolicy): number =>
  Math.min(policy.maxLeadMs, lifetimeMs * policy.leadShare) * (0.9 + jitter * 0.2);

/** Time until the token is to be replaced; `undefined` where it says nothing of its end. */
export const refreshDueInMs = (token: Lifetime, now: Instant): number | undefined =>
  token.lifetimeMs === undefined
    ? undefined
    : token.lifetimeMs - (token.leadMs ?? 0) - elapsedMs(token.obtainedAt, now);

/** When the token ends, by the wall clock: epoch ms; far away where it says nothing of it. */
export const expiryOf = ({ obtainedAt, lifetimeMs = Number.POSITIVE_INFINITY }: Lifetime): number =>
  Math.min(obtainedAt.wallAt + lifetimeMs, Number.MAX_SAFE_INTEGER);

/** Time until the token's end; `Infinity` where it says nothing of it. */
export const remainingMs = (token: Lifetime, now: Instant): number =>
  token.lifetimeMs === undefined ? Number.POSITIVE_INFINITY : token.lifetimeMs - elapsedMs(token.obtainedAt, now);

/** Whether a call may still go out with the token: it lives for `minValidityMs` more, and for the guard time. */
export const isUsable = (token: Lifetime, now: Instant, minValidityMs: number, policy: LeadPolicy): boolean =>
  remainingMs(token, now) > Math.max(minValidityMs, Math.min(token.leadMs ?? 0, policy.maxGuardMs));
