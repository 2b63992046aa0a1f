import type { Identity, RecordedUser } from './identity.ts';
import type { RefreshProblem, ReloginReason, UnauthenticatedReason } from './session.ts';
import type { RefreshTicket } from './ticket.ts';
import type { Instant, LeadPolicy, Lifetime } from './time.ts';

/** The numbers that the session runs by. All in ms, except for shares and counts. */
export interface Policy extends LeadPolicy {
  /** How long a call waits for a token. */
  readonly refreshTimeoutMs: number;
  /** A refresh without a response is presumed lost after this time, and the next one may start. */
  readonly presumedLostMs: number;
  /** The same once the page has woken: a request that was under way before it slept hardly ever gets a response. */
  readonly presumedLostOnWakeMs: number;
  /**
   * The least time between the starts of two refreshes. A caller that the first one did not help may skip it
   * once.
   */
  readonly minIntervalMs: number;
  /** After this many failures in a row, calls fail at once between attempts. */
  readonly breakerThreshold: number;
  /**
   * How long a 401 may not ask for a refresh after one that did not help. Doubles with each such refresh, up
   * to the maximum.
   */
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
  /** How long a call is held for its user to sign in again. */
  readonly holdTimeoutMs: number;
  /** Whether a hidden page refreshes ahead of time. */
  readonly refreshWhenHidden: boolean;
}

/** Whom the session is about. */
export interface User<Claims> extends Identity {
  readonly claims: Claims;
  /** The members of the token response beside the tokens, for a later response that leaves some out. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** The access token that this page has. */
export interface AccessToken extends Lifetime {
  readonly value: string;
  /** Counts the tokens of this page, from 1. */
  readonly tokenNumber: number;
  /** The newest refresh of this page when the token came: of a refresh, its own number. */
  readonly attempt: number;
  readonly isFromOtherTab: boolean;
  /** The server's count of the session's refreshes, if it gives one. */
  readonly seq?: number | undefined;
}

/** What a successful sign-in or refresh brings. */
export interface TokenSet<Claims> {
  readonly value: string;
  readonly obtainedAt: Instant;
  readonly lifetimeMs?: number | undefined;
  readonly seq?: number | undefined;
  readonly user: User<Claims>;
}

/** What the app is shown, without the details that `sessionOf` takes from the rest of the state. */
export type SessionPhase =
  | { readonly status: 'loading' | 'authenticated' }
  | { readonly status: 'relogin-required'; readonly reason: ReloginReason }
  | { readonly status: 'unauthenticated'; readonly reason: UnauthenticatedReason };

/** The newest refresh, and what is known of those before it. */
interface RefreshState extends RefreshTicket {
  /**
   * - `idle`: none is under way, or the newest is presumed lost;
   * - `asked`: it waits for other auth requests to end;
   * - `sent`: its request is under way;
   * - `slow`: it takes longer than `refreshTimeoutMs`.
   */
  readonly phase: 'idle' | 'asked' | 'sent' | 'slow';
  readonly begunAt?: Instant | undefined;
  readonly sentAt?: Instant | undefined;
  /** It began less than `minIntervalMs` after the one before. */
  readonly hasSkippedInterval: boolean;
  /** The newest refresh that is presumed lost. Its response may still come, and counts if it is the first. */
  readonly lost: number;
  /**
   * The newest refresh at the time when one was last answered with tokens. If it is still under way, its
   * response is not needed any more.
   */
  readonly answered: number;
  /** The newest refresh that the server has rejected for good. */
  readonly rejected: number;
}

/** A run of failed refreshes. */
interface Failure {
  readonly count: number;
  readonly failedAt: Instant;
  /** How long after that the next attempt is due. */
  readonly delayMs: number;
  /** What `Retry-After` asks for: nothing that happens in this page shortens it. */
  readonly mandatedMs: number;
  readonly problem: RefreshProblem;
}

/** Refreshes in a row that a 401 asked for and that did not help. For a while, no 401 asks for another one. */
export interface Cooldown {
  readonly count: number;
  /** When the last of them turned out not to have helped. */
  readonly at: Instant;
  /** The token that it brought. */
  readonly tokenNumber: number;
}

/** The refreshes that did not help: in all, and by endpoint. */
interface LoopGuard {
  /** The newest token that an API has accepted; 0 = none yet. */
  readonly acceptedToken: number;
  readonly anywhere?: Cooldown | undefined;
  /** The latest last. */
  readonly endpoints: readonly (Cooldown & { readonly endpoint: string })[];
}

/** What an earlier page has left, and how the user got here. True until the first answer about who is signed in. */
export interface EarlierPage {
  /** Somebody may have signed in on the way to this page: the session may be another one than the record's. */
  readonly cameByRedirect: boolean;
  /** The user whom the record shows, if it says that somebody is signed in. */
  readonly user?: RecordedUser | undefined;
}

/** All that the session knows. What the app is shown is a function of it: `sessionOf`. */
export interface State<Claims> {
  readonly session: SessionPhase;
  /** Changes with every sign-in, sign-out and change of user. */
  readonly identityVersion: number;
  /** Calls made since this identity version go on: it was the same user throughout, or nobody was known yet. */
  readonly callsValidSince: number;
  readonly user?: User<Claims> | undefined;
  readonly token?: AccessToken | undefined;
  /** How many tokens this page has had. */
  readonly tokenNumber: number;
  readonly page: {
    readonly isStarted: boolean;
    readonly visible: boolean;
    /** It is shown inside a page of another origin, where the cookie may be withheld. */
    readonly inForeignFrame: boolean;
  };
  readonly earlier?: EarlierPage | undefined;
  /** The record says that somebody is signed in. */
  readonly isRecorded: boolean;
  /** Calls wait for a token that is still to come. */
  readonly isTokenDemanded: boolean;
  readonly heldCalls: number;
  /** When the user was last locked out, or let in again. */
  readonly lockedOutAt?: Instant | undefined;
  /**
   * The server must be asked who is signed in: once a sign-out of an earlier page is over, or now, as another
   * tab has signed in.
   */
  readonly mustRevalidate?: 'sign-out-pending' | 'due' | undefined;
  /** A sign-out got a response that proves nothing: a refresh has to show whether the session has ended. */
  readonly mustVerifySignOut?: true | undefined;
  readonly refresh: RefreshState;
  readonly failure?: Failure | undefined;
  readonly loopGuard: LoopGuard;
}

/** Before the first `started`: nothing is known and nothing is done. */
export const INITIAL_STATE: State<never> = Object.freeze<State<never>>({
  session: { status: 'loading' },
  identityVersion: 0,
  callsValidSince: 0,
  tokenNumber: 0,
  page: { isStarted: false, visible: true, inForeignFrame: false },
  isRecorded: false,
  isTokenDemanded: false,
  heldCalls: 0,
  refresh: {
    phase: 'idle',
    identityVersion: 0,
    attempt: 0,
    hasSkippedInterval: false,
    lost: 0,
    answered: 0,
    rejected: 0,
  },
  loopGuard: { acceptedToken: 0, endpoints: [] },
});
