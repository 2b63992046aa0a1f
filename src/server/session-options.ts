import type { SessionInfo } from './endpoints/session-info.ts';

/** A refresh that would succeed. */
export interface RefreshContext {
  /** The session as it was before. */
  readonly session: SessionInfo;
  readonly request: Request;
  /** Whether the token had been presented before: by a retry, by two tabs at once, or by somebody who has copied it. */
  readonly isReplay: boolean;
}

/** What `onRefresh` may give. */
export type RefreshVerdict = 'allow' | 'end';

/** What a session keeps, how long it lives, and what ends it. All durations are in milliseconds. */
export interface SessionOptions<User> {
  /**
   * What to keep with a new session: a name for the device, an address. A plain object that survives JSON, at most 4 KiB
   * of it; anything else is a `TypeError`, and nobody is signed in. `listSessions`, `onRefresh`, `claims`, `profile` and
   * the events give it back as `data`, so it holds no secret. The request's body is read. Default `{}`.
   */
  sessionData?(request: Request, user: User): object | Promise<object>;
  /**
   * Whether the user wants to stay signed in when the browser is closed ("remember me"), by what the sign-in sent. `false`:
   * the cookie ends with the browser, and the session has the limits of `shortSession`. Default: always `true`.
   */
  remember?(credentials: unknown, request: Request): boolean | Promise<boolean>;
  /**
   * Asked at each refresh that would succeed, before anything is written: `'end'` ends the session (401, event `revoked` by
   * `on-refresh`). Anything but `'allow'` and `'end'` is a `TypeError`. If it throws, the response is 500 and nothing has
   * changed. It may be asked twice for one request, when another refresh was faster.
   *
   * Compare what came with the request with what `sessionData` has kept: another device, network or country. To ask for a
   * second factor, end the session, and ask for it at the next sign-in: see "Step-up" in docs/server.md.
   */
  onRefresh?(refresh: RefreshContext): RefreshVerdict | Promise<RefreshVerdict>;
  /** How long a sign-in lasts without a refresh. Default 14 days. */
  readonly idleTimeoutMs?: number;
  /** How long a sign-in lasts at most. Default 90 days. */
  readonly absoluteTimeoutMs?: number;
  /**
   * The same limits for a sign-in that is not to be remembered. Browsers that reopen their tabs keep session cookies over
   * a restart, so these limits are what ends such a session for sure. Default 2 h and 12 h, or the limits above if shorter.
   */
  readonly shortSession?: { readonly idleTimeoutMs?: number; readonly absoluteTimeoutMs?: number };
  /**
   * How many sessions a user may have at a time: a sign-in beyond it ends the oldest (event `revoked` by `limit`). Each
   * sign-in reads the user's sessions twice then. Default: no limit.
   *
   * A sign-in that newer ones have overtaken before it was answered begins again, so that the one that is answered last
   * stays; if that happens 16 times, the response is 503.
   */
  readonly maxSessionsPerUser?: number;
}
