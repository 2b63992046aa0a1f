/** Which sessions a user has, by their ids. */
export interface UserIndex {
  add(userId: string, sid: string): void;
  remove(userId: string, sid: string): void;
  /** The ids as of now, in the order in which they were added. */
  of(userId: string): readonly string[];
}

export function createUserIndex(): UserIndex {
  // Most users have one session, and a set for each of them would take as much memory as the session itself.
  const sidsOf = new Map<string, string | Set<string>>();

  return {
    add(userId, sid) {
      const known = sidsOf.get(userId);
      if (known === undefined) sidsOf.set(userId, sid);
      else if (typeof known === 'string') sidsOf.set(userId, new Set([known, sid]));
      else known.add(sid);
    },
    remove(userId, sid) {
      const known = sidsOf.get(userId);
      if (known instanceof Set) known.delete(sid);
      if (known === sid || (known instanceof Set && known.size === 0)) sidsOf.delete(userId);
    },
    of(userId) {
      const known = sidsOf.get(userId) ?? [];
      return typeof known === 'string' ? [known] : [...known];
    },
  };
}
