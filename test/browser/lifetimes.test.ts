import { describe, expect } from 'vitest';
import { delay } from './harness/faults.ts';
import { test } from './harness/world.ts';

const day = 86_400_000;

/** Polls for 8 s, and says how the calls ended. */
const poll = (everyMs: number) => `(async () => {
  const sent = [];
  for (const until = performance.now() + 8000; performance.now() < until; ) {
    sent.push(outcomeOf(() => auth.authFetch('/api/echo')));
    await new Promise((resolve) => setTimeout(resolve, ${everyMs}));
  }
  return Promise.all(sent);
})()`;

describe.concurrent('TIM-1: over 8 s of polling, a token that lives', () => {
  test.for([
    ['1 s', 1000, 16],
    ['2 s', 2000, 7],
    ['60 days', 60 * day, 0],
  ] as const)('%s causes no storm of refreshes, and no call fails', async ([, tokenLifeMs, most], { open }) => {
    const { server, page } = await open({ user: 'ann', tokenLifeMs, idleTimeoutMs: 90 * day });
    const before = server.log.refreshes().length;
    const outcomes = (await page.evaluate(poll(100))) as { status?: number }[];
    expect(outcomes.length).toBeGreaterThan(20);
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    expect(server.log.refreshes().length - before).toBeLessThanOrEqual(most);
    expect(server.log.api()).toHaveLength(outcomes.length);
  });
});

/** Puts the page's wall clock wrong: `window.wrongByMs` is added to the time. */
const wrongClock = (byMs: number) => `
  window.wrongByMs = ${byMs};
  const now = Date.now.bind(Date);
  Date = class extends Date {
    constructor(...given) { super(...(given.length === 0 ? [now() + window.wrongByMs] : given)); }
    static now() { return now() + window.wrongByMs; }
  };`;

describe.concurrent('a wall clock', () => {
  const errors = [
    ['10 min fast', 600_000],
    ['10 min slow', -600_000],
    ['25 h fast', 25 * 3_600_000],
    ['25 h slow', -25 * 3_600_000],
  ] as const;

  test.for(errors)('that is %s costs no call and no refresh', async ([, byMs], { open }) => {
    const { server, page, call } = await open({ user: 'ann', script: wrongClock(byMs) });
    expect(await page.evaluate(() => Date.now() - performance.timeOrigin - performance.now())).toBeCloseTo(byMs, -4);
    const before = server.log.refreshes().length;
    for (let count = 0; count < 20; count++) expect(await call('/api/echo')).toMatchObject({ status: 200 });
    expect(server.log.refreshes()).toHaveLength(before);
    expect(server.log.api()).toHaveLength(20);
  });

  test.for(errors)(
    'that jumps in mid-session to be %s costs no call and one refresh at most',
    async ([, byMs], { open }) => {
      const { server, page, call, session } = await open({ user: 'ann', script: wrongClock(0) });
      const before = server.log.refreshes().length;
      for (let count = 0; count < 20; count++) {
        if (count === 10) await page.evaluate(`wrongByMs = ${byMs}`);
        expect(await call('/api/echo')).toMatchObject({ status: 200 });
      }
      expect(server.log.refreshes().length - before).toBeLessThanOrEqual(1);
      expect(server.log.api()).toHaveLength(20);
      expect(await session()).toMatchObject({ status: 'authenticated' });
    },
  );

  test('that jumps 10 min back and on again while a refresh is under way costs no call made after it', async ({
    open,
  }) => {
    const { server, page, refresh, calls } = await open({ user: 'ann', script: wrongClock(0) });
    server.faults.next('/auth/refresh', { before: delay(1000) });
    const before = server.log.refreshes().length;
    const refreshed = refresh();
    await page.evaluate('wrongByMs = -600000');
    for (const outcome of await calls(10, '/api/echo')) expect(outcome).toMatchObject({ status: 200 });
    await page.evaluate('wrongByMs = 600000');
    for (const outcome of await calls(10, '/api/echo')) expect(outcome).toMatchObject({ status: 200 });
    await refreshed;
    for (const outcome of await calls(10, '/api/echo')) expect(outcome).toMatchObject({ status: 200 });
    expect(server.log.refreshes().length - before).toBeLessThanOrEqual(2);
  });
});
