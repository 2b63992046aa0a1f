import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { delay, gate } from './harness/faults.ts';
import { test } from './harness/world.ts';

/** A page that says it is hidden refreshes only when a call needs it. */
const hidden = `Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden' })`;
const ok = { status: 200, body: { user: 'id-ann' } };

describe.concurrent('200 calls', () => {
  test('made at the moment of expiry cost exactly one refresh and 200 calls, and none fails (README-4)', async ({
    open,
  }) => {
    const { server, call, calls } = await open({ user: 'ann', tokenLifeMs: 2000, script: hidden });
    expect(await call('/api/echo')).toMatchObject(ok);
    const before = server.log.refreshes().length;
    await delay(2000)();
    // From here on long-lived: 200 calls may stand in the browser's queue for longer than a short one lives.
    server.tokenLifeMs = 60_000;
    server.faults.next('/auth/refresh', { before: delay(700) });
    const outcomes = await calls(200, '/api/at-expiry');
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(server.log.of('/api/at-expiry')).toHaveLength(200);
    expect(server.log.api().filter(({ expired }) => expired)).toEqual([]);
  });

  test('spread over a slow refresh that the timer began cost that one refresh, and none fails', async ({ open }) => {
    const { server, page } = await open({ user: 'ann', tokenLifeMs: 15_000 });
    // The token after it lives long: on a busy machine the calls take longer than a short one lives.
    server.tokenLifeMs = 60_000;
    const before = server.log.refreshes().length;
    server.faults.next('/auth/refresh', { before: delay(500) });
    const outcomes = await page.evaluate(async () => {
      const sent: ReturnType<typeof window.outcomeOf>[] = [];
      const begunAt = performance.now();
      for (let count = 1; count <= 200; count++) {
        // By the clock: timers that come late must not stretch this into the next token's end.
        await new Promise((resolve) => setTimeout(resolve, begunAt + 68 * count - performance.now()));
        sent.push(window.outcomeOf(() => window.auth.authFetch('/api/echo')));
      }
      return Promise.all(sent);
    });
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    expect(server.log.api()).toHaveLength(200);
    expect(server.log.api().filter(({ expired, status }) => expired || status !== 200)).toEqual([]);
    expect(server.log.refreshes()).toHaveLength(before + 1);
  });
});

describe.concurrent('a token refused before its time', () => {
  test('makes 50 calls wait for one refresh, and none of them fails (README-4, README-6)', async ({ open }) => {
    const { server, calls } = await open({ user: 'ann' });
    const before = server.log.refreshes().length;
    server.api.refuseTokensSoFar();
    const outcomes = await calls(50, '/api/echo');
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    const refused = server.log.api().filter(({ status }) => status === 401);
    expect(server.log.api()).toHaveLength(50 + refused.length);
  });

  test('makes a straggler whose 401 comes after the refresh use the newer token, without a second refresh', async ({
    open,
  }) => {
    const { server, call, calls } = await open({ user: 'ann' });
    const before = server.log.refreshes().length;
    const late = gate();
    server.faults.next('/api/straggler', { after: late.pass });
    server.api.refuseTokensSoFar();
    const straggler = call('/api/straggler');
    await eventually(() => expect(server.log.of('/api/straggler')).toHaveLength(1));
    for (const outcome of await calls(3, '/api/echo')) expect(outcome).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    late.open();
    expect(await straggler).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(server.log.of('/api/straggler').map(({ status }) => status)).toEqual([401, 200]);
  });
});

describe.concurrent('an endpoint that always answers 401', () => {
  test('gets two calls for the first one and no refresh loop over ten, and the user stays signed in', async ({
    open,
  }) => {
    const { server, call, session } = await open({ user: 'ann' });
    const before = server.log.refreshes().length;
    expect(await call('/api/always-401')).toMatchObject({ status: 401 });
    expect(server.log.of('/api/always-401')).toHaveLength(2);
    for (let count = 1; count < 10; count++) expect(await call('/api/always-401')).toMatchObject({ status: 401 });
    expect(server.log.refreshes().length - before).toBe(1);
    expect(server.log.of('/api/always-401')).toHaveLength(11);
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(await session()).toMatchObject({ status: 'authenticated' });
  });

  test.for([204, 304, 400, 403, 404, 409, 500, 503])(
    'is told apart from one that answers %i',
    async (status, { open }) => {
      const { server, call, session } = await open({ user: 'ann' });
      const before = server.log.refreshes().length;
      expect(await call(`/api/status/${status}`)).toMatchObject({ status });
      expect(server.log.refreshes()).toHaveLength(before);
      expect(server.log.api()).toHaveLength(1);
      expect(await session()).toMatchObject({ status: 'authenticated' });
    },
  );
});
