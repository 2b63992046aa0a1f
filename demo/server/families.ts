import type { DatabaseSync } from 'node:sqlite';
import type { FamilyRecord, FamilyStore } from '../../src/server/index.ts';

/** Families in SQLite: one row each, and one statement that compares and swaps. */
export function createFamilyStore(db: DatabaseSync): FamilyStore {
  const read = db.prepare('select record from family where sid = ?');
  const insert = db.prepare(
    'insert into family (sid, user_id, version, expires_at, record) values (:sid, :userId, :version, :expiresAt, :record)',
  );
  const replace = db.prepare(
    'update family set version = :version, expires_at = :expiresAt, record = :record where sid = :sid and version = :expected',
  );
  const listByUser = db.prepare('select sid from family where user_id = ?');
  const removeExpired = db.prepare('delete from family where expires_at <= ?');

  return {
    read(sid) {
      const row = read.get(sid) as { record: string } | undefined;
      return row === undefined ? undefined : (JSON.parse(row.record) as FamilyRecord);
    },
    insert(record) {
      const { sid, userId, version, expiresAt } = record;
      insert.run({ sid, userId, version, expiresAt, record: JSON.stringify(record) });
    },
    replace(record, expected) {
      const { sid, version, expiresAt } = record;
      return replace.run({ sid, version, expiresAt, expected, record: JSON.stringify(record) }).changes === 1;
    },
    listByUser: (userId) => (listByUser.all(userId) as { sid: string }[]).map(({ sid }) => sid),
    removeExpired(now) {
      removeExpired.run(now);
    },
  };
}
