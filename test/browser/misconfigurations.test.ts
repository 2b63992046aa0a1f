import type { Browser, Response } from 'playwright';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Terminal } from '../../src/cli/command.ts';
import { runDoctor } from '../../src/cli/doctor/doctor.ts';
import { launch } from './harness/browser.ts';
import { misconfigurations } from './misconfigured/cases.ts';
import { startServer } from './misconfigured/servers.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  // The script of the page is bundled once, before any time is measured.
  const { origin, close } = await startServer();
  await fetch(`${origin}/page.js`);
  close();
});

afterAll(() => browser?.close());

/** What the doctor finds wrong with a server. */
const findingsOf = async (args: readonly string[]): Promise<readonly string[]> => {
  const written: string[] = [];
  const terminal: Terminal = {
    env: {},
    write: (text) => void written.push(text),
    warn: () => {},
    askSecret: async () => undefined,
  };
  const who = ['--user', 'ann', '--password', 'right'];
  await runDoctor([...args, ...who, '--json'], terminal, { fetch, now: Date.now });
  const { findings } = JSON.parse(written.join('\n')) as { findings: { level: string; check: string }[] };
  return findings.filter(({ level }) => level !== 'ok').map(({ level, check }) => `${level} ${check}`);
};

/** A page with what its console says, and what is in the answers to its requests. */
const open = async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said: string[] = [];
  const answers: string[] = [];
  const read = (response: Response) =>
    response.text().then(
      (text) => void answers.push(text),
      () => undefined,
    );
  page.on('console', (message) => ['warning', 'error'].includes(message.type()) && said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('response', (response) => {
    if (response.request().method() === 'POST') void read(response);
  });
  return { context, page, said, answers };
};

describe.concurrent('within five seconds, a developer is told of', () => {
  it.for(misconfigurations)('$what (C-60 to C-64, S-10, S-12, S-13)', async (wrong, { expect, onTestFinished }) => {
    const scene = await wrong.stage();
    const { context, page, said, answers } = await open();
    onTestFinished(async () => {
      await context.close();
      scene.close();
    });
    await page.goto(scene.page);
    await wrong.act(page, scene);
    const told = { timeout: 5_000, interval: 50 };
    for (const text of wrong.says ?? []) {
      await expect.poll(() => said, told).toContainEqual(expect.stringMatching(text));
    }
    if (wrong.answers) await expect.poll(() => answers.join('\n'), told).toMatch(wrong.answers);
    if (wrong.logs) await expect.poll(() => scene.log?.join('\n'), told).toMatch(wrong.logs);
    if (wrong.finds) expect(await findingsOf(scene.doctor ?? [])).toContain(wrong.finds);
  });
});

describe('a set-up that is right', () => {
  it('is told nothing, and the doctor finds nothing (C-60)', async ({ expect, onTestFinished }) => {
    const { origin, log, close } = await startServer();
    const { context, page, said } = await open();
    onTestFinished(async () => {
      await context.close();
      close();
    });
    for (const _visit of ['first', 'second']) {
      await page.goto(origin);
      await page.evaluate(async () => {
        const auth = window.lab.createAuthClient();
        auth.start();
        if ((await auth.ready()).status !== 'authenticated') await auth.signIn({ username: 'ann', password: 'right' });
        await auth.authFetch('/api/me');
      });
    }
    expect([said, log]).toEqual([[], []]);
    expect(await findingsOf([origin])).toEqual([]);
  });
});
