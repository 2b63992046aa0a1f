import type { FamilyRecord } from './family.ts';
import type { FamilyStore } from './store.ts';

/**
 * A store in this process's memory: for tests, demos and single-process servers.
 *
 * A restart signs everybody out. It holds no more than the families that have not expired: each
 * sign-in sweeps the others out.
 */
export function createMemoryStore(): FamilyStore {
  const families = new Map<string, FamilyRecord>();
  return {
    read: (sid) => families.get(sid),
    insert(record) {
      families.set(record.sid, record);
    },
    replace(record, expectedVersion) {
      if (families.get(record.sid)?.version !== expectedVersion) return false;
      families.set(record.sid, record);
      return true;
    },
    listByUser: (userId) => [...families.values()].filter((family) => family.userId === userId).map(({ sid }) => sid),
    removeExpired(now) {
      for (const family of families.values()) {
        if (family.expiresAt <= now) families.delete(family.sid);
      }
    },
  };
}
