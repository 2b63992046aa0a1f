import { endRecord, type SessionRecord } from '../rotation/session-record.ts';
import type { EndedState, SessionStore } from './session-store.ts';

/**
 * A store in this process's memory: for tests, demos and single-process servers.
 *
 * A restart signs everybody out. It holds no more than the sessions that have not expired: sign-ins sweep the others out.
 */
export function createMemoryStore(): SessionStore {
  const sessions = new Map<string, SessionRecord>();

  function end(sid: string, state: EndedState): boolean {
    const record = sessions.get(sid);
    if (record?.state !== 'active') return false;
    sessions.set(sid, { ...endRecord(record, state), version: record.version + 1 });
    return true;
  }

  const ofUser = (userId: string) => [...sessions.values()].filter((session) => session.userId === userId);

  return {
    read: (sid) => sessions.get(sid),
    insert(record) {
      sessions.set(record.sid, record);
    },
    replace(record, expectedVersion) {
      if (sessions.get(record.sid)?.version !== expectedVersion) return false;
      sessions.set(record.sid, record);
      return true;
    },
    end,
    endByUser: (userId, exceptSid) =>
      ofUser(userId)
        .map(({ sid }) => sid)
        .filter((sid) => sid !== exceptSid && end(sid, 'revoked')),
    listByUser: ofUser,
    removeExpired(now, limit) {
      let left = limit;
      for (const session of sessions.values()) {
        if (left === 0) return;
        if (session.expiresAt > now) continue;
        sessions.delete(session.sid);
        left -= 1;
      }
    },
  };
}
