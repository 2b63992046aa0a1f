import type { DatabaseSync } from 'node:sqlite';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimiter, SessionStore } from '../../src/server/index.ts';
import { createPostgresStore } from '../../src/server/stores/postgres.ts';
import { createRedisStore } from '../../src/server/stores/redis.ts';
import { createSqliteStore } from '../../src/server/stores/sqlite.ts';
import { transact } from './database.ts';

/** Where processes of the demo share their sessions and counts. Default: sessions in SQLite, counts in memory. */
export interface SharedAt {
  /** `redis://…` */
  readonly redisUrl?: string | undefined;
  /** `postgres://…` */
  readonly databaseUrl?: string | undefined;
}

/** How many attempts there may be in so many seconds. */
interface Limit {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}

interface SharedState {
  readonly store: SessionStore;
  limiter(limit: Limit): Promise<RateLimiter>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 2_000;

/** Opens the session store and what counts; fails if its server cannot be reached. What goes wrong later is the authority's to tell. */
export async function openSharedState({ redisUrl, databaseUrl }: SharedAt, db: DatabaseSync): Promise<SharedState> {
  if (redisUrl !== undefined) return openRedis(redisUrl);
  if (databaseUrl !== undefined) return openPostgres(databaseUrl);
  const store = createSqliteStore(db);
  transact(db, () => store.createTables());
  return { store, limiter: async (limit) => new RateLimiterMemory(limit), close: async () => {} };
}

async function openRedis(url: string): Promise<SharedState> {
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
  return {
    store: createRedisStore(client, { timeoutMs: TIMEOUT_MS }),
    limiter: async (limit) => new RateLimiterRedis({ storeClient: client, useRedisPackage: true, ...limit }),
    close: () => client.close(),
  };
}

async function openPostgres(connectionString: string): Promise<SharedState> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  // A connection that was idle when the server went away: the next query has another one.
  pool.on('error', () => {});
  const store = createPostgresStore(pool);
  await store.createTables();
  return { store, limiter: (limit) => limiterOn(pool, limit), close: () => pool.end() };
}

// It creates its table, and of two processes that do so at once, one would fail.
async function limiterOn(pool: Pool, limit: Limit): Promise<RateLimiter> {
  const connection = await pool.connect();
  try {
    await connection.query("select pg_advisory_lock(hashtext('silent-refresh demo'))");
    return await new Promise<RateLimiter>((resolve, reject) => {
      const options = { storeClient: pool, tableName: 'silent_refresh_throttle', ...limit };
      const limiter = new RateLimiterPostgres(options, (error?: Error) => (error ? reject(error) : resolve(limiter)));
    });
  } finally {
    // Closed, which lets go of the lock.
    connection.release(true);
  }
}
