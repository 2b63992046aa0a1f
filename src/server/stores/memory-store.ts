import { endRecord, type SessionRecord } from '../rotation/session-record.ts';
import { createExpiryQueue } from './expiry-queue.ts';
import type { EndedState, SessionStore } from './session-store.ts';
import { createUserIndex } from './user-index.ts';

/**
 * A store in this process's memory: for tests, demos and single-process servers.
 *
 * A restart signs everybody out. A session takes about half a kilobyte. It holds no more than the sessions that have not
 * expired: sign-ins sweep the others out.
 */
export function createMemoryStore(): SessionStore {
  const sessions = new Map<string, SessionRecord>();
  const users = createUserIndex();
  // Holds each session at least once, at its end or earlier.
  const queue = createExpiryQueue();

  function end(sid: string, state: EndedState): boolean {
    const record = sessions.get(sid);
    if (record?.state !== 'active') return false;
    sessions.set(sid, { ...endRecord(record, state), version: record.version + 1 });
    return true;
  }

  return {
    read: (sid) => sessions.get(sid),
    insert(record) {
      sessions.set(record.sid, record);
      users.add(record.userId, record.sid);
      queue.add(record.sid, record.expiresAt);
    },
    replace(record, expectedVersion) {
      const known = sessions.get(record.sid);
      if (known?.version !== expectedVersion) return false;
      sessions.set(record.sid, record);
      // A later end is seen when the earlier one is due, so that a refresh costs nothing here.
      if (record.expiresAt < known.expiresAt) queue.add(record.sid, record.expiresAt);
      return true;
    },
    end,
    endByUser: (userId, exceptSid) => users.of(userId).filter((sid) => sid !== exceptSid && end(sid, 'revoked')),
    listByUser: (userId) => users.of(userId).flatMap((sid) => sessions.get(sid) ?? []),
    removeExpired(now, limit) {
      for (let looks = 0; looks < limit; looks += 1) {
        const sid = queue.takeDue(now);
        if (sid === undefined) return;
        const record = sessions.get(sid);
        if (record === undefined) continue;
        if (record.expiresAt > now) {
          queue.add(sid, record.expiresAt);
        } else {
          sessions.delete(sid);
          users.remove(record.userId, sid);
        }
      }
    },
  };
}
