import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { delay, gate } from './harness/faults.ts';
import type { Outcome } from './harness/in-page.ts';
import { test, type World } from './harness/world.ts';
import { expectSessionAlive, ok, strict } from './lifecycle/strict.ts';

/** A call with a token that is good fails as `fetch` does where there is no network; one without says that there is none. */
const isTyped = ({ error, code }: Outcome) =>
  code === 'refresh_unavailable' || (error === 'TypeError' && code === undefined);

/** Whether a refresh has been begun that is not over. */
const isAsking = async (world: World): Promise<boolean> => {
  const told = await world.told();
  const count = (types: readonly string[]) => told.filter((line) => types.includes(line)).length;
  return count(['event refresh-started']) > count(['event refreshed', 'event refresh-failed']);
};

/** A call each 100 ms while `meanwhile` runs, and how they ended. */
const callWhile = async ({ page }: World, meanwhile: () => Promise<unknown>): Promise<readonly Outcome[]> => {
  await page.evaluate(() => {
    const sent: Promise<Outcome>[] = [];
    const send = () =>
      sent.push(window.outcomeOf(() => window.auth.authFetch('/api/meanwhile', { cache: 'no-store' })));
    const timer = setInterval(send, 100);
    Object.assign(window, {
      calledMeanwhile: () => {
        clearInterval(timer);
        return Promise.all(sent);
      },
    });
  });
  await meanwhile();
  return page.evaluate('calledMeanwhile()');
};

describe.concurrent('a page that is offline', () => {
  test('for 5 s across an expiry keeps the session, ends its calls soon and typed, and goes on by itself', async ({
    open,
  }) => {
    const world = await open({ ...strict, tokenLifeMs: 2000, client: { refreshTimeoutMs: 3000 } });
    const { context } = world;
    const outcomes = await callWhile(world, async () => {
      await context.setOffline(true);
      await delay(5000)();
      expect(await world.session()).toMatchObject({ status: 'authenticated', problem: { kind: 'network' } });
      await context.setOffline(false);
      // Nobody calls refresh(), and the calls only wait.
      await eventually(async () => expect(await world.session()).not.toHaveProperty('problem'), { timeout: 5000 });
    });
    const failed = outcomes.filter(({ status }) => status !== 200);
    expect(failed.length).toBeGreaterThan(10);
    expect(failed.filter((outcome) => !isTyped(outcome))).toEqual([]);
    expect(failed.some(({ code }) => code === 'refresh_unavailable')).toBe(true);
    expect(Math.max(...outcomes.map(({ tookMs }) => tookMs))).toBeLessThan(5000);
    expect(await world.call('/api/echo')).toMatchObject(ok);
    await expectSessionAlive(world);
  });

  test('for ten minutes asks now and then, and goes on by itself once it is online', async ({ open }) => {
    const world = await open({ ...strict, tokenLifeMs: 60_000 });
    const { server, context, page } = world;
    await context.clock.install();
    await world.reload();
    await world.start();
    await world.known('authenticated');
    const before = server.log.refreshes().length;
    await context.setOffline(true);
    for (let tens = 0; tens < 60; tens++) {
      await page.clock.fastForward(10_000);
      await eventually(async () => expect(await isAsking(world)).toBe(false));
    }
    const session = await world.session();
    expect(session).toMatchObject({ status: 'authenticated', problem: { kind: 'network' } });
    const attempts = 'problem' in session ? (session.problem?.attempts ?? 0) : 0;
    // Every half minute at the longest, and half of that on average.
    expect(attempts).toBeGreaterThan(10);
    expect(attempts).toBeLessThan(61);
    expect(await world.call('/api/echo')).toMatchObject({ code: 'refresh_unavailable' });
    expect(server.log.refreshes()).toHaveLength(before);

    await context.setOffline(false);
    await eventually(async () => expect(await world.session()).not.toHaveProperty('problem'), { timeout: 5000 });
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(server.log.api().map(({ status }) => status)).toEqual([200]);
    await expectSessionAlive(world);
  });

  test('when it is started shows that it cannot know yet, and sends what waits once it is online', async ({ open }) => {
    const world = await open(strict);
    const { context, page } = world;
    // Time stands still, so that no second attempt comes before the network is back.
    await context.clock.install();
    await world.reload();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await context.setOffline(true);
    await world.start();
    await eventually(async () =>
      expect(await world.session()).toMatchObject({ status: 'loading', problem: { kind: 'network', attempts: 1 } }),
    );
    await page.evaluate(() => {
      Object.assign(window, { waiting: window.outcomeOf(() => window.auth.authFetch('/api/echo')) });
    });
    await context.setOffline(false);
    await page.clock.runFor(1000);
    expect(await page.evaluate('waiting')).toMatchObject(ok);
    expect(await world.session()).toMatchObject({ status: 'authenticated' });
  });
});

describe.concurrent('TIM-8: a refresh endpoint that hangs', () => {
  test('past expiry ends calls at `refreshTimeoutMs`, and the next ones work once the server recovers', async ({
    open,
  }) => {
    const refreshTimeoutMs = 2000;
    const world = await open({ ...strict, tokenLifeMs: 1000, client: { refreshTimeoutMs } });
    const { server } = world;
    const hanging = gate();
    server.faults.next('/auth/refresh', { before: hanging.pass, drop: true });
    await eventually(() => expect(server.log.refreshes().at(-1)?.status).toBe(0));
    await delay(1000)();
    server.tokenLifeMs = 60_000;
    for (const outcome of await world.calls(10, '/api/echo')) {
      expect(outcome).toMatchObject({ error: 'RefreshUnavailableError', code: 'refresh_unavailable' });
      expect(outcome.tookMs).toBeGreaterThan(refreshTimeoutMs - 100);
      expect(outcome.tookMs).toBeLessThan(refreshTimeoutMs + 1000);
    }
    expect(server.log.api()).toEqual([]);
    expect(await world.session()).toMatchObject({ status: 'authenticated', problem: { kind: 'timeout' } });

    hanging.open();
    await eventually(async () => expect(await world.call('/api/echo')).toMatchObject(ok), { timeout: 5000 });
    await expectSessionAlive(world);
  });
});

describe.concurrent('RT-14: of ten calls that wait for the first token of a page', () => {
  test('the first one is aborted, at once and unsent, and nine succeed', async ({ open }) => {
    const world = await open(strict);
    const { server, page } = world;
    await world.reload();
    const answer = gate();
    server.faults.next('/auth/refresh', { before: answer.pass });
    const before = server.log.refreshes().length;
    await world.start();
    await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
    await page.evaluate(() => {
      const abort = new AbortController();
      const call = (number: number) =>
        window.outcomeOf(() =>
          window.auth.authFetch(`/api/call/${number}`, number === 0 ? { signal: abort.signal } : {}),
        );
      const calls = Array.from({ length: 10 }, (_, number) => call(number));
      abort.abort();
      Object.assign(window, { calls });
    });
    expect(await page.evaluate('calls[0]')).toMatchObject({ error: 'AbortError' });
    answer.open();
    const others = (await page.evaluate('Promise.all(calls.slice(1))')) as Outcome[];
    expect(others).toHaveLength(9);
    for (const outcome of others) expect(outcome).toMatchObject(ok);
    expect(server.log.of('/api/call/0')).toEqual([]);
    expect(server.log.api()).toHaveLength(9);
    expect(server.log.refreshes()).toHaveLength(before + 1);
  });
});
