import type { RecordedUser } from './identity.ts';
import type { EndReason, RefreshProblem, ReloginReason, Session, UnauthenticatedReason } from './session.ts';
import type { TokenSet } from './state.ts';

/** Where a token set comes from: a sign-in, the refresh of that number, or another tab. */
export interface Source {
  readonly by: 'sign-in' | 'refresh' | 'other-tab';
  readonly attempt: number;
  /** Whether a session begins with it. */
  readonly isNewSession: boolean;
}

/** What can happen to a session. The result of a refresh names the session that it was begun in, and its number. */
export type SessionEvent<Claims> =
  /** `remembered`: the record says that somebody was signed in. `signedOut`: a sign-out is still to be confirmed. */
  | {
      readonly type: 'started';
      readonly hadSession: boolean;
      readonly signedOut: boolean;
      readonly visible: boolean;
      /** Somebody may have signed in on the way here. */
      readonly cameByRedirect?: boolean;
      /** The session that the record shows, by the server's name for it. */
      readonly storedSid?: string | undefined;
      /** The user whom the record shows, where it says that somebody is signed in. */
      readonly earlierUser?: RecordedUser | undefined;
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
  /**
   * The record shows another session than this page's: signed out, or signed in anew, by another page. `restored`: this page
   * slept meanwhile, and shows what was true before.
   */
  | {
      readonly type: 'shared-session-changed';
      readonly signedOut: boolean;
      /** There is no record any more. */
      readonly isGone?: boolean;
      readonly restored?: boolean;
    }
  /** Another page has handed its token over, of this session or of the one that the record shows now. */
  | {
      readonly type: 'received-from-tab';
      readonly isNewSession: boolean;
      readonly tokenSet: TokenSet<Claims>;
      readonly jitter: number;
    }
  /** The request of that refresh is sent now. */
  | { readonly type: 'refresh-sent'; readonly attempt: number }
  /** When it was its turn, a refresh was no longer wanted. */
  | { readonly type: 'refresh-skipped'; readonly identityVersion: number; readonly attempt: number }
  /** What calls wait for has changed: whether any wants a token, and how many are held. */
  | { readonly type: 'demand'; readonly isTokenDemanded: boolean; readonly heldCalls: number }
  | {
      readonly type: 'refreshed';
      readonly identityVersion: number;
      readonly attempt: number;
      readonly tokenSet: TokenSet<Claims>;
      readonly jitter: number;
    }
  | {
      readonly type: 'refresh-rejected';
      readonly identityVersion: number;
      readonly attempt: number;
      readonly reason: ReloginReason;
      /** The server's answer: its HTTP status, and its OAuth code where that is a known one. */
      readonly status: number;
      readonly error?: string | undefined;
    }
  | {
      readonly type: 'refresh-failed';
      readonly identityVersion: number;
      readonly attempt: number;
      readonly problem: Pick<RefreshProblem, 'kind' | 'status'>;
      readonly delayMs: number;
      readonly mandatedMs: number;
    }
  | { readonly type: 'signed-in'; readonly tokenSet: TokenSet<Claims>; readonly jitter: number }
  /** Another user's token set, after the user before has left. */
  | {
      readonly type: 'user-switched';
      readonly identityVersion: number;
      readonly source: Source;
      readonly tokenSet: TokenSet<Claims>;
      readonly jitter: number;
    }
  /** `isElsewhere`: somebody has signed in on another page, and stays. */
  | { readonly type: 'signed-out'; readonly isElsewhere?: boolean }
  /** A sign-out was answered, and nobody can say by whom: a refresh has to tell what came of it. */
  | { readonly type: 'sign-out-unverified' }
  /** The session that a refresh has found is one that is being signed out of: it is not shown. */
  | { readonly type: 'refresh-withheld'; readonly identityVersion: number; readonly attempt: number }
  /** A sign-out that was still pending when the page came is over. */
  | { readonly type: 'sign-out-settled' }
  | { readonly type: 'replay-refused'; readonly tokenNumber: number; readonly endpoint: string }
  /** `endpoints`: the names under which a refusal there may have been counted. */
  | { readonly type: 'call-succeeded'; readonly tokenNumber: number; readonly endpoints: readonly string[] };

/** How a held call has ended: sent; given up by its caller; for want of room or time; or since somebody else, or nobody, is signed in. */
export type HeldCallOutcome = 'sent' | 'aborted' | 'no-room' | 'timed-out' | UnauthenticatedReason;

/**
 * What is told to `onEvent`: a fixed set of names and a few numbers, never a token, a header or an address. Durations in ms;
 * an undefined `lifetimeMs` is a token that does not say how long it lives.
 */
export type AuthEvent =
  | { readonly type: 'signed-in'; readonly lifetimeMs: number | undefined }
  | { readonly type: 'refresh-started' }
  | { readonly type: 'refreshed'; readonly lifetimeMs: number | undefined }
  /** Another page has handed its token over. */
  | { readonly type: 'received-from-tab'; readonly lifetimeMs: number | undefined }
  /** Why, and how often in a row (`problem.attempts`). */
  | { readonly type: 'refresh-failed'; readonly problem: RefreshProblem }
  /** `status` and `error` (its OAuth code) are the server's, where its answer was what ended the session. */
  | {
      readonly type: 'session-ended';
      readonly reason: EndReason;
      readonly status?: number;
      readonly error?: string | undefined;
    }
  /** A call is sent again, after its token was refused. */
  | { readonly type: 'call-replayed' }
  | { readonly type: 'call-held' }
  | { readonly type: 'held-call-ended'; readonly outcome: HeldCallOutcome }
  /** Told again when the server's word on an unconfirmed one comes later. */
  | { readonly type: 'sign-out-finished'; readonly confirmed: boolean }
  /** The server has refused the sign-out every time, with `status` in the end. Its session may live on there. */
  | { readonly type: 'sign-out-given-up'; readonly status: number };

/** What a transition asks the shell to do, in this order. */
export type Effect<Claims> =
  /** A user's data is to be forgotten, before anything else is shown. `undefined`: that of a user whom only an earlier page knew. */
  | { readonly type: 'user-left'; readonly claims: Claims | undefined }
  | { readonly type: 'show'; readonly session: Session<Claims> }
  /** Somebody else is shown, or somebody where nobody was, or nobody any more (`undefined`): data is to be loaded again. */
  | { readonly type: 'user-changed'; readonly claims: Claims | undefined }
  /** Keep the record true: does its session go on, and is anybody signed in? */
  | { readonly type: 'record'; readonly session: 'same' | 'new'; readonly isSignedIn: boolean }
  | { readonly type: 'refresh'; readonly attempt: number; readonly identityVersion: number }
  /** The newest refresh is not waited for any more: what it keeps from the next one of this page is free. */
  | { readonly type: 'presumed-lost' }
  | { readonly type: 'tell'; readonly event: AuthEvent }
  /** Happens next, when all have heard of this. */
  | { readonly type: 'continue'; readonly event: SessionEvent<Claims> };
