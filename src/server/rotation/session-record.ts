/** A refresh that was answered with tokens and may come again: a retry, or a late copy the network made. */
export interface KeyedRefresh {
  /** SHA-256 of its idempotency key. */
  readonly keyHash: string;
  /** The generation it presented. */
  readonly presented: number;
  /** The generation it was answered with. */
  readonly answered: number;
  /** When, epoch milliseconds. */
  readonly at: number;
}

/**
 * Everything the authority knows about one sign-in and the refresh tokens that descend from it.
 *
 * Plain JSON (no `undefined`, no dates), so that it can be kept as one column of text. It holds
 * nothing that could be presented as a token. All instants are epoch milliseconds.
 */
export interface SessionRecord {
  /** The session's id, 128 random bits in base64url; also the `sid` of its access tokens. */
  readonly sid: string;
  /** Whose sign-in it is: the `sub` of its access tokens. */
  readonly userId: string;
  /** Grows by one with every change; what {@link SessionStore.replace} compares. */
  readonly version: number;
  /** `revoked` by sign-out or by the operator, `reused` when a spent refresh token came back. Both are final. */
  readonly state: 'active' | 'revoked' | 'reused';
  /** When the user signed in. */
  readonly startedAt: number;
  /** Whether the cookie outlives the browser; if not, the session has the limits of `shortSession`. */
  readonly remembered: boolean;
  /** What the app keeps with the session: the result of `sessionData`. */
  readonly data: SessionData;
  /** When the session ends unless it is used before: the idle end, never later than the absolute one. */
  readonly expiresAt: number;
  /** When the session ends in any case. */
  readonly absoluteExpiresAt: number;
  /** The generation that may be spent next. Numbers are never used twice. */
  readonly generation: number;
  /** The generation that was spent for the current one; `null` right after sign-in. */
  readonly parent: number | null;
  /** When the current generation came to be. */
  readonly rotatedAt: number;
  /** When the parent was spent for the first time; earlier than `rotatedAt` after a recovery. */
  readonly parentSpentAt: number;
  /** Whether the current generation is known to have arrived: one of its tokens was used. */
  readonly confirmed: boolean;
  /**
   * How many generations in a row had their parent presented again by another refresh, up to and with
   * `replayedGeneration`.
   */
  readonly replaysInARow: number;
  /** The latest generation whose parent was presented again by another refresh; `null` before the first. */
  readonly replayedGeneration: number | null;
  /** When a generation was presented that the store had lost, so that it has been set back; `null` if never. */
  readonly storeBehindAt: number | null;
  /** The latest refreshes that came with an idempotency key, oldest first; few, and none older than the retry window. */
  readonly keyedRefreshes: readonly KeyedRefresh[];
  /**
   * Ranges `[first, last]` of generations that were given up as undelivered; using one is reuse. The
   * oldest range begins at 1 once there were too many to remember.
   */
  readonly dead: readonly (readonly [number, number])[];
}

/** What an app keeps with a session: plain JSON, at most 4 KiB. */
export type SessionData = Readonly<Record<string, unknown>>;

/** How long a session may live, in milliseconds. */
export interface Timeouts {
  readonly idleTimeoutMs: number;
  readonly absoluteTimeoutMs: number;
}

/** The first generation of a new session. */
export function startSession(
  sid: string,
  userId: string,
  now: number,
  timeouts: Timeouts,
  { remembered = true, data = {} }: Partial<Pick<SessionRecord, 'remembered' | 'data'>> = {},
): SessionRecord {
  const absoluteExpiresAt = now + timeouts.absoluteTimeoutMs;
  return {
    sid,
    userId,
    version: 1,
    state: 'active',
    startedAt: now,
    remembered,
    data,
    expiresAt: Math.min(now + timeouts.idleTimeoutMs, absoluteExpiresAt),
    absoluteExpiresAt,
    generation: 1,
    parent: null,
    rotatedAt: now,
    parentSpentAt: now,
    confirmed: false,
    replaysInARow: 0,
    replayedGeneration: null,
    storeBehindAt: null,
    keyedRefreshes: [],
    dead: [],
  };
}

/** Whether the session's tokens may still be honoured at all. */
export function isAlive(session: SessionRecord, now: number): boolean {
  return session.state === 'active' && now < session.expiresAt;
}

/** The session, ended for good. */
export function endRecord(session: SessionRecord, state: 'revoked' | 'reused'): SessionRecord {
  return { ...session, state };
}
