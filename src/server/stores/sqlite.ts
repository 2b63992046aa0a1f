export type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';
export {
  createSqliteRevocationList,
  type SqliteRevocationList,
  type SqliteRevocationListOptions,
} from './sqlite-revocation-list.ts';
export { createSqliteStore, type SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
