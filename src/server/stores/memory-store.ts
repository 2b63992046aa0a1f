import type { SessionRecord } from '../rotation/session-record.ts';
import { createExpiryQueue } from './expiry-queue.ts';
import { createRecordPacker } from './packed-record.ts';
import type { EndedState, SessionStore } from './session-store.ts';
import { createUserIndex } from './user-index.ts';

/** A session as it is kept. The text may be from before it was ended: `version` and `state` beside it count. */
interface Kept {
  readonly text: string;
  readonly expiresAt: number;
  version: number;
  state: SessionRecord['state'];
}

/**
 * A store in this process's memory: for tests, demos and single-process servers.
 *
 * A restart signs everybody out. A session takes about half a kilobyte, and what its `data` takes as JSON. It holds no more
 * than the sessions that have not expired: sign-ins sweep the others out.
 */
export function createMemoryStore(): SessionStore {
  const sessions = new Map<string, Kept>();
  const users = createUserIndex();
  // Holds each session at least once, at its end or earlier.
  const queue = createExpiryQueue();
  const { pack, unpack } = createRecordPacker();

  function read(sid: string): SessionRecord | undefined {
    const kept = sessions.get(sid);
    if (kept === undefined) return undefined;
    const record = unpack(kept.text);
    record.version = kept.version;
    record.state = kept.state;
    return record;
  }

  function keep(record: SessionRecord): void {
    const { sid, version, state, expiresAt } = record;
    sessions.set(sid, { text: pack(record), expiresAt, version, state });
  }

  function end(sid: string, state: EndedState): boolean {
    const kept = sessions.get(sid);
    if (kept?.state !== 'active') return false;
    kept.state = state;
    kept.version += 1;
    return true;
  }

  return {
    read,
    insert(record) {
      keep(record);
      users.add(record.userId, record.sid);
      queue.add(record.sid, record.expiresAt);
    },
    replace(record, expectedVersion) {
      const { sid, expiresAt } = record;
      const kept = sessions.get(sid);
      if (kept?.version !== expectedVersion) return false;
      // A later end is seen when the earlier one is due, so that a refresh costs nothing here.
      if (expiresAt < kept.expiresAt) queue.add(sid, expiresAt);
      keep(record);
      return true;
    },
    end,
    endByUser: (userId, exceptSid) => users.of(userId).filter((sid) => sid !== exceptSid && end(sid, 'revoked')),
    listByUser: (userId) => users.of(userId).flatMap((sid) => read(sid) ?? []),
    removeExpired(now, limit) {
      for (let looks = 0; looks < limit; looks += 1) {
        const sid = queue.takeDue(now);
        if (sid === undefined) return;
        const record = read(sid);
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
