import { readFileSync } from 'node:fs';
import * as rateLimiterFlexible from 'rate-limiter-flexible';
import { expect, it, onTestFinished } from 'vitest';
import { demoUsers } from '../../demo/server/seed.ts';
import { startDemo } from '../../demo/server/start.ts';
import type { AuthorityOptions, RateLimiter } from '../../src/server/index.ts';
import { runBlock } from '../package/run-block.ts';
import { createFixture } from '../unit/server/fixture.ts';
import { describeEachServer } from './harness/each-store.ts';
import { postgresPool } from './harness/postgres.ts';
import { redisClient } from './harness/redis.ts';

const { RateLimiterPostgres, RateLimiterRedis } = rateLimiterFlexible;
const limits = { points: 3, duration: 60, keyPrefix: 'throttle' };

const limiterOn: Readonly<Record<'Redis' | 'PostgreSQL', (url: string) => Promise<RateLimiter>>> = {
  async Redis(url) {
    const client = redisClient(url);
    await client.connect();
    onTestFinished(() => client.destroy());
    return new RateLimiterRedis({ storeClient: client, useRedisPackage: true, ...limits });
  },
  PostgreSQL(url) {
    const pool = postgresPool(url);
    onTestFinished(() => pool.end());
    return new Promise((resolve, reject) => {
      const limiter = new RateLimiterPostgres({ storeClient: pool, ...limits }, (error?: Error) =>
        error ? reject(error) : resolve(limiter),
      );
    });
  },
};

/** A process with a limiter of its own, whose page signs in as Ann. */
async function startProcess(name: 'Redis' | 'PostgreSQL', url: string) {
  const throttle = {
    account: await limiterOn[name](url),
    accountName: (credentials: unknown) => Object(credentials).id as string,
  };
  const page = createFixture({ throttle }).browser();
  return async (password: string) => {
    const body = JSON.stringify({ id: 'ann', password });
    return (await page.post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } })).status;
  };
}

describeEachServer('sign-ins of the demo', ({ name, start }) => {
  it('are counted over two processes on one database, which may start at once (AUTH-1)', async () => {
    const server = await start();
    const sharedAt = { [name === 'Redis' ? 'redisUrl' : 'databaseUrl']: server.url() };
    const demos = await Promise.all([startDemo(sharedAt), startDemo(sharedAt)]);
    const attempts = [0, 1, 0, 1, 0, 1, 0].map((n) => demos[n]?.url ?? '');
    const statuses: number[] = [];
    for (const url of attempts) {
      const headers = { Origin: url, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
      const body = JSON.stringify({ userName: demoUsers[0].name, password: 'a guess' });
      statuses.push((await fetch(`${url}/auth/login`, { method: 'POST', headers, body })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    for (const { close } of demos) await close();
    await server.stop();
  }, 60_000);
});

describeEachServer('sign-ins that are counted by a limiter', ({ name, start }) => {
  it('are counted over two processes, cleared by a success, and refused when the server is down', async () => {
    const server = await start();
    const one = await startProcess(name, server.url());
    const two = await startProcess(name, server.url());
    expect([await one('a'), await two('b'), await one('right')]).toEqual([401, 401, 200]);
    expect([await two('c'), await one('d'), await two('e')]).toEqual([401, 401, 401]);
    expect([await one('right'), await two('right')]).toEqual([429, 429]);
    await server.stop();
    expect(await one('right')).toBe(503);
  }, 60_000);

  if (name !== 'PostgreSQL') return;
  it('are counted over two processes by the file that the docs show, in the table that they give', async () => {
    const page = 'docs/server.md';
    const server = await start();
    const pool = postgresPool(server.url());
    await pool.query(/^create table throttle .*;$/m.exec(readFileSync(page, 'utf8'))?.[0] ?? '');
    const modules = {
      'rate-limiter-flexible': rateLimiterFlexible,
      'silent-refresh/node': { clientAddress: () => '203.0.113.7' },
    };
    const startOne = async () => {
      const found = (await runBlock(page, 'new RateLimiterPostgres', { modules })) as {
        throttleOn(on: typeof pool): NonNullable<AuthorityOptions<unknown>['throttle']>;
      };
      return createFixture({ throttle: found.throttleOn(pool) }).browser();
    };
    const pages = [await startOne(), await startOne()] as const;
    const signIn = async (at: 0 | 1, email: string) => {
      const body = JSON.stringify({ id: 'ann', password: 'a guess', email });
      return (await pages[at].post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } })).status;
    };
    const statuses: number[] = [];
    for (const at of [0, 1, 0, 1, 0, 1, 0] as const) statuses.push(await signIn(at, 'ann@example.com'));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(await signIn(1, 'bob@example.com')).toBe(401);
    const { rows } = await pool.query('select count(*)::int as count from throttle');
    expect(rows).toEqual([{ count: 3 }]);
    await pool.end();
    await server.stop();
  }, 60_000);
});
