import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { startForeign } from './harness/foreign.ts';
import { test, type World } from './harness/world.ts';

/** The ways in which a page of another origin can have a request sent with our cookies. They run in that page. */
const forgeries: readonly (readonly [name: string, forge: (url: string) => Promise<unknown> | undefined])[] = [
  ['a no-cors fetch', (url) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' })],
  [
    'a no-cors fetch with a body of text',
    (url) =>
      fetch(url, {
        method: 'POST',
        mode: 'no-cors',
        credentials: 'include',
        body: '{"name":"mallory","password":"right"}',
      }),
  ],
  ['a cors fetch', (url) => fetch(url, { method: 'POST', credentials: 'include' })],
  [
    'a fetch with our header',
    (url) => fetch(url, { method: 'POST', credentials: 'include', headers: { 'X-Auth-Client': '1' } }),
  ],
  [
    'a beacon',
    (url) => {
      navigator.sendBeacon(url, 'name=mallory&password=right');
      return undefined;
    },
  ],
  ['a GET', (url) => fetch(url, { mode: 'no-cors', credentials: 'include' })],
  [
    'an image',
    (url) =>
      new Promise((resolve) => {
        const image = new Image();
        image.onload = resolve;
        image.onerror = resolve;
        image.src = url;
      }),
  ],
  [
    'a form in a frame',
    (url) => {
      const frame = document.createElement('iframe');
      frame.name = crypto.randomUUID();
      const form = Object.assign(document.createElement('form'), { method: 'POST', action: url, target: frame.name });
      for (const [name, value] of [
        ['name', 'mallory'],
        ['password', 'right'],
      ] as const) {
        form.append(Object.assign(document.createElement('input'), { name, value }));
      }
      document.body.append(frame, form);
      form.submit();
      return new Promise((resolve) => {
        frame.onload = resolve;
      });
    },
  ],
];

/** Has every forgery sent from a page, against every endpoint. */
const forgeAll = async (page: Page, { server }: World) => {
  for (const path of ['/auth/login', '/auth/refresh', '/auth/logout']) {
    for (const [, forge] of forgeries) {
      await page.evaluate(
        `(async () => { try { await (${forge})(${JSON.stringify(server.origin + path)}); } catch {} })()`,
      );
    }
  }
};

/** What the server knows of Ann's session, as far as a forgery could change it. */
const traces = ({ server }: World) =>
  server.events.map(({ type }) => type).filter((type) => type !== 'request-refused' && type !== 'refresh-rejected');

describe.concurrent('CSRF-2, CSRF-3, CSRF-5: a page of a sibling origin', () => {
  test.for([
    ['another port', 'localhost', {}],
    ['another subdomain', 'evil.demo.test', { tls: true, host: 'app.demo.test' }],
    ['another site', '127.0.0.1', {}],
  ] as const)(
    '(%s) can neither refresh, nor sign out, nor sign in',
    async ([, host, options], { open, onTestFinished }) => {
      const world = await open({ user: 'ann', ...options });
      const isTls = 'tls' in options;
      const evil = isTls ? await open({ tls: true, host, client: false }) : undefined;
      const foreign = evil === undefined ? await startForeign(host) : undefined;
      if (foreign !== undefined) onTestFinished(foreign.down);
      const page = await world.context.newPage();
      await page.goto(evil?.server.origin ?? foreign?.origin ?? '');
      const [cookie] = await world.context.cookies();
      const before = traces(world);
      const seen = world.server.log.all.length;

      await forgeAll(page, world);

      const forged = world.server.log.all.slice(seen).filter(({ path }) => path.startsWith('/auth/'));
      expect(forged.length).toBeGreaterThan(20);
      for (const { method, status } of forged) expect([method, status]).toEqual([method, method === 'GET' ? 405 : 403]);
      expect(traces(world)).toEqual(before);
      expect((await world.context.cookies(world.server.origin))[0]?.value).toBe(cookie?.value);
      // Only the same site sends the cookie along: all that keeps it from being used is the server's refusal.
      expect(forged.some(({ headers }) => headers.cookie?.includes('refresh=') === true)).toBe(host !== '127.0.0.1');
      expect(await world.refresh()).toMatchObject({ status: 200, body: { claims: { user: { name: 'ann' } } } });
    },
  );

  test('that is our own gets through: same-origin, with the header', async ({ open }) => {
    const world = await open({ user: 'ann' });
    const sent = world.server.log.refreshes().at(-1);
    expect(sent?.headers).toMatchObject({ 'sec-fetch-site': 'same-origin', 'x-auth-client': '1' });
    const status = await world.page.evaluate(
      async () => (await fetch('/auth/refresh', { method: 'POST', headers: { 'X-Auth-Client': '1' } })).status,
    );
    expect(status).toBe(200);
  });
});
