import { confirm, isDead } from './decide-refresh.ts';
import { endRecord, isAlive, type SessionRecord } from './session-record.ts';

/** What the use of an access token means for its session; `session` is what to commit. */
export type UseDecision =
  | { readonly action: 'accept' | 'reuse'; readonly session: SessionRecord }
  | { readonly action: 'refuse' };

/**
 * Decides on the use of an access token that was minted with a generation of the session: pure.
 *
 * The first use of the current generation proves that its answer arrived, which ends the licence of
 * the parent; the use of a generation that was given up as undelivered proves that it is in
 * somebody's hands after all. A `session` that is the very record decided upon needs no write.
 */
export function decideUse(session: SessionRecord, generation: number, now: number): UseDecision {
  if (!isAlive(session, now)) return { action: 'refuse' };
  if (isDead(session, generation)) return { action: 'reuse', session: endRecord(session, 'reused') };
  // Only a store that was set back could have handed out a generation it does not know.
  if (generation > session.generation) return { action: 'refuse' };
  return { action: 'accept', session: generation === session.generation ? confirm(session) : session };
}
