import type { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '../../src/server/index.ts';
import { createPostgresStore } from '../../src/server/stores/postgres.ts';
import { createRedisStore } from '../../src/server/stores/redis.ts';
import { createSqliteStore } from '../../src/server/stores/sqlite.ts';
import { transact } from './database.ts';

/** Where the sessions are. Default: with everything else, in SQLite. */
export interface SessionsAt {
  /** `redis://…` */
  readonly redisUrl?: string | undefined;
  /** `postgres://…` */
  readonly databaseUrl?: string | undefined;
}

interface OpenedStore {
  readonly store: SessionStore;
  close(): Promise<void>;
}

const TIMEOUT_MS = 2_000;

/** Opens the session store; fails if its server cannot be reached. What goes wrong later is the authority's to tell. */
export async function openSessionStore({ redisUrl, databaseUrl }: SessionsAt, db: DatabaseSync): Promise<OpenedStore> {
  if (redisUrl !== undefined) return openRedis(redisUrl);
  if (databaseUrl !== undefined) return openPostgres(databaseUrl);
  const store = createSqliteStore(db);
  transact(db, () => store.createTables());
  return { store, close: async () => {} };
}

async function openRedis(url: string): Promise<OpenedStore> {
  const { createClient } = await import('redis');
  let wasConnected = false;
  const client = createClient({
    url,
    // What is asked while Redis restarts waits for it, though no longer than the store's time-out.
    commandsQueueMaxLength: 1_000,
    socket: {
      connectTimeout: TIMEOUT_MS,
      reconnectStrategy: (retries) => wasConnected && Math.min(50 * retries, TIMEOUT_MS),
    },
  });
  client.on('error', () => {});
  await client.connect();
  wasConnected = true;
  return { store: createRedisStore(client, { timeoutMs: TIMEOUT_MS }), close: () => client.close() };
}

async function openPostgres(connectionString: string): Promise<OpenedStore> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  // A connection that was idle when the server went away: the next query has another one.
  pool.on('error', () => {});
  const store = createPostgresStore(pool);
  await store.createTables();
  return { store, close: () => pool.end() };
}
