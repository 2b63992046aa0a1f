import type { SessionRecord } from '../rotation/session-record.ts';

/**
 * Where sessions are kept: one record for each sign-in.
 *
 * The contract, which any database can keep:
 * - `replace` and `end` are atomic, each by itself (one SQL statement), and so is `endByUser` for some hundreds of
 *   sessions. Everything the authority promises about rotation rests on `replace`; there is no other lock.
 * - A session that was ended stays ended: after `end`, a `replace` that expects an earlier version fails.
 * - `read` sees what the last successful write left. A lagging replica would let a signed-out token live on, and
 *   refreshes would be 503 until it has caught up.
 * - Records come out as they went in: plain objects, numbers as numbers, `null` as `null`. They hold no usable token, so
 *   they need no encryption. If a record is not sound, the store counts as unavailable, and the `failed` event names the
 *   member.
 * - Each member may answer at once or with a promise, which must settle: the authority never gives up waiting, so set your
 *   database client's time-outs. If a member throws or rejects, the authority answers 503 and allows nothing.
 */
export interface SessionStore {
  /** The record, or `undefined` or `null` if there is none (any more). */
  read(sid: string): SessionRecord | null | undefined | Promise<SessionRecord | null | undefined>;
  /** Adds a record; its `sid` is new. */
  insert(record: SessionRecord): void | Promise<void>;
  /**
   * Puts `record` in the place of the stored record of the same `sid` if that one still has the expected version, and says
   * whether it did. `false` also if there is no such session.
   */
  replace(record: SessionRecord, expectedVersion: number): boolean | Promise<boolean>;
  /**
   * Ends a session, whatever its version: sets `state` and raises `version` by one. Says whether it did: `false` if there
   * is no such session or it has ended before.
   */
  end(sid: string, state: EndedState): boolean | Promise<boolean>;
  /**
   * Ends all active sessions of a user as `end` does, with the state `revoked`, in one statement; `exceptSid` stays as it
   * is. Gives the ids of those that it ended, in any order. Hundreds may be ended in several statements: if one of them
   * fails, the call fails, and the next one ends the rest.
   */
  endByUser(userId: string, exceptSid?: string): readonly string[] | Promise<readonly string[]>;
  /** The records of all sessions of a user, in any order; ended and expired ones may be among them. */
  listByUser(userId: string): readonly SessionRecord[] | Promise<readonly SessionRecord[]>;
  /**
   * Removes sessions whose `expiresAt` is at or before `now`, ended ones too: at most `limit` of them, so that it stays
   * quick. Called after sign-ins have been answered.
   */
  removeExpired(now: number, limit: number): void | Promise<void>;
}

/** How a session ended: `revoked` by sign-out or by the operator, `reused` when a spent refresh token came back. */
export type EndedState = 'revoked' | 'reused';
