import type { Route } from 'playwright';
import { describe, expect } from 'vitest';
import { answering } from './harness/faults.ts';
import { startForeign } from './harness/foreign.ts';
import { test, type World } from './harness/world.ts';

const listed = 'https://api.good.example';

/** Everything that would go elsewhere is answered here, and its headers are kept. */
const intercept = async ({ context, server }: World) => {
  const sent: { readonly url: string; readonly authorization: string | undefined }[] = [];
  await context.route('**/*', async (route: Route) => {
    const request = route.request();
    if (new URL(request.url()).origin === server.origin) return route.continue();
    const { authorization } = await request.allHeaders();
    sent.push({ url: request.url(), authorization });
    const headers = { 'access-control-allow-origin': server.origin, 'access-control-allow-credentials': 'true' };
    return route.fulfill({ status: 401, headers, body: '' });
  });
  return sent;
};

/** Addresses that look like the listed origin or the page's own one. `PORT` is the port of the page. */
const tricks: readonly string[] = [
  'https://evil.test/',
  'https://api.good.example.evil.test/',
  'https://api.good.example@evil.test/',
  'https://api.good.example:443@evil.test/',
  'https://api.good.example%2eevil.test/',
  'https://api.good.example.:443/',
  'https://api.good.example:8443/',
  'http://api.good.example/',
  'http://api.good.example:443/',
  'https://good.example/',
  'https://www.api.good.example/',
  'https://api-good.example/',
  'https://аpi.good.example/',
  'https://evil.test/https://api.good.example/',
  'https://evil.test?https://api.good.example',
  'https://evil.test#@api.good.example/',
  'https://evil.test\\@api.good.example/',
  'https:\\\\evil.test\\api',
  'https:evil.test/',
  'https:///evil.test/',
  '//evil.test/api/echo',
  '///evil.test/api/echo',
  '\\\\evil.test\\api\\echo',
  '/\\evil.test/api/echo',
  '/\t/evil.test/api/echo',
  '\n //evil.test/api/echo',
  'ht\ntps://evil.test/',
  'HTTPS://API.GOOD.EXAMPLE.EVIL.TEST/',
  'http://localhost:PORT@evil.test/',
  'http://localhost.evil.test:PORT/',
  'http://localhost.:PORT/api/echo',
  'http://evil.localhost:PORT/api/echo',
  'http://127.0.0.1:PORT/api/echo',
  'http://2130706433:PORT/api/echo',
  'http://[::1]:PORT/api/echo',
  'https://localhost:PORT/api/echo',
  'http://localhost:1PORT/api/echo',
  'data:text/plain,api.good.example',
  'blob:https://api.good.example/0b9f8ad1-91a8-4be2-a0a1-4e5ad31f6b44',
];

/** Ways to write the listed origin. */
const spellings = [
  'https://api.good.example/x',
  'https://API.Good.Example:443/x',
  'https:\\\\api.good.example/x',
  'https://api\u{3002}good.example/x',
];

/** Sends calls of every form to an address, whatever comes of it. */
const callInEveryForm = ({ page }: World, url: string) =>
  page.evaluate(async (address) => {
    const forms = [
      () => window.auth.authFetch(address),
      () => window.auth.authFetch(address, { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/plain' } }),
      () => window.auth.authFetch(new URL(address, location.href)),
      () => window.auth.authFetch(new Request(address)),
      () => window.auth.fetchWith({ token: 'optional' })(address),
    ];
    for (const form of forms) await window.outcomeOf(async () => form());
  }, url);

describe.concurrent('BB-1, README-7: the token', () => {
  test(`reaches none of ${tricks.length} look-alikes of an allowed address, whatever form the call has`, async ({
    open,
  }) => {
    const world = await open({ user: 'ann', client: { allowedOrigins: [listed] } });
    const sent = await intercept(world);
    const refreshes = world.server.log.refreshes().length;
    for (const trick of tricks) {
      await callInEveryForm(world, trick.replace('1PORT', '1').replace('PORT', String(world.server.port)));
      const reached = sent.filter(({ authorization }) => authorization !== undefined);
      expect({ trick, reached }).toEqual({ trick, reached: [] });
    }
    expect(sent.length).toBeGreaterThan(2 * tricks.length);
    expect(world.server.log.api().filter(({ token }) => token !== undefined)).toEqual([]);
    expect(world.server.log.refreshes()).toHaveLength(refreshes);
  });

  test.for([
    ['the URL of a frame', (url: string) => new (window.frames[0] as Window & typeof globalThis).URL(url)],
    ['the Request of a frame', (url: string) => new (window.frames[0] as Window & typeof globalThis).Request(url)],
    ['an object that fetch makes a text of', (url: string) => ({ toString: () => url })],
    ['an object with an address of its own to show', (url: string) => ({ url: '/api/echo', toString: () => url })],
  ] as const)('does not reach a foreign address that is given as %s', async ([, made], { open }) => {
    const world = await open({ user: 'ann' });
    const sent = await intercept(world);
    await world.page.evaluate(`document.body.append(document.createElement('iframe'))`);
    await world.page.evaluate(
      `window.outcomeOf(async () => window.auth.authFetch((${made})('https://evil.test/given')))`,
    );
    expect(sent).toContainEqual({ url: 'https://evil.test/given', authorization: undefined });
    expect(sent.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  test.for(spellings)('reaches the listed origin written as %j', async (spelling, { open }) => {
    const world = await open({ user: 'ann', client: { allowedOrigins: [listed] } });
    const sent = await intercept(world);
    await world.call(spelling);
    expect(sent).toContainEqual({ url: `${listed}/x`, authorization: expect.stringMatching(/^Bearer /) });
    expect(sent.filter(({ url }) => !url.startsWith(`${listed}/`))).toEqual([]);
  });

  test.for(['https://evil.test/', 'https://api.good.example/deep/'])(
    'stays at home in a page that a <base> bids to resolve addresses against %s',
    async (base, { open }) => {
      const world = await open({ user: 'ann' });
      const sent = await intercept(world);
      await world.page.evaluate((href) => {
        const element = document.createElement('base');
        element.href = href;
        document.head.append(element);
      }, base);
      await callInEveryForm(world, '/api/echo');
      expect(sent.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
      expect(await world.call(`${world.server.origin}/api/echo`)).toMatchObject({ status: 200 });
    },
  );
});

describe.concurrent('BB-2: the target of a redirect to another origin', () => {
  test.for(['302', '307', '308'])(
    'is not sent the token by a %s, and its 401 starts no refresh',
    async (status, { open, onTestFinished }) => {
      const foreign = await startForeign('127.0.0.1');
      onTestFinished(foreign.down);
      const { server, call, session } = await open({ user: 'ann' });
      const refreshes = server.log.refreshes().length;
      const to = `/api/redirect?status=${status}&to=${encodeURIComponent(foreign.origin)}`;
      expect(await call(to)).toMatchObject({ status: 401 });
      expect(await call(to, { method: 'POST', body: 'mine' })).toMatchObject({ status: 401 });
      expect(foreign.received).toHaveLength(2);
      expect(foreign.received.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
      expect(server.log.api().map(({ token }) => token !== undefined)).toEqual([true, true]);
      expect(server.log.refreshes()).toHaveLength(refreshes);
      expect(await session()).toMatchObject({ status: 'authenticated' });
    },
  );

  test('does not get the token to a third place, nor back to where it came from', async ({ open, onTestFinished }) => {
    const foreign = await startForeign('127.0.0.1');
    onTestFinished(foreign.down);
    const { server, call } = await open({ user: 'ann' });
    const back = encodeURIComponent(`${foreign.origin}/?to=${encodeURIComponent(`${server.origin}/api/back`)}`);
    await call(`/api/redirect?to=${back}`);
    expect(foreign.received.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(server.log.of('/api/back').filter(({ token }) => token !== undefined)).toEqual([]);
  });

  test('is another one when the origin is the same, and then the call goes on with its token', async ({ open }) => {
    const { server, call } = await open({ user: 'ann' });
    server.api.refuseTokensSoFar();
    expect(await call(`/api/redirect?to=${encodeURIComponent('/api/echo')}`)).toMatchObject({ status: 200 });
    expect(server.log.of('/api/echo').map(({ user }) => user)).toEqual(['id-ann']);
  });

  test('is never followed by a refresh: a refresh endpoint that redirects gets nothing on its way', async ({
    open,
    onTestFinished,
  }) => {
    const foreign = await startForeign('127.0.0.1');
    onTestFinished(foreign.down);
    const { server, refresh, session } = await open({ user: 'ann', client: { refreshTimeoutMs: 1500 } });
    server.faults.next('/auth/refresh', answering(307, { location: foreign.origin }), 50);
    expect(await refresh()).toMatchObject({ code: 'refresh_unavailable' });
    expect(foreign.received).toEqual([]);
    expect(await session()).toMatchObject({ status: 'authenticated', problem: { kind: 'redirected' } });
  });
});
