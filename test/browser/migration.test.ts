import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthority, generateSigningKeys } from '../../src/server/index.ts';
import { documentedFiles } from '../package/documented-files.ts';
import { lend } from '../package/installed-app.ts';
import { runBlock } from '../package/run-block.ts';
import { launch } from './harness/browser.ts';
import { bodyOf, requestOf, send } from './harness/conversion.ts';
import { listen } from './harness/listener.ts';

const root = join(import.meta.dirname, '../..');

/** An app with an axios interceptor and tokens in localStorage. */
const before = `import axios from 'axios';

const api = axios.create({ baseURL: '/api' });
api.interceptors.request.use((config) => {
  config.headers.Authorization = 'Bearer ' + localStorage.getItem('access_token');
  return config;
});
Object.assign(window, {
  signIn: async () => {
    const { data } = await axios.post('/old/login');
    localStorage.setItem('access_token', data.accessToken);
    localStorage.setItem('refresh_token', data.refreshToken);
  },
  me: async () => (await api.get('/me')).data,
});
`;

/** The same app on the client and the adapter that the documentation gives. */
const after = `import { api } from './axios';

Object.assign(window, { me: async () => (await api.get('/me')).data });
`;

declare global {
  interface Window {
    signIn(): Promise<void>;
    me(): Promise<unknown>;
  }
}

const buildPage = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-migration-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
  lend(folder, 'axios');
  const result = await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: { 'silent-refresh': join(root, 'src/index.ts') } },
    build: { write: false, target: 'es2022', lib: { entry: join(folder, 'main.ts'), formats: ['es'] } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const code = output !== undefined && 'output' in output ? output.output[0].code : '';
  return `<!doctype html><meta charset="utf-8"><title>app</title><script type="module">${code.replaceAll('</script', '<\\/script')}</script>`;
};

const serve = async (page: () => string) => {
  const oldTokens = new Map([['old-refresh', { id: '7' }]]);
  const { carryOver } = (await runBlock('docs/migration.md', 'function carryOver', {
    modules: {},
    declared: {
      userOfOldToken: async (token: string) => {
        const user = oldTokens.get(token);
        oldTokens.delete(token);
        return user;
      },
    },
  })) as { carryOver(request: Request, authority: typeof newServer): Promise<Response> };
  const newServer = createAuthority<{ id: string }>({
    issuer: 'http://localhost',
    audience: 'http://localhost',
    keys: await generateSigningKeys(),
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    cookie: { profile: 'dev' },
    verifyCredentials: () => undefined,
    userId: ({ id }) => id,
    loadUser: (id) => ({ id }),
  });
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/old/login') return Response.json({ accessToken: 'old-access', refreshToken: 'old-refresh' });
    if (pathname === '/auth/carry-over') return carryOver(request, newServer);
    if (pathname.startsWith('/auth/')) return newServer.handle(request);
    if (pathname !== '/api/me') return new Response(page(), { headers: { 'content-type': 'text/html' } });
    if (request.headers.get('authorization') === 'Bearer old-access')
      return Response.json({ id: '7', by: 'old token' });
    const guarded = await newServer.guard(request);
    return guarded instanceof Response ? guarded : Response.json({ id: guarded.sub, by: 'new token' });
  };
  const { port, down } = await listen(false, async (incoming, outgoing) =>
    send(await answer(requestOf(incoming, await bodyOf(incoming))), outgoing),
  );
  onTestFinished(down);
  return { url: `http://localhost:${port}/`, oldTokens };
};

const me = async (page: Page) => {
  await page.waitForFunction(() => window.me !== undefined);
  return page.evaluate(() => window.me());
};

it('moves an app with an axios interceptor as docs/migration.md says, and its user stays signed in', async () => {
  const [client = '', adapter = ''] = [
    documentedFiles('docs/migration.md').get('auth.ts'),
    documentedFiles('docs/recipes.md').get('axios.ts'),
  ];
  const pages = {
    before: await buildPage({ 'main.ts': before }),
    after: await buildPage({ 'main.ts': after, 'auth.ts': client, 'axios.ts': adapter }),
  };
  let deployed = pages.before;
  const { url, oldTokens } = await serve(() => deployed);
  const browser = await launch();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(() => window.signIn());
  expect(await me(page)).toEqual({ id: '7', by: 'old token' });

  deployed = pages.after;
  await page.reload();
  expect(await me(page)).toEqual({ id: '7', by: 'new token' });
  expect(
    await page.evaluate(() => [localStorage.getItem('access_token'), localStorage.getItem('refresh_token')]),
  ).toEqual([null, null]);
  expect([...oldTokens.keys()]).toEqual([]);

  await page.reload();
  expect(await me(page)).toEqual({ id: '7', by: 'new token' });
});
