import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/ensure-browser.mjs';
import { authRoutes, requireAuth } from '../../src/node/index.ts';
import { createAuthority, generateSigningKeys } from '../../src/server/index.ts';
import { documentedFiles } from '../package/documented-files.ts';
import { lend } from '../package/installed-app.ts';

const root = join(import.meta.dirname, '../..');
const files = documentedFiles('docs/testing.md');

const main = `import { createRoot } from 'react-dom/client';
import { createAuthClient } from 'silent-refresh';
import { AuthProvider } from 'silent-refresh/react';
import { Orders } from './orders';

createRoot(document.body).render(<AuthProvider client={createAuthClient()}><Orders /></AuthProvider>);
`;

/** The app of the documentation as a page. */
const buildPage = async (folder: string): Promise<string> => {
  const result = await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic', development: false } },
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: {
      alias: [
        { find: /^silent-refresh$/, replacement: join(root, 'src/index.ts') },
        { find: /^silent-refresh\/react$/, replacement: join(root, 'src/react/index.ts') },
      ],
    },
    build: { write: false, lib: { entry: join(folder, 'main.tsx'), formats: ['iife'], name: 'app' } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const code = output !== undefined && 'output' in output ? output.output[0].code : '';
  return `<!doctype html><meta charset="utf-8"><title>Orders</title><body><script>${code.replaceAll('</script', '<\\/script')}</script>`;
};

/** The app's server: the page, the authority and one guarded call. */
const serve = async (page: string): Promise<string> => {
  const authority = createAuthority({
    issuer: 'http://localhost',
    audience: 'http://localhost',
    keys: await generateSigningKeys(),
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    cookie: { profile: 'dev' },
    verifyCredentials: (given) => {
      const { name, password } = given as Record<string, unknown>;
      return name === 'ada' && password === 'secret' ? { id: '1', name: 'Ada' } : undefined;
    },
    userId: ({ id }) => id,
    loadUser: (id) => ({ id, name: 'Ada' }),
    claims: ({ name }) => ({ name }),
  });
  const routes = authRoutes(authority);
  const guard = requireAuth(authority);
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/auth/')) return void routes(request, response);
    if (request.url === '/api/orders') return void guard(request, response, () => response.end('["Tea","Cups"]'));
    response.setHeader('Content-Type', 'text/html').end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
};

it('runs the end-to-end tests of docs/testing.md, against the real authority over HTTP', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, code: string) => writeFileSync(join(folder, name), code);
  for (const name of ['e2e', 'node_modules/@playwright/test']) mkdirSync(join(folder, name), { recursive: true });
  lend(folder, 'react', 'react-dom', 'playwright', 'playwright-core');
  // All that the package of this name holds.
  write('node_modules/@playwright/test/package.json', '{"name":"@playwright/test","main":"index.js"}');
  write('node_modules/@playwright/test/index.js', "module.exports = require('playwright/test');");
  for (const name of ['orders.tsx', 'e2e/orders.spec.ts']) write(name, files.get(name) ?? '');
  write('main.tsx', main);
  const baseURL = await serve(await buildPage(folder));
  const use = { baseURL, launchOptions: { executablePath: await findChromium(), args: ['--no-sandbox'] } };
  write('playwright.config.mjs', `export default ${JSON.stringify({ testDir: 'e2e', reporter: 'json', use })};`);

  const cli = join(root, 'node_modules/playwright/cli.js');
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, [cli, 'test'], { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const { errors, stats } = JSON.parse(report) as { errors: unknown[]; stats: Record<string, number> };
  expect(errors, report).toEqual([]);
  expect(stats, report).toMatchObject({ expected: 2, unexpected: 0, flaky: 0, skipped: 0 });
});
