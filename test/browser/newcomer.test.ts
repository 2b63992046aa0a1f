import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedFiles } from '../package/documented-files.ts';
import { type InstalledApp, installFiles, lend } from '../package/installed-app.ts';
import { launch } from './harness/browser.ts';

/** What `npm create vite` leaves in an empty folder, as far as it matters here. */
const emptyApp = [
  ['package.json', '{ "private": true, "type": "module" }'],
  [
    'index.html',
    '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/src/main.tsx"></script>',
  ],
] as const;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const isUp = (address: string): Promise<boolean> =>
  fetch(address).then(
    () => true,
    () => false,
  );

let app: InstalledApp;
let browser: Browser;
let port: number;
const running = new Set<ChildProcess>();

/** Runs a program of the app until it answers at the address. */
const run = async (args: readonly string[], address: string): Promise<ChildProcess> => {
  const program = spawn(process.execPath, args, { cwd: app.folder, stdio: 'ignore' });
  running.add(program);
  await expect.poll(() => isUp(address), { timeout: 30_000 }).toBe(true);
  return program;
};

const end = (program: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    running.delete(program);
    if (program.exitCode !== null) return resolve();
    program.once('exit', () => resolve());
    program.kill();
  });

const startServer = () => run(['server.js'], `http://localhost:${port}`);

const startVite = async (...command: string[]): Promise<string> => {
  const own = await freePort();
  const address = `http://localhost:${own}`;
  await run([join('node_modules', 'vite', 'bin', 'vite.js'), ...command, '--port', `${own}`, '--strictPort'], address);
  return address;
};

beforeAll(async () => {
  port = await freePort();
  const quickStart = documentedFiles('README.md');
  expect([...quickStart.keys()]).toEqual(['src/main.tsx', 'server.js', 'vite.config.ts']);
  // The only change: another program of this machine may have the port.
  const copied = [...quickStart].map(([name, code]) => [name, code.replaceAll('3000', `${port}`)] as const);
  app = await installFiles(new Map([...emptyApp, ...copied]));
  lend(app.folder, 'react', 'react-dom', 'express', 'vite', '@vitejs/plugin-react');
  browser = await launch();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await Promise.all([...running].map(end));
  app?.remove();
});

/** A page of its own session, and what its console said of us or of a fault. */
const visit = async (address: string) => {
  const page = await (await browser.newContext()).newPage();
  const said: string[] = [];
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('console', (message) => message.text().startsWith('[silent-refresh]') && said.push(message.text()));
  await page.goto(address);
  return { page, said };
};

const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).click();
const shown = (page: Page, text: string) => page.getByText(text).waitFor();

/** Signs in, calls, reloads, and calls again without a sign-in. */
const signInCallReload = async (page: Page) => {
  await press(page, /Sign in/);
  await press(page, /Who am I/);
  await shown(page, 'Who am I? {"id":"1"}');
  await page.reload();
  await press(page, /^Who am I\?$/);
  await shown(page, 'Who am I? {"id":"1"}');
};

describe('the quick start of the README, copied into an empty app of Vite and Express with the packed package,', () => {
  it('signs in, calls, survives a reload and a forced re-login, with Vite’s server', async () => {
    let server = await startServer();
    const { page, said } = await visit(await startVite('serve'));
    await signInCallReload(page);

    await page.reload();
    await shown(page, 'Who am I?');
    await end(server);
    server = await startServer(); // knows nobody any more
    await press(page, /^Who am I\?$/);
    await press(page, /Sign in/);
    await shown(page, 'Who am I? {"id":"1"}'); // the call was held

    expect(said).toEqual([]);
    await end(server);
  });

  it('works as it is built for production', async () => {
    const server = await startServer();
    await new Promise((resolve) => {
      const vite = join('node_modules', 'vite', 'bin', 'vite.js');
      spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: app.folder, stdio: 'inherit' }).once(
        'exit',
        resolve,
      );
    });
    const { page, said } = await visit(await startVite('preview'));
    await signInCallReload(page);
    expect(said).toEqual([]);
    await end(server);
  });
});
