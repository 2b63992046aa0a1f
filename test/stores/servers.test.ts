import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresStore } from '../../src/server/stores/postgres.ts';
import { createFixture, MINUTE } from '../unit/server/fixture.ts';
import type { Database } from './harness/database.ts';
import { describeEachServer } from './harness/each-store.ts';
import { redisClient } from './harness/redis.ts';
import { sessionStoreContract } from './session-store-contract.ts';

describeEachServer('what a database holds', ({ name, start, connect }) => {
  let database: Database;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  it.runIf(name === 'Redis')(
    'REV-2 is nothing once all sessions have expired, and no ids of expired ones before',
    async () => {
      const client = redisClient(database.url());
      await client.connect();
      const { store, close } = await connect(database.url());
      const { browser, clock } = createFixture({ store, idleTimeoutMs: 2_000, accessTokenLifetimeMs: 1_000 });
      clock.now = Date.now();
      for (let n = 0; n < 20; n += 1) await browser().signIn();
      expect(await client.zCard('silent-refresh:user:ann')).toBe(20);
      await expect.poll(async () => client.dbSize(), { timeout: 10_000 }).toBe(0);

      await createFixture({ store, now: Date.now, idleTimeoutMs: MINUTE }).browser().signIn();
      clock.now = Date.now();
      for (let n = 0; n < 20; n += 1) await browser().signIn();
      await expect.poll(async () => client.dbSize(), { timeout: 10_000 }).toBe(2);
      expect(await client.zCard('silent-refresh:user:ann')).toBe(21);
      await createFixture({ store, now: Date.now, idleTimeoutMs: MINUTE }).browser().signIn();
      expect(await client.zCard('silent-refresh:user:ann')).toBe(2);
      await close();
      client.destroy();
    },
  );

  it.runIf(name === 'PostgreSQL')('S-6 is read as it is, whatever parsers the app has set', async () => {
    const types = { getTypeParser: (oid: number) => (text: string) => (oid === 25 ? text : { oid, text }) };
    const pool = new pg.Pool({ connectionString: database.url(), types: types as pg.CustomTypesConfig });
    await pool.query('create schema auth');
    const store = createPostgresStore(pool, { table: 'auth.sessions' });
    await Promise.all([store.createTables(), store.createTables(), store.createTables()]);
    for (const { run } of sessionStoreContract(() => ({ one: store, other: store }))) await run();
    await pool.end();
  });

  it.runIf(name === 'PostgreSQL')('S-4 is found by its indexes', async () => {
    const pool = new pg.Pool({ connectionString: database.url() });
    await createPostgresStore(pool).createTables();
    await pool.query(`insert into silent_refresh_session
      select 's' || n, 'u' || n, 1, 'active', n, '{}' from generate_series(1, 20000) n`);
    await pool.query('analyze silent_refresh_session');
    const planOf = async (sql: string) =>
      (await pool.query<{ 'QUERY PLAN': string }>(`explain ${sql}`)).rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(await planOf("update silent_refresh_session set state = 'revoked' where user_id = 'u5'")).toContain(
      '_by_user',
    );
    expect(
      await planOf('select sid from silent_refresh_session where expires_at <= 5 order by expires_at limit 100'),
    ).toContain('_by_expiry');
    await pool.end();
  });
});
