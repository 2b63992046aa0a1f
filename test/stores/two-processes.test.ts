import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoUsers } from '../../demo/server/seed.ts';
import { launch } from '../browser/harness/browser.ts';
import { builtApp } from '../browser/harness/demo.ts';
import type { Database } from './harness/database.ts';
import { type DemoProcesses, startDemoProcesses } from './harness/demo-processes.ts';
import { describeEachServer } from './harness/each-store.ts';
import { type LoadBalancer, startLoadBalancer } from './harness/load-balancer.ts';

/** How long the page polls: `STORES_SECONDS=20 npx vitest run --project waiting two-processes`. */
const SECONDS = Number(process.env.STORES_SECONDS ?? 60);

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// They mostly wait, and so do it at the same time.
describeEachServer.concurrent('two processes of the demo on one database', ({ name, start }) => {
  let folder: string;
  let database: Database;
  let processes: DemoProcesses;
  let balancer: LoadBalancer;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'silent-refresh-demo-'));
    database = await start();
    processes = await startDemoProcesses(2, {
      ...process.env,
      DEMO_DB: join(folder, 'data', 'demo.sqlite'),
      DEMO_APP: await builtApp(),
      [name === 'Redis' ? 'REDIS_URL' : 'DATABASE_URL']: database.url(),
    });
    balancer = await startLoadBalancer(processes.ports);
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await balancer.close();
    await processes.stop();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(`keep a user signed in for ${SECONDS} s of polling, while processes are killed and the database restarts`, {
    timeout: (SECONDS + 60) * 1_000,
  }, async () => {
    const page = await browser.newPage();
    const answers: { at: number; path: string; status: number }[] = [];
    page.on('response', (response) => {
      answers.push({ at: Date.now(), path: new URL(response.url()).pathname, status: response.status() });
    });
    await page.goto(balancer.url);
    await page.getByLabel('User name').fill(demoUsers[0].name);
    await page.getByLabel('Password').fill(demoUsers[0].password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.locator('[data-status=authenticated]').waitFor();
    const since = Date.now();
    const isDuring = ({ at }: { at: number }) => at > since;

    let downFrom = 0;
    let downTo = 0;
    // Each in its time, and never both at once: one of them is always there.
    const first = delay(SECONDS * (100 + 300 * Math.random())).then(() => processes.replaceOne());
    await Promise.all([
      Promise.all([first, delay(SECONDS * (600 + 200 * Math.random()))]).then(() => processes.replaceOne()),
      delay(SECONDS * 500).then(async () => {
        downFrom = Date.now();
        await database.restart();
        downTo = Date.now();
      }),
      delay(SECONDS * 1_000),
    ]);

    const calls = answers.filter(isDuring).filter(({ path }) => path.startsWith('/api/'));
    const refreshes = answers.filter(isDuring).filter(({ path }) => path === '/auth/refresh');
    const failed = calls.filter(({ status }) => status >= 400);
    const unavailable = failed.filter(({ at, status }) => status === 503 && at >= downFrom && at <= downTo + 2_500);
    console.log(
      `${name}, ${SECONDS} s: ${calls.length} calls, ${failed.length} failed (${unavailable.length} of them 503 while the database was down for ${downTo - downFrom} ms; ${balancer.cutOff.length} requests cut off), refreshes ${refreshes.map(({ status }) => status).join(' ')}`,
    );
    expect(calls.length).toBeGreaterThan(SECONDS * 0.7);
    expect(answers.filter(isDuring).filter(({ status }) => status === 401)).toEqual([]);
    // What was under way at a kill: a call and a refresh, twice.
    expect(balancer.cutOff.length).toBeLessThanOrEqual(4);
    expect(failed.length - unavailable.length).toBeLessThanOrEqual(balancer.cutOff.length);
    // A token of 5 s is replaced after 4 s, give or take a tenth of the second between.
    const times = refreshes.filter(({ status }) => status === 200).map(({ at }) => at);
    const distances = times.slice(1).map((at, n) => at - (times[n] ?? at));
    expect(Math.min(...distances)).toBeGreaterThan(3_000);
    expect(times.length).toBeGreaterThanOrEqual(Math.floor(SECONDS / 5) - 1);
    await page.locator('[data-status=authenticated]').waitFor({ timeout: 1_000 });
  });
});
