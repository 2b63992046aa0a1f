import { checkKnown, clock } from '../option-values.ts';
import type { RevocationList } from '../tokens/revocation-list.ts';
import { assertPool, createOnce, type PostgresPool } from './postgres-pool.ts';
import { sqlTable } from './sql-table.ts';

/** Options of `createPostgresRevocationList`. */
export interface PostgresRevocationListOptions {
  /** Name of the table, with its schema if it has one. Default `silent_refresh_revocation`. */
  readonly table?: string;
  /** The time as epoch milliseconds. Default `Date.now()`. */
  now?(): number;
}

/** A revocation list in PostgreSQL. */
export interface PostgresRevocationList extends RevocationList {
  /** Creates the table and its index where they are missing; safe in several processes at once. */
  createTables(): Promise<void>;
}

/**
 * A list of revoked tokens and ended sessions in PostgreSQL, shared by authority and verifiers.
 *
 * The pool stays yours; connect it to the primary. Throws a `TypeError` for anything but a pool, and for a bad table
 * name.
 */
export function createPostgresRevocationList(
  pool: PostgresPool,
  options: PostgresRevocationListOptions = {},
): PostgresRevocationList {
  assertPool(pool);
  checkKnown(options, { table: true, now: true });
  const { table: name = 'silent_refresh_revocation' } = options;
  const now = clock(options);
  const { table, byExpiry } = sqlTable(name, true);

  return {
    createTables: () =>
      createOnce(
        pool,
        `create table if not exists ${table} (id text primary key, expires_at bigint not null);
         create index if not exists ${byExpiry} on ${table} (expires_at);`,
      ),
    async add(ids, expiresAt) {
      // In one order, so that two calls with the same ids wait for each other instead of both failing.
      await pool.query(
        `insert into ${table} as known (id, expires_at) select distinct id, $2::bigint from unnest($1::text[]) id order by id
         on conflict (id) do update set expires_at = greatest(known.expires_at, excluded.expires_at)`,
        [ids, Math.ceil(expiresAt)],
      );
      // More than one addition brings in, as a rule, so that the list stays small.
      await pool.query(
        `with expired as materialized (
           select id from ${table} where expires_at <= $1 order by expires_at limit $2 for update skip locked
         )
         delete from ${table} using expired where ${table}.id = expired.id`,
        [Math.floor(now()), 100 + 2 * ids.length],
      );
    },
    async has(ids) {
      const sql = `select 1 from ${table} where id = any($1::text[]) and expires_at > $2 limit 1`;
      return (await pool.query(sql, [ids, Math.floor(now())])).rows.length > 0;
    },
    async entries() {
      const sql = `select id, expires_at::text as expires_at from ${table} where expires_at > $1`;
      const { rows } = await pool.query(sql, [Math.floor(now())]);
      return (rows as { id: string; expires_at: string }[]).map((row) => ({
        id: row.id,
        expiresAt: Number(row.expires_at),
      }));
    },
  };
}
