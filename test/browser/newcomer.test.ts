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

/** A quick start that has been copied, with the packed package. */
interface Copied {
  readonly app: InstalledApp;
  /** Of the server. */
  readonly port: number;
}

let browser: Browser;
const copies: Copied[] = [];
const running = new Set<ChildProcess>();

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([...running].map(end));
  for (const { app } of copies) app.remove();
});

/** Copies the files of a document into an empty app. */
const copy = async (document: string, ...names: string[]): Promise<Copied> => {
  const port = await freePort();
  const files = documentedFiles(document);
  expect([...files.keys()]).toEqual(names);
  // The only change: another program of this machine may have the port.
  const changed = [...files].map(([name, code]) => [name, code.replaceAll('3000', `${port}`)] as const);
  const copied = { app: await installFiles(new Map([...emptyApp, ...changed])), port };
  copies.push(copied);
  lend(copied.app.folder, 'react', 'react-dom', 'express', 'vite', '@vitejs/plugin-react');
  return copied;
};

/** Runs a program of the app until it answers at the address. */
const run = async ({ app }: Copied, args: readonly string[], address: string): Promise<ChildProcess> => {
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

const startServer = (copied: Copied) => run(copied, ['server.js'], `http://localhost:${copied.port}`);

const VITE = join('node_modules', 'vite', 'bin', 'vite.js');

const build = ({ app }: Copied): Promise<void> =>
  new Promise((resolve) => {
    const options = { cwd: app.folder, stdio: 'inherit' } as const;
    spawn(process.execPath, [VITE, 'build', '--logLevel', 'error'], options).once('exit', () => resolve());
  });

const startVite = async (copied: Copied, command: 'serve' | 'preview'): Promise<string> => {
  const own = await freePort();
  const address = `http://localhost:${own}`;
  await run(copied, [VITE, command, '--port', `${own}`, '--strictPort'], address);
  return address;
};

/** A page of its own session, what its console said of us or of a fault, and what it alerted. */
const visit = async (address: string) => {
  const page = await (await browser.newContext()).newPage();
  const said: string[] = [];
  const alerts: string[] = [];
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('console', (message) => message.text().startsWith('[silent-refresh]') && said.push(message.text()));
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.accept();
  });
  await page.goto(address);
  return { page, said, alerts };
};

const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).click();
const shown = (page: Page, text: string) => page.getByText(text).waitFor();

describe('the quick start of the README, copied into an empty app of Vite and Express with the packed package,', () => {
  let copied: Copied;

  beforeAll(async () => {
    copied = await copy('README.md', 'src/main.tsx', 'server.js');
  }, 120_000);

  it('signs in, calls, survives a reload and a forced re-login', async () => {
    await build(copied);
    let server = await startServer(copied);
    const { page, said, alerts } = await visit(`http://localhost:${copied.port}`);
    const answers = (count: number) => expect.poll(() => alerts).toEqual(Array(count).fill('{"id":"1"}'));
    await press(page, /Sign in/);
    await press(page, /Who am I/);
    await answers(1);

    await page.reload();
    await press(page, /Who am I/);
    await answers(2);

    await end(server);
    server = await startServer(copied); // knows nobody any more
    await press(page, /Who am I/);
    await press(page, /Sign in/);
    await answers(3); // the call was held

    expect(said).toEqual([]);
    await end(server);
  });
});

describe('the quick start of docs/quick-start.md, copied in the same way,', () => {
  let copied: Copied;

  beforeAll(async () => {
    copied = await copy('docs/quick-start.md', 'server.js', 'vite.config.ts', 'src/main.tsx');
  }, 120_000);

  const signIn = async (page: Page, password = 'secret') => {
    await page.getByPlaceholder('Name').fill('ada');
    await page.getByPlaceholder('Password').fill(password);
    await press(page, /Sign in/);
  };

  /** Signs in, calls, reloads, and calls again without a sign-in. */
  const signInCallReload = async (page: Page) => {
    await signIn(page);
    await press(page, /Who am I/);
    await shown(page, 'Who am I? {"id":"1"}');
    await page.reload();
    await press(page, /^Who am I\?$/);
    await shown(page, 'Who am I? {"id":"1"}');
  };

  it('refuses a wrong password, signs in, calls, survives a reload and a forced re-login, with Vite’s server', async () => {
    let server = await startServer(copied);
    const { page, said } = await visit(await startVite(copied, 'serve'));
    await signIn(page, 'wrong');
    await shown(page, 'That did not work.');
    await signInCallReload(page);

    await page.reload();
    await shown(page, 'Who am I?');
    await end(server);
    server = await startServer(copied); // knows nobody any more
    await press(page, /^Who am I\?$/);
    await signIn(page);
    await shown(page, 'Who am I? {"id":"1"}'); // the call was held

    expect(said).toEqual([]);
    await end(server);
  });

  it('signs out in all tabs, as it is built for production', async () => {
    const server = await startServer(copied);
    await build(copied);
    const address = await startVite(copied, 'preview');
    const { page, said } = await visit(address);
    await signInCallReload(page);

    const other = await page.context().newPage();
    await other.goto(address);
    await press(other, /Sign out/);
    await page.getByPlaceholder('Name').waitFor();

    expect(said).toEqual([]);
    await end(server);
  });
});
