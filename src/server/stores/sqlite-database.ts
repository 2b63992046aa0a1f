import { assertMembers } from '../option-values.ts';

/** The part of a SQLite connection that is used: `DatabaseSync` of `node:sqlite`, or a `Database` of better-sqlite3. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** A prepared statement of either package. */
export interface SqliteStatement {
  run(...parameters: (string | number | null)[]): { readonly changes: number | bigint };
  get(...parameters: (string | number | null)[]): unknown;
  all(...parameters: (string | number | null)[]): unknown[];
}

/** Throws a `TypeError` for anything else, such as the path of a file. */
export function assertDatabase(db: unknown): asserts db is SqliteDatabase {
  assertMembers('db', db, ['exec', 'prepare'], 'a `DatabaseSync` of `node:sqlite` or a `Database` of better-sqlite3');
}

/** Prepares each statement at its first use, since its table has to be there by then, and keeps it. */
export function prepareOnce(db: SqliteDatabase): (sql: string) => SqliteStatement {
  const prepared = new Map<string, SqliteStatement>();
  return (sql) => {
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
}
