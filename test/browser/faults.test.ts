import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { answering, type Fault, gate } from './harness/faults.ts';
import type { TestServer } from './harness/server.ts';
import { test, type World } from './harness/world.ts';

const ok = { status: 200, body: { user: 'id-ann' } };
const begun = '{"access_token":"eyJ';

/** What the network does to a refresh. The rows of the same names are in test/unit/client/fault-rows-network.ts. */
const faults: readonly (readonly [name: string, fault: Fault])[] = [
  ['drops the connection before the commit', { answer: () => new Response(), drop: true }],
  ['drops the connection after the commit', { drop: true }],
  [
    'resets the connection in mid-body',
    answering(200, { 'content-type': 'application/json', 'content-length': '900', connection: 'close' }, begun),
  ],
  ['redirects', answering(307, { location: '/elsewhere' })],
  ['redirects to another origin', answering(302, { location: 'https://other.example/sign-in' })],
];

const refreshesSince = (server: TestServer, before: number) => server.log.refreshes().slice(before);

const expectNothingLost = async ({ server, session, told }: World) => {
  expect(await session()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
  expect(await session()).not.toHaveProperty('problem');
  expect(await told()).not.toContain('left ann');
  expect(await told()).not.toContain('shown relogin-required ann');
  expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
  expect(server.log.of('/elsewhere')).toEqual([]);
};

describe.concurrent('a refresh endpoint that twice', () => {
  test.for(faults)('%s costs a signed-in page no call', async ([, fault], { open }) => {
    const world = await open({ user: 'ann', graceMs: 0 });
    const { server, calls } = world;
    const before = server.log.refreshes().length;
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', fault, 2);
    for (const outcome of await calls(10, '/api/echo')) expect(outcome).toMatchObject(ok);
    const asked = refreshesSince(server, before);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(asked.length).toBeLessThanOrEqual(5);
    await expectNothingLost(world);
  });

  test.for(faults)(
    '%s keeps a page with a record loading, and the user comes by itself',
    async ([, fault], { open }) => {
      const world = await open({ user: 'ann', graceMs: 0 });
      const { server, reload, start, known, call } = world;
      const before = server.log.refreshes().length;
      await reload();
      server.faults.next('/auth/refresh', fault, 2);
      await start();
      const early = call('/api/echo');
      expect(await known()).toMatchObject({ status: 'authenticated' });
      expect(await early).toMatchObject(ok);
      expect(refreshesSince(server, before).length).toBeLessThanOrEqual(5);
      await expectNothingLost(world);
    },
  );
});

describe.concurrent('a refresh endpoint that always', () => {
  // More often than Chromium itself sends a request again whose connection was dropped.
  test.for(faults)('%s makes a problem of its kind, and signs nobody out', async ([name, fault], { open }) => {
    const { server, call, session, told } = await open({ user: 'ann', client: { refreshTimeoutMs: 5000 } });
    server.api.refuseTokensSoFar();
    server.faults.next('/auth/refresh', fault, 50);
    expect(await call('/api/echo')).toMatchObject({ code: 'refresh_unavailable' });
    const kind = name.startsWith('redirects') ? 'redirected' : 'network';
    expect(await session()).toMatchObject({ status: 'authenticated', problem: { kind } });
    expect(await told()).not.toContain('left ann');
    expect(server.log.of('/elsewhere')).toEqual([]);
  });
});

describe.concurrent('a refresh endpoint that refuses the connection', () => {
  test('leaves a user signed in, and calls work again by themselves once it is back', async ({ open }) => {
    const world = await open({ user: 'ann', tokenLifeMs: 2000 });
    const { server, session, call } = world;
    await server.down();
    await eventually(async () =>
      expect(await session()).toMatchObject({ status: 'authenticated', problem: { kind: 'network' } }),
    );
    await server.up();
    await eventually(async () => expect(await session()).not.toHaveProperty('problem'));
    expect(await call('/api/echo')).toMatchObject(ok);
    await expectNothingLost(world);
  });

  test('TIM-7: is asked at once when the browser is online again, and not after the 8 s that were due', async ({
    open,
  }) => {
    const script = 'Math.random = () => 0.999;';
    const { server, context, session } = await open({ user: 'ann', tokenLifeMs: 2000, script });
    await context.setOffline(true);
    await eventually(async () => expect(await session()).toMatchObject({ problem: { kind: 'network', attempts: 5 } }));
    const before = server.log.refreshes().length;
    const since = Date.now();
    await context.setOffline(false);
    await eventually(async () => expect(await session()).not.toHaveProperty('problem'));
    expect(Number(refreshesSince(server, before)[0]?.at) - since).toBeLessThan(5000);
  });
});

describe.concurrent('a refresh endpoint that hangs', () => {
  test('keeps a page that starts loading, with its problem, is asked once, and its late answer counts', async ({
    open,
  }) => {
    const world = await open({ user: 'ann' });
    const { server, reload, start, session, call, known, page } = world;
    const before = server.log.refreshes().length;
    await reload();
    const answer = gate();
    server.faults.next('/auth/refresh', { after: answer.pass });
    await start({ refreshTimeoutMs: 1000 });
    expect(await call('/api/echo')).toMatchObject({ code: 'refresh_unavailable' });
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    expect(await session()).toMatchObject({ status: 'loading', problem: { kind: 'timeout' } });
    expect(await call('/api/echo')).toMatchObject({ code: 'refresh_unavailable' });
    expect(refreshesSince(server, before)).toHaveLength(1);
    answer.open();
    expect(await known()).toMatchObject({ status: 'authenticated' });
    expect(await call('/api/echo')).toMatchObject(ok);
    await expectNothingLost(world);
  });
});
