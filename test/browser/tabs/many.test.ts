import { describe, expect } from 'vitest';
import { delay } from '../harness/faults.ts';
import type { Outcome } from '../harness/in-page.ts';
import type { Tab } from '../harness/tab.ts';
import { test } from '../harness/world.ts';
import { expectSessionAlive, leastPeriodMs } from '../lifecycle/strict.ts';
import { callsAt, failed, say, shareShortToken, slowestMs, tabsOf } from './several.ts';

// HTTP/2, so that no call waits for a connection; strict rotation.
const strict = { tls: true, graceMs: 0, clockToleranceMs: 0 } as const;
const ok = { status: 200, body: { user: 'id-ann' } };

/** Makes one call after the other, in each tab, until told otherwise. */
const beginCalls = ({ page }: Tab) =>
  page.evaluate(() => {
    const bad: Outcome[] = [];
    let isOver = false;
    const drive = async () => {
      while (!isOver) {
        const outcome = await window.outcomeOf(() => window.auth.authFetch('/api/echo', { cache: 'no-store' }));
        if (outcome.status !== 200) bad.push(outcome);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return bad;
    };
    const over = drive();
    window.endCalls = () => {
      isOver = true;
      return over;
    };
  });

declare global {
  interface Window {
    /** Ends the calls, and says which ones failed. */
    endCalls(): Promise<readonly Outcome[]>;
  }
}

// One world at a time: these count refreshes to the last one, and a busy machine is slow to hand a token over.
describe('5 tabs', () => {
  /*
   * An expiry is the end of a token: each token serves until a lead time before its end, and so for 0.78 L at least (see
   * test/soak/expiries.ts). A refresh that follows the one before within half of L replaces a token that had not come to its
   * end, and is one too many; all others are expiries, as long as no more of them come than the time that has passed allows.
   * One too few would be a call that fails, or that goes out with a token past its end.
   */
  test('meet 50 expiries in a row with 50 refreshes, give or take one, and without a failed call', {
    timeout: 120_000,
  }, async ({ open }) => {
    const tokenLifeMs = 1000;
    const world = await open({ ...strict, client: false });
    const { server } = world;
    const tabs = await tabsOf(world, 5);
    for (const tab of tabs) await beginCalls(tab);
    server.tokenLifeMs = tokenLifeMs;
    expect(await world.refresh()).toMatchObject({ status: 200 });
    const first = server.log.refreshes().length - 1;
    const asked = () => server.log.refreshes().slice(first);
    const gaps = () => asked().flatMap(({ at }, index, all) => (index === 0 ? [] : [at - (all[index - 1]?.at ?? 0)]));
    const isExpiry = (gapMs: number) => gapMs > tokenLifeMs / 2;
    while (gaps().filter(isExpiry).length < 50) await delay(20)();
    const found = gaps();
    const elapsedMs = found.reduce((sum, gap) => sum + gap, 0);
    server.tokenLifeMs = 60_000;
    const bad = (await Promise.all(tabs.map(({ page }) => page.evaluate(() => window.endCalls())))).flat();
    const calls = server.log.api();
    say('50 expiries, 5 tabs', {
      refreshes: found.length,
      shortestMs: Math.min(...found),
      longestMs: Math.max(...found),
      averageMs: Math.round(elapsedMs / found.length),
      calls: calls.length,
      failed: bad.length,
    });
    expect(bad).toEqual([]);
    expect(found.length).toBeLessThanOrEqual(51);
    expect(elapsedMs).toBeGreaterThan(49 * leastPeriodMs(tokenLifeMs));
    expect(asked().filter(({ status }) => status !== 200)).toEqual([]);
    expect(calls.filter(({ status, expired }) => status !== 200 || expired)).toEqual([]);
    await expectSessionAlive(world);
  });
});

describe('TAB-1: 20 tabs', () => {
  test('that make 20 calls each at the moment of expiry cost one refresh, and no call fails (README-4)', async ({
    open,
  }) => {
    const world = await open({ ...strict, client: false });
    const { log } = world.server;
    const tabs = await tabsOf(world, 20, { hidden: true });
    const endsAt = await shareShortToken(world, tabs, 5000);
    const before = log.refreshes().length;
    const outcomes = await callsAt(tabs, endsAt, 20);
    say('20 tabs × 20 calls at expiry', {
      refreshes: log.refreshes().length - before,
      failed: failed(outcomes).length,
      slowestMs: slowestMs(outcomes),
    });
    expect(failed(outcomes)).toEqual([]);
    expect(log.refreshes()).toHaveLength(before + 1);
    expect(log.api()).toHaveLength(400);
    await expectSessionAlive(world);
  });
});

describe('LIF-6: ten tabs opened at once after all were closed', () => {
  test('are all signed in by one refresh', async ({ open }) => {
    const world = await open({ ...strict, user: 'ann' });
    const { log } = world.server;
    const tabs = await Promise.all(Array.from({ length: 10 }, () => world.another()));
    await world.page.close();
    const before = log.refreshes().length;
    // At one moment, as the browser restores them, and not one by one as they are told to.
    const startsAt = Date.now() + 500;
    await Promise.all(
      tabs.map(({ page }) =>
        page.evaluate(async (at) => {
          await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
          window.begin();
        }, startsAt),
      ),
    );
    const outcomes = await Promise.all(tabs.map((tab) => tab.call('/api/echo')));
    say('10 tabs opened at once', { refreshes: log.refreshes().length - before, slowestMs: slowestMs(outcomes) });
    for (const outcome of outcomes) expect(outcome).toMatchObject(ok);
    for (const tab of tabs) expect(await tab.session()).toMatchObject({ status: 'authenticated' });
    expect(log.refreshes()).toHaveLength(before + 1);
    await expectSessionAlive({ ...world, ...(tabs[0] as Tab) });
  });
});

describe('a tab opened beside one that is signed in', () => {
  test('makes its first call as soon as a lone one does, and without a refresh', async ({ open }) => {
    const world = await open({ ...strict, user: 'ann' });
    const { log } = world.server;
    const firstCall = ({ page }: Tab) =>
      page.evaluate(() => {
        const begunAt = performance.now();
        window.begin();
        return window
          .outcomeOf(() => window.auth.authFetch('/api/echo'))
          .then((outcome) => ({ ...outcome, tookMs: Math.round(performance.now() - begunAt) }));
      });
    const before = log.refreshes().length;
    const beside: number[] = [];
    for (let round = 0; round < 5; round++) {
      const outcome = await firstCall(await world.another());
      expect(outcome).toMatchObject(ok);
      beside.push(outcome.tookMs);
    }
    expect(log.refreshes()).toHaveLength(before);

    const alone: number[] = [];
    let last = await world.another();
    for (let round = 0; round < 5; round++) {
      for (const page of world.context.pages()) if (page !== last.page) await page.close();
      const outcome = await firstCall(last);
      expect(outcome).toMatchObject(ok);
      alone.push(outcome.tookMs);
      last = await world.another();
    }
    expect(log.refreshes()).toHaveLength(before + 5);
    say('ms to the first call of a new tab', { beside, alone });
    const middle = (times: readonly number[]) => [...times].sort((one, other) => one - other)[2] ?? Number.NaN;
    expect(middle(beside)).toBeLessThan(middle(alone) + 50);
    await last.start();
    await expectSessionAlive({ ...world, ...last });
  });
});
