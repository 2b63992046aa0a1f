import type { FamilyRecord } from './family.ts';

/**
 * Where families are kept: five questions that any database can answer.
 *
 * The contract:
 * - `replace` is one atomic compare-and-swap (`UPDATE … WHERE sid = ? AND version = ?`). Everything
 *   the authority promises about rotation rests on it; there is no other lock.
 * - `read` sees what the last successful `insert` or `replace` wrote. A lagging replica would let a
 *   signed-out token live on and would take a fresh cookie for a forgery.
 * - Records come out as they went in: plain objects, numbers as numbers, `null` as `null`. They hold no usable token, so
 *   they need no encryption. A record that is not sound counts as "unavailable", too, and the `failed` event names the
 *   member.
 * - Each member may answer at once or by a promise, which must settle: nothing here gives up waiting,
 *   so set your database client's time-outs. A throw or rejection means "unavailable": the authority then
 *   answers 503 and allows nothing.
 */
export interface FamilyStore {
  /** The family, or `undefined` or `null` when there is none (any more). */
  read(sid: string): FamilyRecord | null | undefined | Promise<FamilyRecord | null | undefined>;
  /** Adds a family; its `sid` is new. */
  insert(record: FamilyRecord): void | Promise<void>;
  /**
   * Puts `record` in the place of the stored family of the same `sid` if that one still has the
   * expected version, and says whether it did. `false` also when the family is gone.
   */
  replace(record: FamilyRecord, expectedVersion: number): boolean | Promise<boolean>;
  /** The ids of all families of a user, in any order; ended ones may be among them. */
  listByUser(userId: string): readonly string[] | Promise<readonly string[]>;
  /** Forgets all families, ended ones too, whose `expiresAt` is at or before `now`. Asked at every sign-in. */
  removeExpired(now: number): void | Promise<void>;
}
