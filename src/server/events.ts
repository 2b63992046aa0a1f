import type { ReuseReason } from './rotation/decide-refresh.ts';
import type { SessionData } from './rotation/session-record.ts';

/** Where something happened; `key-set` is `paths.jwks`, `sweep` the removal of expired sessions from the store. */
export type Endpoint = 'sign-in' | 'refresh' | 'sign-out' | 'guard' | 'key-set' | 'sweep';

/** What events of one session have in common. */
export interface EventOfSession {
  /** When, epoch milliseconds. */
  readonly at: number;
  readonly sid: string;
  readonly userId: string;
  /** What `sessionData` gave at sign-in; left out where `endUserSessions` ended more than 100 sessions at once. */
  readonly data?: SessionData | undefined;
}

/**
 * What happened, for logs, metrics and alarms.
 *
 * Few kinds, and never a token, cookie, header or query string of ours in one. `sid` names a sign-in and
 * opens nothing. `refresh-reused` deserves an alarm: a spent refresh token came back, or came back in too many generations
 * in a row.
 */
export type AuthorityEvent =
  | (EventOfSession & { readonly type: 'signed-in' | 'signed-out' })
  /** `verifyCredentials` found nobody (401), or answered with a `Response` of this status. */
  | { readonly type: 'sign-in-refused'; readonly at: number; readonly status: number }
  /**
   * Answered 429 before anybody looked at the credentials. `key` is what the limiter counts under: `account:` with a hash
   * of the name, or `address:` with the client's address; `limiter.delete(key)` lifts it.
   */
  | {
      readonly type: 'sign-in-throttled';
      readonly at: number;
      readonly by: 'account' | 'address';
      readonly key: string;
      readonly retryAfterMs: number;
    }
  /**
   * Answered 429: the session was refreshed more often than `throttle.session` allows. `userId` and `data` are missing where
   * the store does not have the session, or cannot be asked.
   */
  | {
      readonly type: 'refresh-throttled';
      readonly at: number;
      readonly sid: string;
      readonly userId?: string;
      readonly data?: SessionData;
      readonly retryAfterMs: number;
    }
  /** `generation` is that of the refresh token in the response or, if there is none, of the one presented. */
  | (EventOfSession & {
      readonly type: 'refreshed' | 'refresh-recovered' | 'refresh-duplicate';
      readonly generation: number;
    })
  /**
   * A spent refresh token was answered with its successor again. `inARow`: in how many generations in a row another
   * refresh than the first has done so, this one included; 0 for a retry. Two or three are worth a look: see
   * `maxReplaysInARow`.
   */
  | (EventOfSession & { readonly type: 'refresh-replayed'; readonly generation: number; readonly inARow: number })
  /** `spent`: a token that may not come again. `replays-in-a-row`: the limit of `maxReplaysInARow` is reached. */
  | (EventOfSession & { readonly type: 'refresh-reused'; readonly generation: number; readonly reason: ReuseReason })
  /**
   * A refresh token came that is authentic and newer than the store's record: the store was set back, by a fail-over or
   * a restored backup, and the session goes on. Once per session; where no fail-over explains it, the store loses writes.
   */
  | (EventOfSession & { readonly type: 'store-behind'; readonly generation: number })
  /**
   * `unauthentic`: no token of ours, or without its binder. `unknown`: the store has no such session, because it was removed
   * since it ended, or because another process keeps it in a store of its own. `sid` is known for all but the first.
   */
  | {
      readonly type: 'refresh-rejected';
      readonly at: number;
      readonly reason: 'unauthentic' | 'unknown' | 'expired' | 'revoked' | 'reused';
      readonly sid?: string;
      readonly userId?: string;
      readonly data?: SessionData;
    }
  /**
   * Ended by the operator, by a new sign-in in the same browser, because `loadUser` found nobody, by `maxSessionsPerUser`
   * (`limit`), or by `onRefresh`.
   */
  | (EventOfSession & {
      readonly type: 'revoked';
      readonly by: 'operator' | 'sign-in' | 'no-user' | 'limit' | 'on-refresh';
    })
  | {
      readonly type: 'request-refused';
      readonly at: number;
      readonly endpoint: Endpoint;
      readonly reason: RefusalReason;
    }
  /**
   * The guard refused a request because of its token. `expired`, `ended` (signed out, revoked, unknown) and `revoked` (by
   * itself, or on the list of a verifier) are normal; `in-url` is a leak; `invalid` is not a token of ours. A token of a dead
   * generation is `refresh-reused` instead.
   *
   * It says whose token it was as far as the check got: nothing if the token is not ours, `sid` and `userId` if it has expired
   * (`sid` alone for an opaque one), and `data` too if the session's record was read. A verifier reads none.
   */
  | {
      readonly type: 'token-refused';
      readonly at: number;
      readonly reason: 'malformed' | 'in-url' | 'invalid' | 'expired' | 'revoked' | 'ended';
      readonly sid?: string;
      readonly userId?: string;
      readonly data?: SessionData;
    }
  /** `revokeToken` was called; a token given as claims may not say whose it is. */
  | { readonly type: 'token-revoked'; readonly at: number; readonly sid?: string; readonly userId?: string }
  /**
   * Something threw: the store, a callback of yours, the crypto. The response was a plain 500 or 503. `error` is what was
   * thrown, so it may quote what your code or database client puts in its messages.
   */
  | { readonly type: 'failed'; readonly at: number; readonly endpoint: Endpoint; readonly error: unknown };

/**
 * Why a request was not even looked at.
 *
 * `path`: it was sent to an endpoint's path with a prefix, without its folder, or with a slash at the end. `header`: it
 * lacks `X-Auth-Client`. `cross-site`: its origin is listed, but of another site, where no Strict cookie goes.
 * `folded-cookies`: the host has joined cookie fields by a comma.
 */
export type RefusalReason =
  | 'path'
  | 'method'
  | 'header'
  | 'origin'
  | 'cross-site'
  | 'fetch-metadata'
  | 'ambiguous-cookies'
  | 'folded-cookies'
  | 'not-loopback';

/** Tells the listener; whatever the listener does wrong stays with the listener. */
export function createEmitter(onEvent: (event: AuthorityEvent) => void): (event: AuthorityEvent) => void {
  return (event) => {
    try {
      const outcome: unknown = onEvent(event);
      if (outcome instanceof Promise) outcome.catch(() => undefined);
    } catch {
      // An observer must not change what it observes.
    }
  };
}
