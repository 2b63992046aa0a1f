import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedFiles } from './documented-files.ts';
import { type InstalledApp, installApp, lend } from './installed-app.ts';
import { problemsOf } from './type-check.ts';

const root = join(import.meta.dirname, '../..');
const files = documentedFiles('docs/testing.md');
const inJest = ['signed-in.test.tsx', 'relogin.test.tsx', 'loading.test.tsx'];
let app: InstalledApp;

beforeAll(async () => {
  app = await installApp();
}, 240_000);

afterAll(() => app?.remove(), 60_000);

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const run = (args: readonly string[], env: Record<string, string> = {}): string => {
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: app.folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  if (stdout === '') throw new Error(stderr);
  return stdout;
};

const write = (name: string, code: string) => {
  mkdirSync(dirname(join(app.folder, name)), { recursive: true });
  writeFileSync(join(app.folder, name), code);
};

/** Lets Testing Library wait longer than a second, for machines that are busy. */
const patience = "import { configure } from '@testing-library/react';\nconfigure({ asyncUtilTimeout: 15_000 });\n";

const titlesIn = (code = '') => [...code.matchAll(/^test\('(.*?)'/gm)].map(([, title]) => title);

describe('an app whose tests run in Jest with jsdom', () => {
  beforeAll(() => {
    write('patience.js', patience);
    for (const name of [...inJest, 'orders.tsx', 'note.tsx']) {
      const code = (files.get(name) ?? '').replace(/^import .* from 'vitest';\n/m, '');
      const compilerOptions = {
        jsx: ts.JsxEmit.ReactJSX,
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
      };
      write(name.replace('.tsx', '.js'), ts.transpileModule(code, { compilerOptions }).outputText);
    }
  });

  /** Runs the app's tests; each with how it ended, or why none could begin. */
  const runJest = (type: 'commonjs' | 'module', config: string, nodeOptions = '') => {
    const description = JSON.parse(readFileSync(join(app.folder, 'package.json'), 'utf8')) as object;
    write('package.json', JSON.stringify({ ...description, type }));
    const jest = join(app.folder, 'node_modules/jest/bin/jest.js');
    const patient = ['--setupFilesAfterEnv', './patience.js', '--testTimeout', '30000'];
    const report = run([jest, '--config', config, '--json', '--no-cache', ...patient], { NODE_OPTIONS: nodeOptions });
    return (JSON.parse(report) as Report).testResults.flatMap(({ message, assertionResults }) =>
      assertionResults.length === 0 ? [message] : assertionResults.map(({ title, status }) => `${title}: ${status}`),
    );
  };

  const passed = [
    'starts, signs in, calls, refreshes and signs out',
    'shows who is signed in, and who is not any more',
    ...inJest.flatMap((name) => titlesIn(files.get(name))),
  ].map((title) => `${title}: passed`);

  it.each(['jsdom-with-fetch.mjs', 'jest.config.mjs'])('is set up as the documentation says: %s (C-35)', (file) => {
    expect(files.get(file)).toContain(readFileSync(join(app.folder, file), 'utf8'));
  });

  it('works with the package compiled to CommonJS (C-35)', () => {
    expect(runJest('commonjs', 'jest.config.mjs').sort()).toEqual(passed.sort());
  }, 120_000);

  it('works with the package as it is, as native modules (C-35)', () => {
    expect(runJest('module', 'jest.native.config.mjs', '--experimental-vm-modules').sort()).toEqual(passed.sort());
  }, 120_000);
});

describe('the files of docs/testing.md', () => {
  const inVitest = [...files.keys()].filter((name) => name.endsWith('.test.tsx'));
  /** Components with a fault, and the test that has to tell. */
  const faulty = {
    'without-token': {
      test: 'signed-in.test.tsx',
      from: 'orders.tsx',
      change: (code: string) => code.replace("authFetch('/api/orders')", "fetch('/api/orders')"),
      told: 'GET /api/orders came without an access token, though somebody is signed in. Send it with `authFetch`',
    },
    'without-relogin': {
      test: 'relogin.test.tsx',
      from: 'note.tsx',
      change: (code: string) => code.replace("{status === 'relogin-required' && <SignInAgain />}", ''),
      told: 'a call is held for a sign-in that never came. Show a sign-in form while `session.status` is',
    },
  };
  let report: Report;

  beforeAll(() => {
    lend(app.folder, 'vitest', 'vite', '@vitejs/plugin-react', 'happy-dom');
    write('patience.js', patience);
    write(
      'vitest.config.mjs',
      `import react from '@vitejs/plugin-react';
      import { defineConfig } from 'vitest/config';
      const include = ['{documented,${Object.keys(faulty).join()}}/*.test.tsx'];
      const test = { include, environment: 'happy-dom', setupFiles: './patience.js', testTimeout: 30_000, maxWorkers: 2 };
      export default defineConfig({ plugins: [react()], test });`,
    );
    for (const [name, code] of files) if (name.endsWith('.tsx')) write(`documented/${name}`, code);
    for (const [folder, { test, from, change }] of Object.entries(faulty)) {
      const code = files.get(from) ?? '';
      expect(change(code)).not.toBe(code);
      write(`${folder}/${from}`, change(code));
      write(`${folder}/${test}`, files.get(test) ?? '');
    }
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    run([vitest, 'run', '--reporter=json', '--outputFile=report.json']);
    report = JSON.parse(readFileSync(join(app.folder, 'report.json'), 'utf8')) as Report;
  }, 120_000);

  const resultsOf = (path: string) =>
    report.testResults.find(({ name }) => name.endsWith(path))?.assertionResults ?? [];

  it('are components, tests, stories and settings, each with its name', () => {
    expect([...files.keys()].sort()).toEqual([
      'e2e/orders.spec.ts',
      'expired.test.tsx',
      'jest.config.mjs',
      'jsdom-with-fetch.mjs',
      'loading.test.tsx',
      'main.tsx',
      'mocks.ts',
      'msw.test.tsx',
      'note.tsx',
      'orders.stories.tsx',
      'orders.tsx',
      'relogin.test.tsx',
      'signed-in.test.tsx',
      'tabs.test.tsx',
    ]);
  });

  it.each(inVitest)('pass in vitest with happy-dom: %s', (name) => {
    const results = resultsOf(`/documented/${name}`);
    expect(results.flatMap(({ failureMessages }) => failureMessages)).toEqual([]);
    expect(results.map(({ title, status }) => `${title}: ${status}`)).toEqual(
      titlesIn(files.get(name)).map((title) => `${title}: passed`),
    );
  });

  it.each(inVitest)('have five lines of set-up at most: %s', (name) => {
    const [, setUp = ''] = /^import [^\n]* from '\.\/\w+';\n\n(.*?)\n\n^test\(/ms.exec(files.get(name) ?? '') ?? [];
    expect(setUp.split('\n').length).toBeLessThanOrEqual(name === 'msw.test.tsx' ? 6 : 5);
    expect(setUp).toContain('afterEach');
  });

  it.each(Object.entries(faulty))('fail for a component %s, and say so', (folder, { test, told }) => {
    const messages = resultsOf(`/${folder}/${test}`).flatMap(({ failureMessages }) => failureMessages);
    expect(messages.join('\n')).toContain(told);
  });
});

describe('the files with msw, and handlers', () => {
  /** The types of msw 2, which the app has installed: its package.json leads there. */
  const types = () => {
    const from = (path: string) => [join(app.folder, 'node_modules/msw/lib', path)];
    return {
      msw: from('core/index.d.ts'),
      'msw/node': from('node/index.d.ts'),
      'msw/browser': from('browser/index.d.ts'),
    };
  };
  const named = (name: string, code = files.get(name) ?? '') => ({ name: `docs/testing.md/${name}`, code });

  it('have types that fit msw 2', () => {
    expect(problemsOf([named('msw.test.tsx'), named('orders.tsx'), named('mocks.ts')], types())).toEqual([]);
    const ofMsw3 = "import { setupServer } from 'msw/node';\nsetupServer().listen({ onUnhandledFrame: 'error' });";
    expect(problemsOf([named('of-msw-3.ts', ofMsw3)], types())).toHaveLength(1);
  }, 60_000);

  it('answer in msw 2 as in msw 3', () => {
    write(
      'msw-2.mjs',
      `import { readFileSync } from 'node:fs';
      import { HttpResponse, http } from 'msw';
      import { setupServer } from 'msw/node';
      import { createTestAuthority } from 'silent-refresh/testing';
      const authority = createTestAuthority({ api: { 'GET /api/me': ({ claims }) => Response.json(claims.sub) } });
      const guarded = http.get('*/api/orders', authority.guard(({ claims }) => HttpResponse.json([claims.sub])));
      setupServer(...authority.handlers(http), guarded).listen({ onUnhandledRequest: 'error' });
      const headers = { 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
      const ask = (path, init) => fetch('https://app.example' + path, init).then((response) => response.json());
      await ask('/auth/login', { method: 'POST', headers, body: '{}' });
      const { access_token } = await ask('/auth/refresh', { method: 'POST', headers });
      const init = { headers: { Authorization: 'Bearer ' + access_token } };
      const { version } = JSON.parse(readFileSync('node_modules/msw/package.json', 'utf8'));
      const refused = await fetch('https://app.example/api/orders');
      console.log(JSON.stringify([version, await ask('/api/me', init), await ask('/api/orders', init), refused.status]));
      process.exit();`,
    );
    expect(JSON.parse(run(['msw-2.mjs']))).toEqual(['2.15.0', '1', ['1'], 401]);
  }, 30_000);
});
