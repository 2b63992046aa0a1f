import { checkKnown } from '../option-values.ts';
import { assertPool, createOnce, type PostgresPool } from './postgres-pool.ts';
import type { SessionStore } from './session-store.ts';
import { sqlTable } from './sql-table.ts';
import { recordOf, type StoredRecord } from './stored-record.ts';

/** Options of `createPostgresStore`. */
export interface PostgresStoreOptions {
  /** Name of the table, with its schema if it has one: letters, digits, underscores, a dot. Default `silent_refresh_session`. */
  readonly table?: string;
}

/** A session store in PostgreSQL. */
export interface PostgresStore extends SessionStore {
  /** Creates the table and its indexes where they are missing; safe in several processes at once. */
  createTables(): Promise<void>;
}

/**
 * A session store in PostgreSQL: one row for each session, shared by all processes that use the database.
 *
 * The pool stays yours. Connect it to the primary, never to a replica, set its time-outs, and listen to its `error` event.
 * Throws a `TypeError` for anything but a pool, and for a bad table name.
 *
 * @example
 * const pool = new Pool({ connectionString, connectionTimeoutMillis: 2000, query_timeout: 2000 })
 * pool.on('error', (error) => console.error(error))
 * const store = createPostgresStore(pool)
 * await store.createTables()
 * const authority = createAuthority({ store, … })
 */
export function createPostgresStore(pool: PostgresPool, options: PostgresStoreOptions = {}): PostgresStore {
  assertPool(pool);
  checkKnown(options, { table: true });
  const { table, byUser, byExpiry } = sqlTable(options.table, true);
  // As text, since apps may have set parsers of their own for bigint and JSON.
  const columns = 'record::text as record, version::text as version, state';

  async function changesOne(sql: string, parameters: unknown[]): Promise<boolean> {
    return (await pool.query(sql, parameters)).rowCount === 1;
  }

  return {
    createTables: () =>
      createOnce(
        pool,
        `create table if not exists ${table} (
           sid text primary key, user_id text not null, version bigint not null, state text not null,
           expires_at bigint not null, record json not null
         );
         create index if not exists ${byUser} on ${table} (user_id);
         create index if not exists ${byExpiry} on ${table} (expires_at);`,
      ),
    async read(sid) {
      const { rows } = await pool.query(`select ${columns} from ${table} where sid = $1`, [sid]);
      return rows.length === 0 ? undefined : recordOf(rows[0] as StoredRecord);
    },
    async insert(record) {
      const { sid, userId, version, state, expiresAt } = record;
      await pool.query(
        `insert into ${table} (sid, user_id, version, state, expires_at, record) values ($1, $2, $3, $4, $5, $6)`,
        [sid, userId, version, state, Math.ceil(expiresAt), JSON.stringify(record)],
      );
    },
    replace(record, expectedVersion) {
      const { sid, version, state, expiresAt } = record;
      return changesOne(
        `update ${table} set version = $1, state = $2, expires_at = $3, record = $4 where sid = $5 and version = $6`,
        [version, state, Math.ceil(expiresAt), JSON.stringify(record), sid, expectedVersion],
      );
    },
    end: (sid, state) =>
      changesOne(`update ${table} set state = $1, version = version + 1 where sid = $2 and state = 'active'`, [
        state,
        sid,
      ]),
    async endByUser(userId, exceptSid) {
      const { rows } = await pool.query(
        `update ${table} set state = 'revoked', version = version + 1
         where user_id = $1 and sid is distinct from $2 and state = 'active' returning sid`,
        [userId, exceptSid ?? null],
      );
      return (rows as { sid: string }[]).map(({ sid }) => sid);
    },
    async listByUser(userId) {
      const { rows } = await pool.query(`select ${columns} from ${table} where user_id = $1`, [userId]);
      return (rows as StoredRecord[]).map(recordOf);
    },
    async removeExpired(now, limit) {
      // Rows that another process is removing or refreshing are left to it. Materialized, or `limit` might count anew for
      // each row that the delete looks at.
      await pool.query(
        `with expired as materialized (
           select sid from ${table} where expires_at <= $1 order by expires_at limit $2 for update skip locked
         )
         delete from ${table} using expired where ${table}.sid = expired.sid`,
        [Math.floor(now), limit],
      );
    },
  };
}
