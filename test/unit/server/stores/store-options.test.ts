import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createPostgresRevocationList, createPostgresStore } from '../../../../src/server/stores/postgres.ts';
import { createRedisRevocationList, createRedisStore } from '../../../../src/server/stores/redis.ts';
import { createSqliteRevocationList, createSqliteStore } from '../../../../src/server/stores/sqlite.ts';

const never = () => Promise.reject(new Error('not to be asked'));

describe('the options of the session stores', () => {
  it.each(['', 'a b', 'a"b', 'a;b', '1a', 'a.b.c', '.a', 'a.', 'a'.repeat(54)])(
    'refuse %j as the name of a table',
    (table) => {
      const message =
        /`table` must be letters, digits and underscores.*; found (?:empty text|text of (?:3|54) characters|`.+`)\.$/;
      expect(() => createSqliteStore(new DatabaseSync(':memory:'), { table })).toThrow(message);
      expect(() => createPostgresStore({ query: never }, { table })).toThrow(message);
    },
  );

  it('refuse a schema for SQLite, which has none', () => {
    expect(() => createSqliteStore(new DatabaseSync(':memory:'), { table: 'main.sessions' })).toThrow(TypeError);
  });

  it('name the table', async () => {
    const db = new DatabaseSync(':memory:');
    const stores = ['sessions', 'other_sessions'].map((table) => createSqliteStore(db, { table }));
    for (const store of stores) {
      store.createTables();
      store.createTables();
      expect(await store.listByUser('ann')).toEqual([]);
    }
    const names = db.prepare("select name from sqlite_schema where type = 'table' order by name").all();
    expect(names.map(({ name }) => name)).toEqual(['other_sessions', 'sessions']);
  });

  it('refuse a prefix that is no text', () => {
    const prefix = 1 as unknown as string;
    expect(() => createRedisStore({ hmGet: never, eval: never }, { prefix })).toThrow(
      /`prefix` must be text, like `silent-refresh:`; found 1\.$/,
    );
  });

  it.each(['sessions:', '{}:', '}{'])('refuse %j as the prefix in a cluster, where it needs a hash tag', (prefix) => {
    const cluster = { hmGet: never, eval: never, slots: [] };
    expect(() => createRedisStore(cluster, { prefix })).toThrow(`one node; found \`${prefix}\`.`);
    expect(() => createRedisStore(cluster)).toThrow(/`prefix` needs a hash tag/);
    expect(() => createRedisStore(cluster, { prefix: 'app:{sessions}:' })).not.toThrow();
  });

  it.each([0, -1, 0.5, Number.POSITIVE_INFINITY, Number.NaN, '5'])('refuse %j as a time-out', (timeoutMs) => {
    const options = { timeoutMs: timeoutMs as number };
    expect(() => createRedisStore({ hmGet: never, eval: never }, options)).toThrow(
      /`timeoutMs` must be a number of milliseconds, 1 or more; found/,
    );
  });
});

describe('creating a store or a revocation list', () => {
  const POOL = '`pool` must be a `Pool` or a `Client` of the package `pg`';
  const DB = '`db` must be a `DatabaseSync` of `node:sqlite` or a `Database` of better-sqlite3';
  const REDIS = '`redis` must be a client of the package `redis` (docs/server.md says how to pass one of ioredis)';
  const ioredis = { hmget: never, eval: never };
  const creators: [name: string, create: (given: never) => unknown, expected: string, members: string][] = [
    ['createPostgresStore', createPostgresStore, POOL, 'query()'],
    ['createPostgresRevocationList', createPostgresRevocationList, POOL, 'query()'],
    ['createSqliteStore', createSqliteStore, DB, 'exec(), prepare()'],
    ['createSqliteRevocationList', createSqliteRevocationList, DB, 'exec(), prepare()'],
    ['createRedisStore', createRedisStore, REDIS, 'hmGet(), eval()'],
    ['createRedisRevocationList', createRedisRevocationList, REDIS, 'hmGet(), eval()'],
  ];

  it.each(creators)(
    'with %s fails at once without its connection, and quotes no address',
    (_name, create, expected, members) => {
      for (const [given, found] of [
        [undefined, 'undefined'],
        [null, 'null'],
        ['postgres://user:pass@db/app', 'text'],
        [{}, `an object without ${members}`],
        [class Pool {}, `a function without ${members}`],
        [Promise.resolve(), `a Promise without ${members}`],
      ]) {
        expect(() => create(given as never)).toThrow(new TypeError(`${expected}; found ${found}.`));
      }
    },
  );

  it('says which function a client of another package lacks', () => {
    expect(() => createRedisStore(ioredis as never)).toThrow(
      new TypeError(`${REDIS}; found an object without hmGet().`),
    );
  });

  it.each([
    ['createPostgresRevocationList', (now: never) => createPostgresRevocationList({ query: never }, { now })],
    ['createSqliteRevocationList', (now: never) => createSqliteRevocationList(new DatabaseSync(':memory:'), { now })],
  ])('with %s fails with a clock that is no function', (_name, create) => {
    expect(() => create(5 as never)).toThrow(new TypeError('`now` must be a function; found a number.'));
  });
});
