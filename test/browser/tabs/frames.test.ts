import type { Frame } from 'playwright';
import { describe, expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { delay } from '../harness/faults.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { test, type World } from '../harness/world.ts';

const html = (body: string) => () =>
  new Response(`<!doctype html>${body}`, { headers: { 'content-type': 'text/html' } });

/** Opens a page with a frame in it, and starts a client in the frame. */
const frameIn = async (world: World, server: TestServer, markup: string): Promise<Frame> => {
  server.pages.set('/around', html(markup));
  const page = await world.context.newPage();
  await page.goto(`${server.origin}/around`);
  const frame = page.frames()[1];
  if (frame === undefined) throw new Error('There is no frame.');
  await frame.waitForFunction(() => window.begin !== undefined);
  return frame;
};

const sessionIn = (frame: Frame) => frame.evaluate(() => window.auth.getSession());
/** How the wait for a token ends: with the name of an error, since there is none. */
const tokenIn = (frame: Frame) =>
  frame.evaluate(() =>
    window.auth.getAccessToken().then(
      () => 'a token',
      ({ name }: Error) => name,
    ),
  );
const callIn = (frame: Frame) => frame.evaluate(() => window.outcomeOf(() => window.auth.authFetch('/api/echo')));

describe.concurrent('CK-13: a frame in a page of another site', () => {
  test.for(['share', 'turns', 'off'] as const)(
    'says that the session is unavailable in a frame, and asks the server once (tabs: %s)',
    async (tabs, { open, onTestFinished }) => {
      const world = await open({ tls: true, user: 'ann', graceMs: 0 });
      const { server } = world;
      const around = await startServer({ tls: true, host: 'around.demo.test' });
      onTestFinished(around.down);
      const before = server.log.refreshes().length;
      const frame = await frameIn(world, around, `<iframe src="${server.origin}/frame"></iframe>`);
      await frame.evaluate((mode) => window.begin({ tabs: mode }), tabs);
      await eventually(async () =>
        expect(await sessionIn(frame)).toEqual({ status: 'unauthenticated', reason: 'unavailable-in-frame' }),
      );
      expect(await callIn(frame)).toMatchObject({ error: 'UnauthenticatedError', reason: 'unavailable-in-frame' });
      await delay(1500)();
      expect(server.log.refreshes()).toHaveLength(before + 1);
      expect(server.log.refreshes().at(-1)?.headers.cookie).toBeUndefined();
      expect(server.log.api()).toEqual([]);

      // The page that is no frame is none the worse for it.
      expect(await world.session()).toMatchObject({ status: 'authenticated' });
      expect(await world.refresh()).toMatchObject({ status: 200 });
    },
  );
});

const cors = {
  'access-control-allow-origin': 'null',
  'access-control-allow-credentials': 'true',
  'access-control-allow-headers': 'x-auth-client, idempotency-key',
};

describe.concurrent('TAB-12: a sandboxed frame, which has no origin', () => {
  const sandboxed = '<iframe sandbox="allow-scripts" src="/frame"></iframe>';

  /** The server knows nobody there, and lets the frame hear that. */
  const openFrame = async (world: World) => {
    const { server } = world;
    server.faults.next('/auth/refresh', { answer: () => new Response(null, { status: 204, headers: cors }) }, 2);
    return frameIn(world, server, sandboxed);
  };

  const expectUnavailable = async ({ server, session, call }: World, frame: Frame) => {
    await eventually(
      async () => expect(await sessionIn(frame)).toEqual({ status: 'unauthenticated', reason: 'unavailable-in-frame' }),
      { timeout: 5000 },
    );
    expect(await tokenIn(frame)).toBe('UnauthenticatedError');
    expect(
      server.log.refreshes().filter(({ method, headers }) => method === 'POST' && headers.origin === 'null'),
    ).toHaveLength(1);
    expect(await session()).toMatchObject({ status: 'authenticated' });
    expect(await call('/api/echo')).toMatchObject({ status: 200 });
  };

  test('says that the session is unavailable in a frame, where the app itself asks the server', async ({ open }) => {
    const world = await open({ tls: true, user: 'ann', graceMs: 0 });
    const frame = await openFrame(world);
    await frame.evaluate((address) => {
      window.begin({ sessionName: 'frame', endpoints: { refresh: (init) => fetch(address, init) } });
    }, `${world.server.origin}/auth/refresh`);
    await expectUnavailable(world, frame);
  });

  // Nothing can be resolved against the origin `null`, not even an address that needs no base: the server is never asked.
  test.for(['', 'https://localhost'])(
    'says that the session is unavailable in a frame, with the endpoint at "%s/auth/refresh"',
    async (address, { open }) => {
      const world = await open({ tls: true, user: 'ann', graceMs: 0 });
      const frame = await openFrame(world);
      const refresh = address === '' ? '/auth/refresh' : `${world.server.origin}/auth/refresh`;
      await frame.evaluate((endpoint) => window.begin({ endpoints: { refresh: endpoint } }), refresh);
      await expectUnavailable(world, frame);
    },
  );

  test('has its calls rejected in bounded time where it may not ask the server, and throws nothing', async ({
    open,
  }) => {
    const world = await open({ tls: true, user: 'ann', graceMs: 0 });
    const frame = await frameIn(world, world.server, sandboxed);
    await frame.evaluate(() => window.begin({ refreshTimeoutMs: 1000 }));
    expect(await tokenIn(frame)).toBe('RefreshUnavailableError');
    expect(await sessionIn(frame)).toMatchObject({ status: 'loading', problem: { kind: 'network' } });
    expect(await frame.evaluate(() => window.auth.signOut())).toEqual({ confirmed: false });
    expect(await world.session()).toMatchObject({ status: 'authenticated' });
    expect(await world.call('/api/echo')).toMatchObject({ status: 200 });
  });
});
