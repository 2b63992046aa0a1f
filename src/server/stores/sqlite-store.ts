import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkKnown } from '../option-values.ts';
import type { SessionStore } from './session-store.ts';
import { sqlTable } from './sql-table.ts';
import { assertDatabase, prepareOnce, type SqliteDatabase } from './sqlite-database.ts';
import { recordOf, type StoredRecord } from './stored-record.ts';

/** Options of `createSqliteStore`. */
export interface SqliteStoreOptions {
  /** Name of the table: letters, digits and underscores. Default `silent_refresh_session`. */
  readonly table?: string;
}

/** A session store in SQLite. */
export interface SqliteStore extends SessionStore {
  /** Creates the table and its indexes where they are missing. Call it at each start, before the first request. */
  createTables(): void;
}

// What one statement ends: a few milliseconds' work. 10,000 at once would take 50.
const MAX_ENDED = 500;

/**
 * A session store in a SQLite database: one row a session, which a restart keeps. For servers on one machine.
 *
 * The connection stays yours: open it, set its pragmas and close it. It must not be inside a transaction of yours while a
 * request is answered, since a rollback would take the sessions' changes with it. Throws a `TypeError` for anything but a
 * connection, and for a bad table name.
 *
 * SQLite blocks the event loop, so more than 500 sessions of a user are ended in several statements, and other requests are
 * answered in between.
 *
 * @example
 * const db = new DatabaseSync('sessions.sqlite') // or new Database('sessions.sqlite') of better-sqlite3
 * db.exec('pragma journal_mode = wal; pragma busy_timeout = 2000')
 * const store = createSqliteStore(db)
 * store.createTables()
 * const authority = createAuthority({ store, … })
 */
export function createSqliteStore(db: SqliteDatabase, options: SqliteStoreOptions = {}): SqliteStore {
  assertDatabase(db);
  checkKnown(options, { table: true });
  const { table, byExpiry } = sqlTable(options.table);
  const statement = prepareOnce(db);

  return {
    createTables() {
      // A user's sessions are side by side, so that ending all of them writes few pages: SQLite blocks the event loop.
      db.exec(`
        create table if not exists ${table} (
          user_id text not null, sid text not null unique, version integer not null, state text not null,
          expires_at integer not null, record text not null, primary key (user_id, sid)
        ) without rowid, strict;
        create index if not exists ${byExpiry} on ${table} (expires_at);
      `);
    },
    read(sid) {
      const row = statement(`select record, version, state from ${table} where sid = ?`).get(sid);
      return row ? recordOf(row as StoredRecord) : undefined;
    },
    insert(record) {
      const { sid, userId, version, state, expiresAt } = record;
      statement(
        `insert into ${table} (sid, user_id, version, state, expires_at, record) values (?, ?, ?, ?, ?, ?)`,
      ).run(sid, userId, version, state, Math.ceil(expiresAt), JSON.stringify(record));
    },
    replace(record, expectedVersion) {
      const { sid, version, state, expiresAt } = record;
      const { changes } = statement(
        `update ${table} set version = ?, state = ?, expires_at = ?, record = ? where sid = ? and version = ?`,
      ).run(version, state, Math.ceil(expiresAt), JSON.stringify(record), sid, expectedVersion);
      return Number(changes) === 1;
    },
    end(sid, state) {
      const { changes } = statement(
        `update ${table} set state = ?, version = version + 1 where sid = ? and state = 'active'`,
      ).run(state, sid);
      return Number(changes) === 1;
    },
    async endByUser(userId, exceptSid) {
      // One after the other by their `sid`, so that no statement looks again at those that have ended.
      const ended: string[] = [];
      for (;;) {
        const rows = statement(
          `update ${table} set state = 'revoked', version = version + 1 where user_id = ? and sid in (
             select sid from ${table} where user_id = ? and sid > ? and sid is not ? and state = 'active'
             order by sid limit ${MAX_ENDED}
           ) returning sid`,
        ).all(userId, userId, ended.at(-1) ?? '', exceptSid ?? null) as { sid: string }[];
        ended.push(...rows.map(({ sid }) => sid).sort());
        if (rows.length < MAX_ENDED) return ended;
        await nextTurn();
      }
    },
    listByUser(userId) {
      const rows = statement(`select record, version, state from ${table} where user_id = ?`).all(userId);
      return (rows as StoredRecord[]).map(recordOf);
    },
    removeExpired(now, limit) {
      statement(
        `delete from ${table} where sid in (select sid from ${table} where expires_at <= ? order by expires_at limit ?)`,
      ).run(Math.floor(now), limit);
    },
  };
}
