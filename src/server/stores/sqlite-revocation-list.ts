import { checkKnown, clock } from '../option-values.ts';
import type { RevocationList } from '../tokens/revocation-list.ts';
import { sqlTable } from './sql-table.ts';
import { assertDatabase, prepareOnce, type SqliteDatabase } from './sqlite-database.ts';

/** Options of `createSqliteRevocationList`. */
export interface SqliteRevocationListOptions {
  /** Name of the table: letters, digits and underscores. Default `silent_refresh_revocation`. */
  readonly table?: string;
  /** The time as epoch milliseconds. Default `Date.now()`. */
  now?(): number;
}

/** A revocation list in SQLite. */
export interface SqliteRevocationList extends RevocationList {
  /** Creates the table and its index where they are missing. Call it at each start, before the first request. */
  createTables(): void;
}

/**
 * A list of revoked tokens and ended sessions in a SQLite database, for authority and verifiers on one machine.
 *
 * The connection stays yours. Throws a `TypeError` for anything but a connection, and for a bad table name.
 */
export function createSqliteRevocationList(
  db: SqliteDatabase,
  options: SqliteRevocationListOptions = {},
): SqliteRevocationList {
  assertDatabase(db);
  checkKnown(options, { table: true, now: true });
  const { table: name = 'silent_refresh_revocation' } = options;
  const now = clock(options);
  const { table, byExpiry } = sqlTable(name);
  const statement = prepareOnce(db);

  return {
    createTables() {
      db.exec(`
        create table if not exists ${table} (id text primary key, expires_at integer not null) without rowid, strict;
        create index if not exists ${byExpiry} on ${table} (expires_at);
      `);
    },
    add(ids, expiresAt) {
      statement(
        `insert into ${table} (id, expires_at) select value, ? from json_each(?) where true
         on conflict (id) do update set expires_at = max(expires_at, excluded.expires_at)`,
      ).run(Math.ceil(expiresAt), JSON.stringify(ids));
      // More than one addition brings in, as a rule, so that the list stays small.
      statement(
        `delete from ${table} where id in (select id from ${table} where expires_at <= ? order by expires_at limit ?)`,
      ).run(Math.floor(now()), 100 + 2 * ids.length);
    },
    has(ids) {
      const sql = `select 1 from ${table} where id in (select value from json_each(?)) and expires_at > ? limit 1`;
      return Boolean(statement(sql).get(JSON.stringify(ids), now()));
    },
    entries: () =>
      statement(`select id, expires_at as expiresAt from ${table} where expires_at > ?`)
        .all(now())
        .map((row) => {
          const { id, expiresAt } = row as { id: string; expiresAt: number | bigint };
          return { id, expiresAt: Number(expiresAt) };
        }),
  };
}
