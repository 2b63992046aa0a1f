import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findPostgres, findRedis } from '../../../scripts/ensure-databases.mjs';
import type { SessionStore } from '../../../src/server/index.ts';
import type { SqliteStore } from '../../../src/server/stores/sqlite.ts';
import { postgresPool, startPostgres } from '../../stores/harness/postgres.ts';
import { redisClient, startRedis } from '../../stores/harness/redis.ts';

/** A store to be measured, as the docs set it up. */
export interface MeasuredStore {
  /** Two of them, one that is to hold few sessions and one for many: measured by turns, whatever else the machine does. */
  readonly few: SessionStore;
  readonly many: SessionStore;
  /** How many that is. */
  readonly most: number;
  /** Adds all that `add` does at once, where that is faster. */
  inBulk(add: () => Promise<void>): Promise<void>;
  /** One write of a record, with nothing around it. */
  bareWrite(): unknown;
  close(): Promise<void>;
}

const MILLION = 1_000_000;

const built = (name: string) => new URL(`../../../dist/server/${name}.js`, import.meta.url).href;

/** The stores that can be measured on this machine, by name. */
export const stores: Readonly<Record<string, () => Promise<MeasuredStore>>> = {
  async memory() {
    const { createMemoryStore } = (await import(built('index'))) as typeof import('../../../src/server/index.ts');
    const map = new Map<string, object>();
    return {
      few: createMemoryStore(),
      many: createMemoryStore(),
      most: MILLION,
      inBulk: (add) => add(),
      bareWrite: () => map.set('sid', {}),
      close: async () => {},
    };
  },

  async SQLite() {
    const { createSqliteStore } = (await import(
      built('sqlite')
    )) as typeof import('../../../src/server/stores/sqlite.ts');
    const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-bench-'));
    const db = new DatabaseSync(join(folder, 'sessions.sqlite'));
    db.exec('pragma journal_mode = wal; create table bare (id text primary key, record text)');
    const [few, many] = ['few', 'many'].map((table) => createSqliteStore(db, { table })) as [SqliteStore, SqliteStore];
    few.createTables();
    many.createTables();
    const write = db.prepare("insert into bare values ('sid', ?) on conflict do update set record = excluded.record");
    return {
      few,
      many,
      most: MILLION,
      async inBulk(add) {
        db.exec('begin');
        await add();
        db.exec('commit');
      },
      bareWrite: () => write.run(RECORD),
      async close() {
        db.close();
        rmSync(folder, { recursive: true });
      },
    };
  },

  ...(findRedis() && {
    async Redis() {
      const { createRedisStore } = (await import(
        built('redis')
      )) as typeof import('../../../src/server/stores/redis.ts');
      const database = await startRedis();
      const client = redisClient(database.url());
      await client.connect();
      return {
        few: createRedisStore(client, { prefix: 'few:' }),
        many: createRedisStore(client, { prefix: 'many:' }),
        most: MILLION / 10,
        inBulk: (add) => add(),
        bareWrite: () => client.set('bare', RECORD),
        async close() {
          client.destroy();
          await database.stop();
        },
      };
    },
  }),

  ...(findPostgres() && {
    async PostgreSQL() {
      const { createPostgresStore } = (await import(
        built('postgres')
      )) as typeof import('../../../src/server/stores/postgres.ts');
      const database = await startPostgres();
      const pool = postgresPool(database.url());
      const few = createPostgresStore(pool, { table: 'few' });
      const many = createPostgresStore(pool, { table: 'many' });
      await few.createTables();
      await many.createTables();
      await pool.query("create table bare (id text primary key, record json); insert into bare values ('sid', '{}')");
      return {
        few,
        many,
        most: MILLION / 10,
        inBulk: (add) => add(),
        bareWrite: () => pool.query("update bare set record = $1 where id = 'sid'", [RECORD]),
        async close() {
          await pool.end();
          await database.stop();
        },
      };
    },
  }),
};

const RECORD = JSON.stringify({ text: 'x'.repeat(400) });
