import type { EndReason, RefreshProblem, ReloginReason, Session, UnauthenticatedReason } from './session.ts';
import type { Grant } from './state.ts';

/** How a grant came: by signing in, by the refresh of that number, or from another page. */
export interface Source {
  readonly by: 'sign-in' | 'refresh' | 'sibling';
  readonly exchange: number;
  /** Whether an epoch begins with it. */
  readonly begins: boolean;
}

/** What can happen to a session. The result of an exchange names the epoch that it was begun in, and its number. */
export type SessionEvent<Claims> =
  /** `remembered`: the record says that somebody was signed in. `signedOut`: a sign-out is still to be confirmed. */
  | {
      readonly type: 'started';
      readonly remembered: boolean;
      readonly signedOut: boolean;
      readonly visible: boolean;
      /** Somebody may have signed in on the way here. */
      readonly arrived?: boolean;
      /** The session that the record shows, by the server's name for it. */
      readonly recordedSid?: string | undefined;
      /** The page is shown inside one of another origin. */
      readonly framed?: boolean;
    }
  | { readonly type: 'stopped' }
  | { readonly type: 'visibility'; readonly visible: boolean }
  /** The network may be back. */
  | { readonly type: 'online' }
  /** Time has passed. */
  | { readonly type: 'woken' }
  /** The page is back from the back/forward cache: an exchange in flight may never be heard of again. */
  | { readonly type: 'restored' }
  /**
   * The record shows another epoch than this page's: signed out, or signed in anew, by another page. `restored`: this page
   * slept meanwhile, and shows what was true before.
   */
  | { readonly type: 'epoch-differs'; readonly signedOut: boolean; readonly restored?: boolean }
  /** Another page has handed its token over, of this epoch or of the one that the record shows now. */
  | { readonly type: 'adopted'; readonly isNewEpoch: boolean; readonly grant: Grant<Claims>; readonly jitter: number }
  /** When it was its turn, an exchange was no longer wanted. */
  | { readonly type: 'refresh-spared'; readonly epoch: number; readonly exchange: number }
  /** What calls wait for has changed: whether any wants a token, and how many are held. */
  | { readonly type: 'demand'; readonly wanted: boolean; readonly held: number }
  | {
      readonly type: 'refreshed';
      readonly epoch: number;
      readonly exchange: number;
      readonly grant: Grant<Claims>;
      readonly jitter: number;
    }
  | {
      readonly type: 'refresh-rejected';
      readonly epoch: number;
      readonly exchange: number;
      readonly reason: ReloginReason;
      /** The server's answer: its HTTP status, and its OAuth code where that is a known one. */
      readonly status: number;
      readonly error?: string | undefined;
    }
  | {
      readonly type: 'refresh-failed';
      readonly epoch: number;
      readonly exchange: number;
      readonly problem: Pick<RefreshProblem, 'kind' | 'status'>;
      readonly delayMs: number;
      readonly mandatedMs: number;
    }
  | { readonly type: 'signed-in'; readonly grant: Grant<Claims>; readonly jitter: number }
  /** Another user's grant, once the user before has been seen off. */
  | {
      readonly type: 'found';
      readonly epoch: number;
      readonly source: Source;
      readonly grant: Grant<Claims>;
      readonly jitter: number;
    }
  | { readonly type: 'signed-out' }
  /** A sign-out that was still pending when the page came is over. */
  | { readonly type: 'sign-out-settled' }
  | { readonly type: 'replay-refused'; readonly serial: number; readonly endpoint: string }
  | { readonly type: 'call-succeeded'; readonly serial: number };

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
  | { readonly type: 'adopted'; readonly lifetimeMs: number | undefined }
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
  | { readonly type: 'sign-out-finished'; readonly confirmed: boolean };

/** What a transition asks the shell to do, in this order. */
export type Effect<Claims> =
  /** A user's data is to be forgotten, before anything else is shown. */
  | { readonly type: 'user-left'; readonly claims: Claims }
  | { readonly type: 'show'; readonly session: Session<Claims> }
  /** Keep the record true: does its epoch go on, and is anybody signed in? */
  | { readonly type: 'record'; readonly epoch: 'same' | 'new'; readonly isSignedIn: boolean }
  | { readonly type: 'exchange'; readonly number: number; readonly epoch: number }
  | { readonly type: 'tell'; readonly event: AuthEvent }
  /** Happens next, when all have heard of this. */
  | { readonly type: 'continue'; readonly event: SessionEvent<Claims> };
