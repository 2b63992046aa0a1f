import { endFamily, type FamilyRecord, isAlive } from './family.ts';
import { confirm, isDead } from './rotation.ts';

/** What the use of an access token means for its family; `family` is what to commit. */
export type UseDecision =
  | { readonly action: 'accept' | 'reuse'; readonly family: FamilyRecord }
  | { readonly action: 'refuse' };

/**
 * Decides on the use of an access token that was minted with a generation of the family: pure.
 *
 * The first use of the current generation proves that its answer arrived, which ends the licence of
 * the parent; the use of a generation that was given up as undelivered proves that it is in
 * somebody's hands after all. A `family` that is the very record decided upon needs no write.
 */
export function decideUse(family: FamilyRecord, generation: number, now: number): UseDecision {
  if (!isAlive(family, now)) return { action: 'refuse' };
  if (isDead(family, generation)) return { action: 'reuse', family: endFamily(family, 'reused') };
  // Only a store that was set back could have handed out a generation it does not know.
  if (generation > family.generation) return { action: 'refuse' };
  return { action: 'accept', family: generation === family.generation ? confirm(family) : family };
}
