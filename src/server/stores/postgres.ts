export type { PostgresPool } from './postgres-pool.ts';
export {
  createPostgresRevocationList,
  type PostgresRevocationList,
  type PostgresRevocationListOptions,
} from './postgres-revocation-list.ts';
export { createPostgresStore, type PostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
