import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright';
import { expect } from 'vitest';
import { createDemo } from '../../../demo/server/demo.ts';
import { demoUsers } from '../../../demo/server/seed.ts';
import { type RunningDemo, startDemo } from '../../../demo/server/start.ts';
import { oncePerRun } from '../../once/once-per-run.ts';
import { findLeaks, spyOn } from './leaks.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { test as withBrowser } from './world.ts';

export const [ada, grace] = demoUsers;

interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** The demo, running, and somebody in front of it. */
export interface DemoWorld {
  readonly url: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the server has counted since it was started. */
  counts(): Promise<Record<'refreshRequests' | 'refreshes' | 'apiCalls' | 'apiRefusals' | 'expiredTokens', number>>;
  /** The refreshes that the page has asked for. */
  readonly refreshes: readonly { readonly at: number; readonly request: Request }[];
  /** The reports that the page has sent, whatever became of them. */
  readonly posts: readonly Request[];
  /** The reports that the server has of a user. */
  reportsOf(user: Credentials): Promise<readonly object[]>;
  /** Ends the session on the server. */
  revoke(): Promise<void>;
  /** Fills in a sign-in form, and sends it. */
  signIn(form?: Locator, user?: Credentials): Promise<void>;
  expectStatus(status: 'authenticated' | 'unauthenticated' | 'relogin-required'): Promise<void>;
}

/** A folder with the demo's app, built once in a run. */
export const builtApp = (): Promise<string> =>
  oncePerRun('demo-app', async (folder) => {
    const vite = fileURLToPath(new URL('../../../node_modules/vite/bin/vite.js', import.meta.url));
    const app = fileURLToPath(new URL('../../../demo/app', import.meta.url));
    const env = { ...process.env, NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, [vite, 'build', app, '--outDir', folder, '--emptyOutDir'], { env });
  });

/** A database with the demo's users, to copy: hashing their passwords takes a core half a second. */
const seededDatabase = async (): Promise<string> => {
  const name = 'demo.sqlite';
  const folder = await oncePerRun('demo-database', async (place) => {
    const demo = await createDemo({ dbFile: join(place, name) });
    await demo.close();
  });
  return join(folder, name);
};

/** Tests with the demo as `npm run demo` has it: built from its sources, with its switches, on a port of its own. */
export const test = withBrowser.extend('demo', async ({ browser }, { onCleanup }): Promise<DemoWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'silent-refresh-demo-'));
  const dbFile = join(folder, 'demo.sqlite');
  await copyFile(await seededDatabase(), dbFile);
  const running = await startDemo({ port: 0, controls: true, appDir: await builtApp(), dbFile });
  const { world, end } = await visit(browser, running);
  onCleanup(async () => {
    try {
      await end();
    } finally {
      await running.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
  return world;
});

const visit = async (browser: Browser, { url }: RunningDemo) => {
  // A timeline that glides keeps a core busy for each page.
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  await context.addInitScript(`addEventListener('securitypolicyviolation', (event) => {
    console.error('Violation of the content security policy:', event.violatedDirective, event.blockedURI);
  })`);
  const spying = spyOn(context);
  const secrets = createSecrets();
  const refreshes: { at: number; request: Request }[] = [];
  const posts: Request[] = [];
  const errors: string[] = [];
  const learning: Promise<void>[] = [];
  context.on('request', (request) => {
    if (request.url() === `${url}/auth/refresh`) refreshes.push({ at: Date.now(), request });
    if (request.url() === `${url}/api/reports` && request.method() === 'POST') posts.push(request);
  });
  context.on('console', (message) => {
    // The browser itself says so of every 401, whoever expected it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  context.on('response', (response) => {
    if (response.url().includes('/auth/')) learning.push(learn(response, secrets));
  });
  const page = await context.newPage();
  await page.goto(url);
  const world: DemoWorld = {
    url,
    page,
    context,
    refreshes,
    posts,
    reportsOf: (user) => reportsOf(url, user),
    revoke: () =>
      page.evaluate(async () => {
        const headers = { 'Content-Type': 'application/json' };
        await fetch('/demo/revoke', { method: 'POST', headers, body: '{}' });
      }),
    counts: async () => (await (await fetch(`${url}/demo/state`)).json()).counters,
    signIn: async (form = page.locator('.sign-in-screen'), user = ada) => {
      await form.getByLabel('User name').fill(user.name);
      await form.getByLabel('Password').fill(user.password);
      await form.getByRole('button', { name: 'Sign in', exact: true }).click();
    },
    expectStatus: (status) => page.locator(`[data-status=${status}]`).waitFor({ timeout: 45_000 }),
  };
  const end = async () => {
    try {
      await Promise.all(learning);
      expect(await findLeaks(context, spying, secrets), 'secrets outside of memory and cookie jar').toEqual([]);
      expect(spying.uncaught, 'errors that nobody caught').toEqual([]);
      expect(errors, 'errors on the console').toEqual([]);
      expect(spying.said.filter((line) => /Violation|Security Policy|hydrat/i.test(line))).toEqual([]);
    } finally {
      await context.close();
    }
  };
  return { world, end };
};

/** Asks as a client of its own, with a session of its own. */
const reportsOf = async (url: string, { name, password }: Credentials): Promise<readonly object[]> => {
  const headers = { Origin: url, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ userName: name, password });
  const { access_token } = await (await fetch(`${url}/auth/login`, { method: 'POST', headers, body })).json();
  const answer = await fetch(`${url}/api/reports`, { headers: { Authorization: `Bearer ${access_token}` } });
  return (await answer.json()).reports;
};

const learn = async (response: import('playwright').Response, secrets: Secrets): Promise<void> => {
  const headers = new Headers();
  for (const { name, value } of await response.headersArray().catch(() => [])) {
    if (name.toLowerCase() === 'set-cookie') headers.append(name, value);
  }
  await secrets.learn(new Response(await response.text().catch(() => ''), { headers }));
};

/** The timeline, which says in words what it shows. */
export const activity = (page: Page): Locator => page.getByRole('img', { name: /Activity of the last minute/ });

/** Nothing is cut off at the right of the window, and nothing makes the page wider than that. */
export const expectFits = async (page: Page, where: string): Promise<void> => {
  const { clientWidth, ...found } = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const clips = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX !== 'visible' || clips(element.parentElement));
    const outside = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !clips(element.parentElement))
      .map((element) => element.outerHTML.slice(0, 80));
    return { clientWidth, width: scrollWidth, outside };
  });
  expect({ where, ...found }).toEqual({ where, width: page.viewportSize()?.width ?? clientWidth, outside: [] });
};
