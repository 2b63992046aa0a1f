import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createPostgresStore } from '../../../../src/server/stores/postgres.ts';
import { createRedisStore, type RedisClient } from '../../../../src/server/stores/redis.ts';
import { createSqliteStore } from '../../../../src/server/stores/sqlite.ts';

const never = () => Promise.reject(new Error('not to be asked'));

describe('the options of the session stores', () => {
  it.each(['', 'a b', 'a"b', 'a;b', '1a', 'a.b.c', '.a', 'a.', 'a'.repeat(54)])(
    'refuse %j as the name of a table',
    (table) => {
      const message = /`table` must be letters, digits and underscores/;
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
    expect(() => createRedisStore({ hmGet: never, eval: never }, { prefix })).toThrow(/`prefix` must be text/);
  });

  it.each(['sessions:', '{}:', '}{'])('refuse %j as the prefix in a cluster, where it needs a hash tag', (prefix) => {
    const cluster = { hmGet: never, eval: never, slots: [] };
    expect(() => createRedisStore(cluster, { prefix })).toThrow(/`prefix` needs a hash tag/);
    expect(() => createRedisStore(cluster)).toThrow(/`prefix` needs a hash tag/);
    expect(() => createRedisStore(cluster, { prefix: 'app:{sessions}:' })).not.toThrow();
  });

  it('refuse a client that is none of the package redis', () => {
    const ioredis = { hmget: never, eval: never } as unknown as RedisClient;
    expect(() => createRedisStore(ioredis)).toThrow(/must be one of the package `redis`/);
  });

  it.each([0, -1, 1.5, Number.NaN, '5'])('refuse %j as a time-out', (timeoutMs) => {
    const options = { timeoutMs: timeoutMs as number };
    expect(() => createRedisStore({ hmGet: never, eval: never }, options)).toThrow(
      /`timeoutMs` must be a whole number/,
    );
  });
});
