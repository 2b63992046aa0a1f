import type { Identity, RecordedUser } from './identity.ts';
import type { RefreshProblem, Session } from './session.ts';
import type { Instant, LeadPolicy, Lifetime } from './time.ts';

/** The numbers that the lifecycle runs by. All in ms, but for shares and counts. */
export interface Policy extends LeadPolicy {
  /** How long a call waits for a token. */
  readonly refreshTimeoutMs: number;
  /** A request without an answer is presumed lost after this time, and the next one may start. */
  readonly presumedLostMs: number;
  /** The same, once the page has woken: what was under way before it slept is hardly ever answered. */
  readonly presumedLostOnWakeMs: number;
  /** The least time between the starts of two refreshes. A caller who is not helped by the first one may ask at once, once. */
  readonly minIntervalMs: number;
  /** After this many failures in a row, calls fail at once between attempts. */
  readonly breakerThreshold: number;
  /** Distance of refreshes asked for by a 401, once one of them was useless. Doubles up to the maximum. */
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
  /** How long a call is held for its user to sign in again. */
  readonly holdTimeoutMs: number;
  /** Whether a hidden page refreshes ahead of time. */
  readonly refreshWhenHidden: boolean;
}

/** Refreshes in a row that a 401 asked for and that did not help. */
export interface Cooldown {
  readonly count: number;
  /** When the last of them turned out not to have helped. */
  readonly at: Instant;
  /** The token that it brought. */
  readonly tokenNumber: number;
}

/** The refreshes that did not help: seen as a whole, and endpoint by endpoint. */
interface LoopGuard {
  readonly anywhere: Cooldown;
  /** The latest last. */
  readonly endpoints: readonly (Cooldown & { readonly endpoint: string })[];
}

/** Whom the session is about. */
export interface User<Claims> extends Identity {
  readonly claims: Claims;
  /** The answer's members beside the tokens, for the refresh that leaves some out. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** An access token held. `serial` counts the tokens of this page; `exchange` is the number of the refresh it came by. */
export interface AccessToken extends Lifetime {
  readonly value: string;
  readonly tokenNumber: number;
  readonly attempt: number;
  /** Another page has handed it over. */
  readonly isFromOtherTab: boolean;
  /** The server's count of the session's refreshes, where it gives one. */
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

/** A run of failed refreshes. */
export interface Failure {
  readonly count: number;
  readonly failedAt: Instant;
  readonly delayMs: number;
  /** The server's own word on when to come back (`Retry-After`): no hint breaks it. */
  readonly mandatedMs: number;
  readonly problem: RefreshProblem;
}

/**
 * All that the lifecycle knows, on two axes: `session` is what we know, the rest what we are doing. An session begins with
 * every sign-in, sign-out and change of user.
 */
export interface State<Claims> {
  readonly session: Session<Claims>;
  readonly identityVersion: number;
  /** The first of the epochs that are one for calls: in those between, it was the same user, or nobody was known yet. */
  readonly callsValidSince: number;
  readonly user?: User<Claims> | undefined;
  readonly token?: AccessToken | undefined;
  /** How many tokens this page has had. */
  readonly tokenNumber: number;
  readonly started: boolean;
  /** Shown inside a page of another origin, where the cookie may be kept back. */
  readonly inForeignFrame: boolean;
  readonly visible: boolean;
  /** Calls are waiting for a token that is still to come. */
  readonly isTokenDemanded: boolean;
  /** How many calls are held. */
  readonly heldCalls: number;
  /** When the user was locked out last, or was let in again. */
  readonly lockedOutAt?: Instant | undefined;
  /** The record says that somebody was signed in here before this page was. */
  readonly hadSession: boolean;
  /** Somebody may have signed in on the way to this page: the session that it finds may be another one than the record's. */
  readonly cameByRedirect: boolean;
  /** The session that the record shows, until this page has found one. */
  readonly storedSid?: string | undefined;
  /** Who was signed in before this page was there, until it has found them, or has said that they have left. */
  readonly earlierUser?: RecordedUser | undefined;
  /** Who is signed in has to be asked: after a sign-out from before is confirmed, or since another page has signed in. */
  readonly mustRevalidate?: 'sign-out-pending' | 'due' | undefined;
  /** A sign-out was answered in a way that proves nothing: the server has to be asked whether its session has ended. */
  readonly mustVerifySignOut?: true | undefined;
  /** How many refreshes were begun: the number of the newest. */
  readonly attempts: number;
  readonly begunAt?: Instant | undefined;
  /** When its request was sent, if it was: it may have waited for its turn. */
  readonly sentAt?: Instant | undefined;
  /** It was begun at less than the least distance. */
  readonly hurried: boolean;
  /** The session that it was begun in. */
  readonly begunIn: number;
  readonly inFlight: boolean;
  /**
   * The newest refresh begun when one was last answered with tokens. One that is still under way then repeats a question that
   * has its answer.
   */
  readonly answered: number;
  /** The number of the newest refresh that was answered with a definitive no. */
  readonly rejectedAttempt: number;
  readonly failure?: Failure | undefined;
  readonly loopGuard?: LoopGuard | undefined;
  /** The newest token that an API has taken; 0 = none yet. */
  readonly acceptedToken: number;
}

/** Before the first `started`: nothing is known and nothing is done. */
export const initialState: State<never> = Object.freeze({
  session: Object.freeze({ status: 'loading' }),
  identityVersion: 0,
  callsValidSince: 0,
  tokenNumber: 0,
  started: false,
  inForeignFrame: false,
  visible: true,
  isTokenDemanded: false,
  heldCalls: 0,
  hadSession: false,
  cameByRedirect: false,
  attempts: 0,
  begunIn: 0,
  hurried: false,
  inFlight: false,
  answered: 0,
  rejectedAttempt: 0,
  acceptedToken: 0,
});
