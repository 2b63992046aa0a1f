import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect } from 'vitest';
import { bundle } from './harness/bundle.ts';
import { eventually } from './harness/eventually.ts';
import { delay } from './harness/faults.ts';
import type { TestServer } from './harness/server.ts';
import { test, type World, type WorldOptions } from './harness/world.ts';
import { App, createApp } from './react-app.tsx';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

interface AppOptions {
  readonly rendered?: string;
  readonly firstCall?: string;
  readonly mode?: 'production' | 'development';
  readonly headers?: Record<string, string>;
}

/** Puts the app on the server at /app. */
const serveApp = (server: TestServer, { rendered = '', firstCall, mode, headers }: AppOptions) => {
  const call = firstCall === undefined ? '' : ` data-first-call="${firstCall}"`;
  const html = `<!doctype html><title>app</title><div id="root"${call}>${rendered}</div><script src="/app.js"></script>`;
  server.pages.set('/app', () => new Response(html, { headers: { 'content-type': 'text/html', ...headers } }));
  server.pages.set('/app.js', async () => {
    const code = await bundle(new URL('./harness/react-page.tsx', import.meta.url), mode ?? 'development');
    return new Response(code, { headers: { 'content-type': 'text/javascript' } });
  });
};

const noteViolations = `
  window.violations = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective }) => window.violations.push(violatedDirective));`;

/** The app in a page of somebody who has signed in before. */
const openApp = async (
  open: (options: WorldOptions) => Promise<World>,
  app: AppOptions = {},
  options: WorldOptions = {},
) => {
  const world = await open({ user: 'ann', script: noteViolations, ...options });
  serveApp(world.server, app);
  const refreshes = world.server.log.refreshes().length;
  await world.page.goto(`${world.server.origin}/app`);
  return { ...world, refreshes: () => world.server.log.refreshes().length - refreshes };
};

const text = ({ page }: Pick<World, 'page'>, id: string) => page.locator(`#${id}`).innerText();

const expectShown = (world: Pick<World, 'page'>, id: string, words: string) =>
  eventually(async () => expect(await text(world, id)).toBe(words));

describe.concurrent('LIF-5: under StrictMode', () => {
  test('the start costs one refresh, and a call made in a first effect waits for it and succeeds', async ({ open }) => {
    const app = await openApp(open, { firstCall: '/api/first' });
    await expectShown(app, 'status', 'authenticated');
    await expectShown(app, 'loaded', '200');
    expect(await text(app, 'name')).toBe('ann');
    expect(app.refreshes()).toBe(1);
    expect(app.server.log.of('/api/first').filter(({ status }) => status !== 200)).toEqual([]);
  });

  test('three silent refreshes render nothing (README-10)', async ({ open }) => {
    const app = await openApp(open, { firstCall: '/api/first' }, { tokenLifeMs: 3000 });
    await expectShown(app, 'loaded', '200');
    const before = await app.page.evaluate(() => ({ ...window.counts.renders }));
    await eventually(() => expect(app.refreshes()).toBeGreaterThanOrEqual(4));
    expect(await callsIn(app, 1)).toEqual(['200']);
    expect(await app.page.evaluate(() => window.counts.renders)).toEqual(before);
  });

  test('a forced re-login is told once, and keeps what somebody was typing', async ({ open }) => {
    const app = await openApp(open);
    await expectShown(app, 'status', 'authenticated');
    await app.page.fill('#draft', 'half a letter');
    const { sid } = await app.page.evaluate(() => window.auth.getSession().claims as { sid: string });
    await app.server.authority.endSession(sid);
    app.server.faults.next('/auth/refresh', { before: delay(600) });
    for (const outcome of await callsIn(app, 20)) expect(outcome).toBe('UnauthenticatedError');
    await expectShown(app, 'status', 'relogin-required revoked');
    expect(await app.page.inputValue('#draft')).toBe('half a letter');
    expect(await text(app, 'name')).toBe('ann');
    expect(await app.page.evaluate(() => window.counts.relogins)).toEqual(['revoked']);

    await app.page.evaluate(() => window.auth.signIn({ name: 'ann', password: 'right' }));
    await expectShown(app, 'status', 'authenticated');
    expect(await app.page.inputValue('#draft')).toBe('half a letter');
    await app.page.evaluate(() => window.auth.signIn({ name: 'bob', password: 'right' }));
    await expectShown(app, 'name', 'bob');
    expect(await app.page.inputValue('#draft')).toBe('');
    expect(await app.page.evaluate(() => window.counts.left)).toBe(1);
  });
});

const callsIn = ({ page }: Pick<World, 'page'>, times: number) =>
  page.evaluate(
    (count) =>
      Promise.all(
        Array.from({ length: count }, () =>
          window.auth.authFetch('/api/echo').then(
            ({ status }) => String(status),
            ({ name }: Error) => name,
          ),
        ),
      ),
    times,
  );

describe.concurrent('markup of a server', () => {
  test.for(['production', 'development'] as const)('is hydrated without a mismatch (%s)', async (mode, { open }) => {
    const rendered = renderToString(createElement(App, createApp()));
    expect(rendered).toContain('loading');
    const app = await openApp(open, { rendered, mode, firstCall: '/api/first' });
    await expectShown(app, 'status', 'authenticated');
    await expectShown(app, 'loaded', '200');
    expect(app.said.filter((line) => /hydrat|mismatch|did not match/i.test(line))).toEqual([]);
    expect(await app.page.evaluate(() => window.mended)).toEqual([]);
    expect(app.refreshes()).toBe(1);
  });
});

describe.concurrent('HDR-1: under a strict Content-Security-Policy', () => {
  test('the app works without a violation', async ({ open }) => {
    const headers = { 'content-security-policy': policy };
    const app = await openApp(open, { mode: 'production', firstCall: '/api/first', headers });
    await expectShown(app, 'loaded', '200');
    await app.page.waitForFunction('document.getElementById("status").innerText === "authenticated"');
    expect(await app.page.evaluate('window.violations')).toEqual([]);
    expect(app.said.filter((line) => /Content.Security.Policy|Trusted ?Type/i.test(line))).toEqual([]);
    expect(app.refreshes()).toBe(1);
    // That a violation would have been noticed:
    await app.page.evaluate(() => {
      new Image().src = '/favicon.ico';
    });
    await app.page.waitForFunction('window.violations.includes("img-src")');
  });
});
