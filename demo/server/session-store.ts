import type { DatabaseSync } from 'node:sqlite';
import type { SessionRecord, SessionStore } from '../../src/server/index.ts';

/** Sessions in SQLite: one row each, and one statement that compares and swaps. */
export function createSessionStore(db: DatabaseSync): SessionStore {
  const read = db.prepare('select record from session where sid = ?');
  const insert = db.prepare(
    'insert into session (sid, user_id, version, expires_at, record) values (:sid, :userId, :version, :expiresAt, :record)',
  );
  const replace = db.prepare(
    'update session set version = :version, expires_at = :expiresAt, record = :record where sid = :sid and version = :expected',
  );
  const end = db.prepare(
    "update session set version = version + 1, record = json_set(record, '$.state', :state, '$.version', version + 1) where sid = :sid and record ->> '$.state' = 'active'",
  );
  const endByUser = db.prepare(
    "update session set version = version + 1, record = json_set(record, '$.state', 'revoked', '$.version', version + 1) where user_id = :userId and sid is not :exceptSid and record ->> '$.state' = 'active' returning sid",
  );
  const listByUser = db.prepare('select record from session where user_id = ?');
  const removeExpired = db.prepare(
    'delete from session where sid in (select sid from session where expires_at <= ? limit ?)',
  );

  return {
    read(sid) {
      const row = read.get(sid) as { record: string } | undefined;
      return row === undefined ? undefined : (JSON.parse(row.record) as SessionRecord);
    },
    insert(record) {
      const { sid, userId, version, expiresAt } = record;
      insert.run({ sid, userId, version, expiresAt, record: JSON.stringify(record) });
    },
    replace(record, expected) {
      const { sid, version, expiresAt } = record;
      return replace.run({ sid, version, expiresAt, expected, record: JSON.stringify(record) }).changes === 1;
    },
    end: (sid, state) => end.run({ sid, state }).changes === 1,
    endByUser: (userId, exceptSid) =>
      (endByUser.all({ userId, exceptSid: exceptSid ?? null }) as { sid: string }[]).map(({ sid }) => sid),
    listByUser: (userId) =>
      (listByUser.all(userId) as { record: string }[]).map(({ record }) => JSON.parse(record) as SessionRecord),
    removeExpired(now, limit) {
      removeExpired.run(now, limit);
    },
  };
}
