import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { answering, delay } from './harness/faults.ts';
import { test } from './harness/world.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

describe.concurrent('a refresh endpoint in trouble', () => {
  test('that answers 503 twice and then well costs no call', async ({ open }) => {
    const { server, calls, session, told } = await open({ user: 'ann' });
    const before = server.log.refreshes().length;
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', answering(503), 2);
    for (const outcome of await calls(50, '/api/echo')) expect(outcome).toMatchObject(ok);
    const asked = server.log.refreshes().slice(before);
    expect(asked.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(await session()).toMatchObject({ status: 'authenticated' });
    expect(await told()).not.toContain('shown relogin-required ann');
  });

  test('whose answer is lost after the commit is asked again with the same key, and costs no call (README-5)', async ({
    open,
  }) => {
    const { server, calls, refresh } = await open({ user: 'ann', graceMs: 0 });
    const before = server.log.refreshes().length;
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', { drop: true }, 2);
    for (const outcome of await calls(50, '/api/echo')) expect(outcome).toMatchObject(ok);
    const asked = server.log.refreshes().slice(before);
    expect(asked.length).toBeGreaterThan(2);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(await refresh()).toMatchObject({ status: 200 });
    expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
  });

  test.for([
    ['HTML', answering(200, { 'content-type': 'text/html' }, '<h1>Welcome to the hotel</h1>')],
    ['a 401 of a proxy', answering(401, { 'www-authenticate': 'Negotiate' })],
    ['a 401 in HTML', answering(401, { 'content-type': 'text/html' }, '<h1>Blocked</h1>')],
    ['403 without a reason', answering(403)],
    ['429', answering(429, { 'retry-after': '0' })],
    ['JSON that is cut off', answering(200, { 'content-type': 'application/json' }, '{"access_token":"')],
  ] as const)('that answers with %s signs nobody out (README-5)', async ([, fault], { open }) => {
    const { server, call, session } = await open({ user: 'ann' });
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', fault);
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(await session()).toMatchObject({ status: 'authenticated' });
  });

  test('that hangs lets calls with a good token go, and the others reject in bounded time (README-6)', async ({
    open,
  }) => {
    const { server, page, call, session } = await open({ user: 'ann', client: { refreshTimeoutMs: 1000 } });
    server.faults.next('/auth/refresh', { before: delay(4000) });
    await page.evaluate(() => void window.auth.refresh().catch(() => {}));
    await eventually(() => expect(server.log.refreshes()).toHaveLength(2));
    expect(await call('/api/echo')).toMatchObject(ok);
    server.api.refuseTokensSoFar();
    const outcome = await call('/api/echo');
    expect(outcome).toMatchObject({ code: 'refresh_unavailable' });
    expect(outcome.tookMs).toBeLessThan(3500);
    await eventually(async () =>
      expect(await session()).toMatchObject({ status: 'authenticated', problem: { kind: 'timeout' } }),
    );
    // The exchange was not given up: its answer still counts.
    await eventually(async () => expect(await session()).not.toHaveProperty('problem'), { timeout: 10_000 });
    expect(await call('/api/echo')).toMatchObject(ok);
  });
});

describe.concurrent('a back end that is down at the start', () => {
  test('leaves the session loading, with its problem, until it is back and the session comes by itself', async ({
    open,
  }) => {
    const { server, page, start, reload, session, known, call } = await open({ user: 'ann' });
    await reload();
    await server.down();
    await start({ refreshTimeoutMs: 1000 });
    const ready = await page.evaluate(() => window.outcomeOf(async () => Response.json(await window.auth.ready())));
    expect(ready).toMatchObject({ error: 'RefreshUnavailableError', code: 'refresh_unavailable' });
    expect(ready.tookMs).toBeLessThan(5000);
    expect(await session()).toMatchObject({ status: 'loading', problem: { kind: 'network' } });
    expect(await call('/api/echo')).toMatchObject({ code: 'refresh_unavailable' });

    await server.up();
    expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(await session()).not.toHaveProperty('problem');
    expect(await call('/api/echo')).toMatchObject(ok);
  });
});

describe.concurrent('RT-13, RT-14: the shared refresh', () => {
  test('outlives the caller who gives up: one of five aborts, four succeed, one refresh', async ({ open }) => {
    const { server, page } = await open({ user: 'ann' });
    const before = server.log.refreshes().length;
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', { before: delay(800) });
    const outcomes = await page.evaluate(async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 300);
      const inits = [{ signal: abort.signal }, {}, {}, {}, {}];
      return Promise.all(inits.map((init) => window.outcomeOf(() => window.auth.authFetch('/api/echo', init))));
    });
    expect(outcomes[0]).toMatchObject({ error: 'AbortError' });
    expect(outcomes[0]?.tookMs).toBeLessThan(750);
    for (const outcome of outcomes.slice(1)) expect(outcome).toMatchObject(ok);
    expect(server.log.refreshes()).toHaveLength(before + 1);
    expect(server.log.api().filter(({ status }) => status === 200)).toHaveLength(4);
  });

  test('succeeds although the keepalive quota of the page is used up', async ({ open }) => {
    const { server, page, refresh } = await open({ user: 'ann' });
    server.faults.next('/api/beacon', { before: delay(3000) });
    await page.evaluate(() => {
      const body = new Uint8Array(65_536);
      void fetch('/api/beacon', { method: 'POST', body, keepalive: true }).catch(() => {});
    });
    await eventually(() => expect(server.log.of('/api/beacon')).toHaveLength(1));
    expect(await refresh()).toMatchObject({ status: 200 });
    expect(server.log.of('/api/beacon')[0]?.status).toBe(0);
  });
});
