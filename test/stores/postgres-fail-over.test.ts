import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areAllNeeded, findPostgres } from '../../scripts/ensure-databases.mjs';
import { createPostgresStore } from '../../src/server/stores/postgres.ts';
import { apiCall, createFixture, SECOND, tokens } from '../unit/server/fixture.ts';
import type { Database } from './harness/database.ts';
import { postgresPool, startPostgres, startPostgresReplica } from './harness/postgres.ts';
import { type DatabaseProxy, startProxy } from './harness/proxy.ts';

const HONEST = 20;

describe.skipIf(findPostgres() === undefined && !areAllNeeded)('a fail-over to an asynchronous replica', () => {
  let primary: Database;
  let replica: Database;
  let replication: DatabaseProxy;
  let ofPrimary: pg.Pool;
  let ofReplica: pg.Pool;

  beforeAll(async () => {
    primary = await startPostgres();
    replication = await startProxy(primary.port);
    ofPrimary = postgresPool(primary.url());
    await createPostgresStore(ofPrimary).createTables();
    replica = await startPostgresReplica(replication.port);
    ofReplica = postgresPool(replica.url());
  });
  afterAll(async () => {
    await Promise.all([ofPrimary.end(), ofReplica.end()]);
    await replica.stop();
    await primary.stop();
  });

  const valueIn = async (pool: pg.Pool, expression: string): Promise<unknown> =>
    (await pool.query(`select ${expression} as value`)).rows[0].value;

  async function caughtUp(): Promise<void> {
    const written = await valueIn(ofPrimary, 'pg_current_wal_lsn()');
    await expect
      .poll(() => valueIn(ofReplica, `pg_last_wal_replay_lsn() >= '${written}'`), { timeout: 20 * SECOND })
      .toBe(true);
  }

  it('that lacks the last writes signs no honest user out but those who had just signed in', async () => {
    let current = ofPrimary;
    const store = createPostgresStore({ query: (sql, parameters) => current.query(sql, parameters) });
    const { authority, browser, clock, events } = createFixture({ store });
    const signedIn = async (id: string) => {
      const page = browser();
      return { page, ...(await page.signIn(id)) };
    };
    const honest = await Promise.all(Array.from({ length: HONEST }, (_, n) => signedIn(`user ${n}`)));
    const leaving = await signedIn('leaving');
    const copied = leaving.page.copy();
    await caughtUp();
    await replication.close();

    const old = honest.map(({ page }) => page.copy());
    for (const [n, { page }] of honest.entries()) {
      for (let times = 0; times <= n % 3; times += 1) await tokens(await page.refresh(`${n} lost ${times}`));
    }
    expect((await leaving.page.signOut(leaving.sid)).status).toBe(204);
    const newcomer = await signedIn('newcomer');
    await primary.crash();
    await ofReplica.query('select pg_promote(false)');
    await expect.poll(() => valueIn(ofReplica, 'pg_is_in_recovery()'), { timeout: 20 * SECOND }).toBe(false);
    current = ofReplica;

    for (const [n, { page, sid }] of honest.entries()) {
      const { access_token } = await tokens(await page.refresh(`${n} first`));
      expect(await authority.guard(apiCall(access_token))).toMatchObject({ sid });
    }
    expect(events.filter(({ type }) => type === 'store-behind')).toHaveLength(HONEST);
    expect((await old[0]?.refresh('late'))?.status).toBe(409);
    clock.now += 20 * SECOND;
    for (const [n, { page }] of honest.entries()) await tokens(await page.refresh(`${n} second`));
    expect(events.filter(({ type }) => type === 'refresh-reused')).toEqual([]);

    // What is given up, as the docs say.
    expect((await newcomer.page.refresh()).status).toBe(401);
    expect((await copied.refresh()).status).toBe(200);
  });
});
