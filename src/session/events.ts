import type { EndReason, RefreshProblem, ReloginReason, Session, UnauthenticatedReason } from './session.ts';
import type { EarlierPage, TokenSet } from './state.ts';
import type { RefreshTicket } from './ticket.ts';

/** Where a token set comes from. */
export interface Source {
  readonly by: 'signed-in' | 'refreshed' | 'received-from-tab';
  /** The refresh that brought it; otherwise the newest refresh of this page. */
  readonly attempt: number;
  /** Whether a session begins with it. */
  readonly isNewSession: boolean;
}

/** An event that brings tokens. */
export type TokenEvent<Claims> = { readonly tokenSet: TokenSet<Claims>; readonly jitter: number } & (
  | { readonly type: 'signed-in' }
  | ({ readonly type: 'refreshed' } & RefreshTicket)
  /** Another tab has given its token: of this session, or of the one that the record shows now. */
  | { readonly type: 'received-from-tab'; readonly isNewSession: boolean }
  /** Another user's tokens, once the user before has left. */
  | { readonly type: 'user-switched'; readonly identityVersion: number; readonly source: Source }
);

/** What can happen to a session. What comes of a refresh bears its ticket. */
export type SessionEvent<Claims> =
  | TokenEvent<Claims>
  | {
      readonly type: 'started';
      /** The record says that somebody was signed in. */
      readonly isRecorded: boolean;
      /** A sign-out is still to be confirmed. */
      readonly signedOut: boolean;
      readonly visible: boolean;
      readonly earlier?: EarlierPage;
      /** The page is shown inside one of another origin. */
      readonly inForeignFrame?: boolean;
    }
  | { readonly type: 'stopped' }
  | { readonly type: 'visibility'; readonly visible: boolean }
  /** The network may be back. */
  | { readonly type: 'online' }
  /** Time has passed. */
  | { readonly type: 'tick' }
  /** The page was frozen, and runs again. */
  | { readonly type: 'resumed' }
  /** The page is back from the back/forward cache: a refresh in flight may never be heard of again. */
  | { readonly type: 'restored' }
  /** The record shows another session than this page's: another tab has signed out, or signed in anew. */
  | {
      readonly type: 'shared-session-changed';
      readonly signedOut: boolean;
      /** There is no record any more. */
      readonly isGone?: boolean;
      /** This page slept meanwhile, and shows what was true before. */
      readonly restored?: boolean;
    }
  /** The request of that refresh is sent now. */
  | { readonly type: 'refresh-sent'; readonly attempt: number }
  /** When the refresh came to be sent, it was not demanded any more. */
  | ({ readonly type: 'refresh-skipped' } & RefreshTicket)
  /** What calls wait for has changed: whether any waits for a token, and how many are held. */
  | { readonly type: 'demand'; readonly isTokenDemanded: boolean; readonly heldCalls: number }
  | ({
      readonly type: 'refresh-rejected';
      readonly reason: ReloginReason;
      /** The HTTP status of the response, and its OAuth code if that is a known one. */
      readonly status: number;
      readonly error?: string | undefined;
    } & RefreshTicket)
  | ({
      readonly type: 'refresh-failed';
      readonly problem: Pick<RefreshProblem, 'kind' | 'status'>;
      readonly delayMs: number;
      readonly mandatedMs: number;
    } & RefreshTicket)
  /** `isElsewhere`: somebody has signed in in another tab, and stays. */
  | { readonly type: 'signed-out'; readonly isElsewhere?: boolean }
  /** A sign-out got a response that proves nothing: a refresh has to show what came of it. */
  | { readonly type: 'sign-out-unverified' }
  /** The session that a refresh has found is one whose sign-out is pending: it is not shown. */
  | ({ readonly type: 'refresh-withheld' } & RefreshTicket)
  /** A sign-out that was pending when the page was opened is over. */
  | { readonly type: 'sign-out-settled' }
  /** A token was refused although a refresh had just brought it. */
  | { readonly type: 'replay-refused'; readonly tokenNumber: number; readonly endpoint: string }
  /** `endpoints`: the names under which a refusal there may have been counted. */
  | { readonly type: 'call-succeeded'; readonly tokenNumber: number; readonly endpoints: readonly string[] };

/** What came of a refresh. */
export type RefreshEvent<Claims> = Extract<SessionEvent<Claims>, RefreshTicket>;

/**
 * How a held call has ended: it was sent; its caller aborted it; there was no room, or no time, to hold it
 * any longer; or somebody else, or nobody, is signed in now.
 */
export type HeldCallOutcome = 'sent' | 'aborted' | 'no-room' | 'timed-out' | UnauthenticatedReason;

/**
 * What `onEvent` listeners are told: a fixed set of names and a few numbers, never a token, a header or an
 * address. Durations are in ms; `lifetimeMs` is undefined for a token that does not say how long it lives.
 */
export type AuthEvent =
  | { readonly type: 'signed-in'; readonly lifetimeMs: number | undefined }
  | { readonly type: 'refresh-started' }
  | { readonly type: 'refreshed'; readonly lifetimeMs: number | undefined }
  /** Another tab has given its token. */
  | { readonly type: 'received-from-tab'; readonly lifetimeMs: number | undefined }
  /** Why, and how often in a row (`problem.attempts`). */
  | { readonly type: 'refresh-failed'; readonly problem: RefreshProblem }
  /**
   * `status` and `error` (its OAuth code) are those of the response, if a response ended the session. `reason` is what
   * the server said, also in a page that never showed the user, whose session is `expired`.
   */
  | {
      readonly type: 'session-ended';
      readonly reason: EndReason;
      readonly status?: number;
      readonly error?: string | undefined;
    }
  /** A call is sent again, because its token was refused. */
  | { readonly type: 'call-replayed' }
  | { readonly type: 'call-held' }
  | { readonly type: 'held-call-ended'; readonly outcome: HeldCallOutcome }
  /** Comes again if the server confirms later. */
  | { readonly type: 'sign-out-finished'; readonly confirmed: boolean }
  /** The server has refused the sign-out every time, at last with `status`. Its session may live on there. */
  | { readonly type: 'sign-out-given-up'; readonly status: number };

/** What a transition asks the store to do. */
export type Effect<Claims> =
  /**
   * A user's data must be forgotten before anything else is shown. `undefined`: of a user whom only an
   * earlier page knew.
   */
  | { readonly type: 'user-left'; readonly claims: Claims | undefined }
  | { readonly type: 'show'; readonly session: Session<Claims> }
  /**
   * Another user is shown, or somebody where nobody was, or nobody any more (`undefined`): data must be
   * loaded again.
   */
  | { readonly type: 'user-changed'; readonly claims: Claims | undefined }
  /** The record must say whether its session goes on, and whether anybody is signed in. */
  | { readonly type: 'record'; readonly session: 'same' | 'new'; readonly isSignedIn: boolean }
  | ({ readonly type: 'refresh' } & RefreshTicket)
  /** The newest refresh is presumed lost: the next one of this page need not wait for it. */
  | { readonly type: 'presumed-lost' }
  | { readonly type: 'tell'; readonly event: AuthEvent }
  /** Happens next, once everybody has heard of what came before. */
  | { readonly type: 'continue'; readonly event: SessionEvent<Claims> };
