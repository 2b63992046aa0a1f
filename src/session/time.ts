/**
 * An instant on two clocks, both in ms. The wall clock goes on while the machine sleeps; the monotonic clock
 * is never set back.
 */
export interface Instant {
  readonly wallAt: number;
  readonly monotonicAt: number;
}

/** How many ms ago `since` was: the larger of what the two clocks say, never negative. */
export function elapsedMs(since: Instant, now: Instant): number {
  return Math.max(now.wallAt - since.wallAt, now.monotonicAt - since.monotonicAt, 0);
}

/**
 * How many ms somebody has waited: by the monotonic clock alone, because a response is not late when the
 * clock was set or the machine slept.
 */
export function waitedMs(since: Instant, now: Instant): number {
  return now.monotonicAt - since.monotonicAt;
}

/** Whether the machine has slept since then, or its clock was set forward: the two cannot be told apart. */
export function hasSlept(since: Instant, now: Instant): boolean {
  return now.wallAt - since.wallAt - waitedMs(since, now) >= LEAST_SLEEP_MS;
}

/** More than the two clocks drift apart, or are corrected, while a request is under way. */
const LEAST_SLEEP_MS = 1000;

/** When a token begins and ends. A token without a lifetime is used until it is refused. */
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

/** The lead time of a token: a bounded share of its life, spread by `jitter` (0 to 1 means −10 % to +10 %). */
export function leadTimeMs(lifetimeMs: number, jitter: number, policy: LeadPolicy): number {
  return Math.min(policy.maxLeadMs, lifetimeMs * policy.leadShare) * (0.9 + jitter * 0.2);
}

/** In how many ms the token is to be replaced; `undefined` if it does not say when it ends. */
export function refreshDueInMs(token: Lifetime, now: Instant): number | undefined {
  return token.lifetimeMs === undefined
    ? undefined
    : token.lifetimeMs - (token.leadMs ?? 0) - elapsedMs(token.obtainedAt, now);
}

/** When the token ends, by the wall clock: epoch ms. Far in the future if it does not say. */
export function expiryOf({ obtainedAt, lifetimeMs = Number.POSITIVE_INFINITY }: Lifetime): number {
  return Math.min(obtainedAt.wallAt + lifetimeMs, Number.MAX_SAFE_INTEGER);
}

/** In how many ms the token ends; `Infinity` if it does not say. */
export function remainingMs(token: Lifetime, now: Instant): number {
  return token.lifetimeMs === undefined
    ? Number.POSITIVE_INFINITY
    : token.lifetimeMs - elapsedMs(token.obtainedAt, now);
}

/** Whether a call may still be sent with the token: it lives for `minValidityMs` more, and for the guard time. */
export function isUsable(token: Lifetime, now: Instant, minValidityMs: number, policy: LeadPolicy): boolean {
  return remainingMs(token, now) > Math.max(minValidityMs, Math.min(token.leadMs ?? 0, policy.maxGuardMs));
}
