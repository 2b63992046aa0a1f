import { assertMembers } from '../option-values.ts';

/** The part of a PostgreSQL connection that is used: a `Pool` (or a `Client`) of the package `pg`. */
export interface PostgresPool {
  query(sql: string, parameters?: unknown[]): Promise<{ readonly rows: unknown[]; readonly rowCount: number | null }>;
}

/** Throws a `TypeError` for anything else, such as the address of a database. */
export function assertPool(pool: unknown): asserts pool is PostgresPool {
  assertMembers('pool', pool, ['query'], 'a `Pool` or a `Client` of the package `pg`');
}

/** Creates what is missing in one transaction, and under a lock: of two processes that create a table at once, one would fail. */
export async function createOnce(pool: PostgresPool, sql: string): Promise<void> {
  await pool.query(`select pg_advisory_xact_lock(hashtext('silent-refresh')); ${sql}`);
}
