/** One revoked thing, and until when it has to be refused. */
export interface RevocationEntry {
  /** Names a token or a session: text of the authority's own making, up to a few hundred characters. */
  readonly id: string;
  /** Epoch milliseconds: from then on, every token that the entry could refuse has expired. */
  readonly expiresAt: number;
}

/**
 * A list of revoked tokens and ended sessions, for verifiers that do not ask the session's record.
 *
 * The contract:
 * - An id that was added is found by every process from the moment `add` has resolved until its `expiresAt`. A lagging
 *   replica would let a revoked token live on.
 * - From `expiresAt` on, an entry may be forgotten, and should be: nothing else keeps the list small.
 * - To add an id again keeps the later of the two `expiresAt`. An entry is never taken back.
 * - Each member may answer at once or by a promise, which must settle: set your database client's time-outs. A throw or
 *   rejection means "unavailable": nothing is allowed then, and the response is 503.
 */
export interface RevocationList {
  /** Adds ids, up to some thousands at a time; all of them are listed until the same `expiresAt`, or the call fails. */
  add(ids: readonly string[], expiresAt: number): void | Promise<void>;
  /** Whether any of the ids is on the list. Asked for each request, with two ids or one. */
  has(ids: readonly string[]): boolean | Promise<boolean>;
  /** All entries that have not expired, in any order: what a verifier that keeps a copy asks for. */
  entries(): readonly RevocationEntry[] | Promise<readonly RevocationEntry[]>;
}
