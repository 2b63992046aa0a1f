import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from './built.ts';

const root = join(import.meta.dirname, '../..');
let app: string;

/** An app whose tests run in Jest, with the package as npm installs it. */
beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'silent-refresh-jest-'));
  cpSync(join(import.meta.dirname, 'jest'), app, { recursive: true });
  const built = buildPackage();
  const staged = join(app, 'staged');
  cpSync(built.folder, join(staged, 'dist'), { recursive: true });
  built.remove();
  cpSync(join(root, 'package.json'), join(staged, 'package.json'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', app], { cwd: staged, stdio: 'pipe' });
  rmSync(staged, { recursive: true });
  const [packed] = readdirSync(app).filter((name) => name.endsWith('.tgz'));
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', ...options, `./${packed}`], { cwd: app, stdio: 'pipe' });
}, 240_000);

afterAll(() => rmSync(app, { recursive: true, force: true }));

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Runs the app's tests; each with how it ended, or why none could begin. */
const runJest = (type: 'commonjs' | 'module', config: string, nodeOptions = '') => {
  const description = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as object;
  writeFileSync(join(app, 'package.json'), JSON.stringify({ ...description, type }));
  const jest = join(app, 'node_modules/jest/bin/jest.js');
  const { stdout, stderr } = spawnSync(process.execPath, [jest, '--config', config, '--json', '--no-cache'], {
    cwd: app,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_OPTIONS: nodeOptions },
  });
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as Report).testResults.flatMap(({ message, assertionResults }) =>
    assertionResults.length === 0 ? [message] : assertionResults.map(({ title, status }) => `${title}: ${status}`),
  );
};

const passed = [
  'starts, signs in, calls, refreshes and signs out: passed',
  'shows who is signed in, and who is not any more: passed',
];

describe('an app whose tests run in Jest with jsdom', () => {
  it.each(['jsdom-with-fetch.mjs', 'jest.config.mjs'])('is set up as the documentation says: %s (C-35)', (file) => {
    const documented = readFileSync(join(root, 'docs/testing.md'), 'utf8');
    expect(documented).toContain(readFileSync(join(app, file), 'utf8'));
  });

  it('works with the package compiled to CommonJS (C-35)', () => {
    expect(runJest('commonjs', 'jest.config.mjs')).toEqual(passed);
  }, 60_000);

  it('works with the package as it is, as native modules (C-35)', () => {
    expect(runJest('module', 'jest.native.config.mjs', '--experimental-vm-modules')).toEqual(passed);
  }, 60_000);
});
