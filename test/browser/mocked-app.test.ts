import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TestAuthority } from '../../src/testing/index.ts';
import { startServer } from '../examples/harness/server.ts';
import { documentedFiles } from '../package/documented-files.ts';
import { type InstalledApp, installFiles, lend } from '../package/installed-app.ts';
import { launch } from './harness/browser.ts';

const documented = [...documentedFiles('docs/testing.md')];
const inPage = /^(mocks\.ts|main\.tsx|note\.tsx|orders\.tsx|orders\.stories\.tsx)$/;
const pageOf = (script: string) =>
  `<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="${script}"></script>`;

/** What a tool for stories does: it shows one by its name, and takes it away again for the next. */
const showStories = `import { createRoot } from 'react-dom/client';
import * as stories from './orders.stories';
let root;
globalThis.show = (name) => {
  root?.unmount();
  root = createRoot(document.body.appendChild(document.createElement('main')));
  root.render(stories[name].render());
};
`;

const config = `import react from '@vitejs/plugin-react';
const server = { port: Number(process.env.PORT), strictPort: true };
export default { plugins: [react()], server, preview: server };
`;

const VITE = 'node_modules/vite/bin/vite.js';

/** An app of the documented files with this version of msw, which `npx msw init` has given its worker. */
const createApp = async (msw: 'msw 2' | 'msw 3'): Promise<InstalledApp> => {
  const dependencies = msw === 'msw 2' ? { msw: '2.15.0' } : {};
  const app = await installFiles(
    new Map([
      ...documented.filter(([name]) => inPage.test(name)),
      ['package.json', JSON.stringify({ private: true, type: 'module', dependencies })],
      ['index.html', pageOf('/main.tsx')],
      ['stories.html', pageOf('/stories.js')],
      ['stories.js', showStories],
      ['vite.config.js', config],
    ]),
  );
  lend(app.folder, 'react', 'react-dom', 'vite', '@vitejs/plugin-react', ...(msw === 'msw 3' ? ['msw'] : []));
  mkdirSync(join(app.folder, 'public'));
  const worker = 'mockServiceWorker.js';
  cpSync(join(app.folder, 'node_modules/msw/lib', worker), join(app.folder, 'public', worker));
  return app;
};

const build = ({ folder }: InstalledApp, ...args: string[]) => {
  const env = { ...process.env, NODE_ENV: undefined };
  return promisify(execFile)(process.execPath, [VITE, 'build', '--logLevel', 'error', ...args], { cwd: folder, env });
};

const scriptsIn = (folder: string): string =>
  readdirSync(join(folder, 'assets'))
    .map((name) => readFileSync(join(folder, 'assets', name), 'utf8'))
    .join('\n');

/** What the documented page leaves for the console. */
declare const authority: TestAuthority;

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser?.close());

/** A page of its own browser context, once it shows who is signed in. It may not fail, and we may warn of nothing in it. */
const visit = async (address: string) => {
  const page = await (await browser.newContext()).newPage();
  const said: string[] = [];
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('console', (message) => message.text().includes('silent-refresh]') && said.push(message.text()));
  onTestFinished(async () => {
    await page.context().close();
    expect(said).toEqual([]);
  });
  await page.goto(address);
  return page;
};

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const shows = (page: Page, text: string) => page.getByText(text).waitFor();
const pathsOf = (page: Page) => page.evaluate(() => authority.requests.map(({ path }) => path));

describe.each([
  ['msw 3', 'serve'],
  ['msw 2', 'preview'],
] as const)("the documented page with %s, from Vite's `%s`", (msw, command) => {
  let app: InstalledApp;
  let server: Awaited<ReturnType<typeof startServer>>;

  beforeAll(async () => {
    app = await createApp(msw);
    if (command === 'preview') await build(app, '--mode', 'mocks');
    server = await startServer([VITE, command, '--mode', 'mocks'], app.folder, {});
  }, 180_000);

  afterAll(async () => {
    await server?.stop();
    app?.remove();
  });

  const open = async () => {
    const page = await visit(server.url);
    await shows(page, 'Orders of Ada');
    return page;
  };

  it('has the version of msw that it says', () => {
    const { version } = JSON.parse(readFileSync(join(app.folder, 'node_modules/msw/package.json'), 'utf8'));
    expect(version).toMatch(msw === 'msw 2' ? /^2\./ : /^3\./);
  });

  it('finds who is signed in, calls, and finds them again after a reload', async () => {
    const page = await open();
    await press(page, 'Load');
    await shows(page, 'Tea');
    expect(await pathsOf(page)).toEqual(['/auth/refresh']);
    await page.reload();
    await shows(page, 'Orders of Ada');
    await press(page, 'Load');
    await shows(page, 'Tea');
  });

  it('refuses a call without a token', async () => {
    const page = await open();
    expect(await page.evaluate(() => fetch('/api/orders').then(({ status }) => status))).toBe(401);
  });

  it('replaces a token that the API takes for expired, and loses nothing', async () => {
    const page = await open();
    await page.evaluate(() => authority.expireTokens());
    await press(page, 'Load');
    await shows(page, 'Tea');
    expect(await pathsOf(page)).toEqual(['/auth/refresh', '/auth/refresh']);
  });

  it('asks again for a response that was lost, and the session goes on', async () => {
    const page = await open();
    await page.evaluate(() => {
      authority.expireTokens();
      authority.loseNextAnswer();
    });
    await press(page, 'Load');
    await shows(page, 'Tea');
    expect(await pathsOf(page)).toEqual(['/auth/refresh', '/auth/refresh', '/auth/refresh']);
    await page.evaluate(() => authority.expireTokens());
    await press(page, 'Load');
    await expect.poll(() => pathsOf(page)).toHaveLength(4);
    await shows(page, 'Orders of Ada');
  });

  it('asks again after an overload', async () => {
    const page = await open();
    await page.evaluate(() => {
      authority.expireTokens();
      authority.answerNext(503);
    });
    await press(page, 'Load');
    await shows(page, 'Tea');
  });

  it('holds a call of an ended session until its user has signed in again', async () => {
    const page = await open();
    await page.evaluate(() => authority.revoke());
    await page.getByLabel('Note').fill('Buy milk');
    await press(page, 'Save');
    await page.getByLabel('Password').fill('secret');
    await press(page, 'Sign in again');
    await shows(page, 'Saved: Buy milk');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('signs out, and begins anew after a reload', async () => {
    const page = await open();
    await press(page, 'Sign out');
    await shows(page, 'Please sign in.');
    expect((await pathsOf(page)).at(-1)).toBe('/auth/logout');
    await page.reload();
    await shows(page, 'Orders of Ada');
  });

  if (command === 'serve') {
    it('shows each story in its state, without a worker', async () => {
      const page = await visit(`${server.url}/stories.html`);
      const show = (name: string) => page.evaluate(`show('${name}')`);
      for (let round = 0; round < 2; round++) {
        await show('SignedIn');
        await press(page, 'Load');
        await shows(page, 'Tea');
        await show('LockedOut');
        await shows(page, 'Orders of Ada');
        expect(await page.getByRole('alert').textContent()).toBe('Please sign in again.');
      }
      expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations())).toEqual([]);
    });
  } else {
    it('has nothing of the kit or of msw in a production build', async () => {
      const isIn = (folder: string) =>
        /createTestAuthority|mockServiceWorker/.test(scriptsIn(join(app.folder, folder)));
      await build(app, '--outDir', 'shipped');
      expect({ mocks: isIn('dist'), shipped: isIn('shipped') }).toEqual({ mocks: true, shipped: false });
    });
  }
});
