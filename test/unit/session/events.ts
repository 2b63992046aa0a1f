import type { RefreshEvent, SessionEvent } from '../../../src/session/events.ts';
import type { ReloginReason } from '../../../src/session/session.ts';
import type { TokenSet } from '../../../src/session/state.ts';
import type { Instant } from '../../../src/session/time.ts';

export interface Claims {
  readonly sub?: string | undefined;
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly iat?: number;
  readonly exp?: number;
  readonly nbf?: number;
  readonly jti?: string;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A moment `ms` after the page was opened; `wallBy`: how far the wall clock was set off meanwhile. */
export const at = (ms: number, wallBy = 0): Instant => ({
  wallAt: 1_700_000_000_000 + ms + wallBy,
  monotonicAt: 5000 + ms,
});

export interface GrantFacts {
  readonly id?: string | undefined;
  readonly org?: string;
  readonly sid?: string;
  readonly seq?: number;
  readonly value?: string;
  readonly claims?: Claims;
  /** When it was asked for, in ms. */
  readonly askedMs?: number;
  readonly lifetimeMs?: number | undefined;
}

/** A token for ann, good for five minutes, unless `facts` say otherwise. */
export const tokenSet = (facts: GrantFacts = {}): TokenSet<Claims> => {
  const { org, sid, seq, value = 'secret-token', askedMs = 0 } = facts;
  const id = 'id' in facts ? facts.id : 'ann';
  return {
    value,
    obtainedAt: at(askedMs),
    lifetimeMs: 'lifetimeMs' in facts ? facts.lifetimeMs : 5 * MINUTE,
    seq,
    user: { id, org, sid, claims: facts.claims ?? { sub: id }, members: {} },
  };
};

export const started = (facts: { isRecorded?: boolean; signedOut?: boolean; visible?: boolean } = {}) =>
  ({ type: 'started', isRecorded: false, signedOut: false, visible: true, ...facts }) as const;

export const refreshed = (attempt: number, facts: GrantFacts = {}, identityVersion = 0): RefreshEvent<Claims> => ({
  type: 'refreshed',
  identityVersion,
  attempt,
  tokenSet: tokenSet(facts),
  jitter: 0.5,
});

export const rejected = (
  attempt: number,
  reason: ReloginReason = 'expired',
  identityVersion = 0,
): RefreshEvent<Claims> => ({
  type: 'refresh-rejected',
  identityVersion,
  attempt,
  reason,
  status: 401,
  error: 'invalid_grant',
});

export const failed = (
  attempt: number,
  {
    identityVersion = 0,
    delayMs = SECOND,
    mandatedMs = 0,
  }: { identityVersion?: number; delayMs?: number; mandatedMs?: number } = {},
): SessionEvent<Claims> => ({
  type: 'refresh-failed',
  identityVersion,
  attempt,
  problem: { kind: 'network' },
  delayMs,
  mandatedMs,
});

export const signedIn = (facts: GrantFacts = {}): SessionEvent<Claims> => ({
  type: 'signed-in',
  tokenSet: tokenSet(facts),
  jitter: 0.5,
});

export const receivedFromTab = (facts: GrantFacts = {}, isNewSession = false): SessionEvent<Claims> => ({
  type: 'received-from-tab',
  isNewSession,
  tokenSet: tokenSet(facts),
  jitter: 0.5,
});

/** Somebody has signed in, or signed out, in another tab. It is not known who. */
export const signedInElsewhere = { type: 'shared-session-changed', signedOut: false } as const;
export const signedOutElsewhere = { type: 'shared-session-changed', signedOut: true } as const;

/** Calls wait for a token. */
export const tokenDemanded = { type: 'demand', isTokenDemanded: true, heldCalls: 0 } as const;

/** So many calls are held, and none waits for a token. */
export const callsHeld = (heldCalls: number) => ({ type: 'demand', isTokenDemanded: false, heldCalls }) as const;
