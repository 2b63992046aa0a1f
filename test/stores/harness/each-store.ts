import { describe } from 'vitest';
import { areAllNeeded, findPostgres, findRedis } from '../../../scripts/ensure-databases.mjs';
import type { RevocationList, SessionStore } from '../../../src/server/index.ts';
import { createPostgresRevocationList, createPostgresStore } from '../../../src/server/stores/postgres.ts';
import { createRedisRevocationList, createRedisStore } from '../../../src/server/stores/redis.ts';
import type { Database } from './database.ts';
import { postgresPool, startPostgres } from './postgres.ts';
import { redisClient, startRedis } from './redis.ts';

/** A store on a connection of its own. */
export interface ConnectedStore {
  readonly store: SessionStore;
  close(): Promise<void>;
}

/** One of the databases that need a server. */
interface ServerKind {
  readonly name: 'Redis' | 'PostgreSQL';
  start(): Promise<Database>;
  connect(url: string): Promise<ConnectedStore>;
  connectList(url: string): Promise<{ readonly list: RevocationList; close(): Promise<void> }>;
  /** Text that is in no other request than that of this member of the store. */
  readonly requests: Readonly<Record<'insert' | 'replace' | 'end', string>>;
}

const redis: ServerKind = {
  name: 'Redis',
  start: startRedis,
  async connect(url) {
    const client = redisClient(url);
    await client.connect();
    return { store: createRedisStore(client, { timeoutMs: 2_000 }), close: async () => client.destroy() };
  },
  async connectList(url) {
    const client = redisClient(url);
    await client.connect();
    return { list: createRedisRevocationList(client), close: async () => client.destroy() };
  },
  requests: { insert: 'ZREMRANGEBYSCORE', replace: '~= ARGV[6]', end: "'state', ARGV[1]" },
};

const postgres: ServerKind = {
  name: 'PostgreSQL',
  start: startPostgres,
  async connect(url) {
    const pool = postgresPool(url);
    const store = createPostgresStore(pool);
    await store.createTables();
    return { store, close: () => pool.end() };
  },
  async connectList(url) {
    const pool = postgresPool(url);
    const list = createPostgresRevocationList(pool);
    await list.createTables();
    return { list, close: () => pool.end() };
  },
  requests: { insert: 'insert into', replace: 'set version = $1', end: 'set state = $1' },
};

const kinds: readonly [ServerKind, isThere: boolean][] = [
  [redis, findRedis() !== undefined],
  [postgres, findPostgres() !== undefined],
];

type Define = (kind: ServerKind) => void;

/** Tests for each database whose server is there; where all of them are needed, those of a missing one fail. */
export function describeEachServer(what: string, define: Define): void {
  describeEach(what, false, define);
}

/** The same, all databases at the same time. */
describeEachServer.concurrent = (what: string, define: Define): void => describeEach(what, true, define);

function describeEach(what: string, concurrent: boolean, define: Define): void {
  for (const [kind, isThere] of kinds) {
    describe(`${what} (${kind.name})`, { concurrent, skip: !isThere && !areAllNeeded }, () => define(kind));
  }
}
