import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { packedWithTypes } from '../package/installed-app.ts';
import { type RunningServer, startServer } from './harness/server.ts';
import { testsOf, textsUntil } from './harness/visit.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const ada = { name: 'Ada', password: 'secret' };
const grace = { name: 'Grace', password: 'secret' };

/** The example in a folder of its own, with the packed package, installed and built as its readers do it. */
async function startNext(): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-next-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(root, 'examples/nextjs'), folder, { recursive: true });
    const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    description.dependencies['silent-refresh'] = `file:${await packedWithTypes()}`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
    const env = { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' };
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, env });
    await run('npm', ['run', 'build'], { cwd: folder, env });
    const args = [join(folder, 'node_modules/next/dist/bin/next'), 'start', '-H', '127.0.0.1'];
    const server = await startServer(args, folder, { NEXT_TELEMETRY_DISABLED: '1' });
    const stop = async () => {
      await server.stop();
      remove();
    };
    return { ...server, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

const test = testsOf(startNext);

describe('the Next.js example', { timeout: 500_000 }, () => {
  test('signs in, calls, stays signed in over a reload, and signs out', async ({ visit }) => {
    const { page, signIn } = await visit();
    await signIn(ada);
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    await page.getByRole('button', { name: 'Call the API' }).click();
    await page.getByText('{"id":"1","name":"Ada"}').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.content()).not.toContain('Ada</h1>');
  });

  test('renders on the server what somebody who is signed in sees', async ({ visit }) => {
    const { page, signIn, context } = await visit();
    await signIn(ada);
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    const storageState = await context.storageState();
    const { page: withoutScript } = await visit('/', { javaScriptEnabled: false, storageState });
    expect(await withoutScript.getByRole('heading').innerText()).toBe('Hello, Ada');
    const { page: ofNobody } = await visit('/', { javaScriptEnabled: false });
    expect(await ofNobody.locator('body').innerText()).toBe('One moment…');
  });

  test('shows the user who follows a link on another site, whose cookie the browser keeps back', async ({
    visit,
    server,
  }) => {
    const { page, signIn } = await visit();
    await signIn(ada);
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    await page.route('http://127.0.0.1:9/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${server.url}/">link</a>` }),
    );
    await page.goto('http://127.0.0.1:9/');
    const [document] = await Promise.all([page.waitForResponse(`${server.url}/`), page.getByText('link').click()]);
    expect(await document.text()).not.toContain('Ada');
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
  });

  test('shows the next user nothing of the one before, in any tab', async ({ visit, server }) => {
    const { page, signIn, context } = await visit();
    await signIn(ada);
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    const other = await context.newPage();
    await other.goto(server.url);
    await other.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    for (const each of [page, other]) await each.getByRole('button', { name: 'Sign in' }).waitFor();
    const shown = Promise.all([page, other].map((each) => textsUntil(each, 'h1', 'Hello, Grace')));
    await signIn(grace, other);
    expect(await shown).toEqual([['Hello, Grace'], ['Hello, Grace']]);
  });
});
