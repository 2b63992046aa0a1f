import { join } from 'node:path';
import type { Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { documentedModules } from '../recipes/documented-modules.ts';
import { startAppServer } from '../recipes/server.ts';
import { launch } from './harness/browser.ts';

const root = join(import.meta.dirname, '../..');
const entry = join(root, 'recipes-page.ts');
const recipes = ['auth', 'axios', 'ky', 'openapi-fetch', 'rtk-query', 'upload', 'socket', 'events'];

/** The recipes in one script: `recipes['axios'].api`. */
const buildRecipes = async (): Promise<string> => {
  const names = recipes.map((name) => [name, name.replace(/\W/g, '_')]);
  const code = `${names.map(([name, as]) => `import * as ${as} from '/docs/recipes.md/${name}.ts';`).join('\n')}
    export default { ${names.map(([name, as]) => `'${name}': ${as}`).join(', ')} };`;
  const page = {
    name: 'recipes-page',
    resolveId: (id: string) => (id === entry ? entry : undefined),
    load: (id: string) => (id === entry ? code : undefined),
  };
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: [page, documentedModules('docs/recipes.md')],
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: [{ find: /^silent-refresh$/, replacement: join(root, 'src/index.ts') }] },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'recipes' } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  return output !== undefined && 'output' in output ? output.output[0].code : '';
};

let script = '';
let browser: Awaited<ReturnType<typeof launch>>;

beforeAll(async () => {
  [script, browser] = await Promise.all([buildRecipes(), launch()]);
});

afterAll(() => browser?.close());

/** A page with the recipes, on which Ada is signed in. */
const openPage = async (): Promise<{ page: Page; server: Awaited<ReturnType<typeof startAppServer>> }> => {
  const sockets = new WebSocketServer({ noServer: true });
  const server = await startAppServer({
    open: {
      '/': () => new Response('<!doctype html><title>recipes</title>', { headers: { 'Content-Type': 'text/html' } }),
    },
    api: {
      'POST /api/notes': async (request) => Response.json({ note: await request.json() }),
      'PUT /api/files': async (request) => new Response(String((await request.arrayBuffer()).byteLength)),
      'GET /api/events': () => new Response('data: one\n\n', { headers: { 'Content-Type': 'text/event-stream' } }),
    },
    onUpgrade: (verify, request, connection, head) =>
      sockets.handleUpgrade(request, connection, head, (socket) => {
        socket.once('message', (message) => {
          const { token } = JSON.parse(String(message)) as { token: string };
          verify(token).then(
            ({ name }) => socket.send(String(name)),
            () => socket.close(4401),
          );
        });
      }),
  });
  onTestFinished(server.close);
  const page = await (await browser.newContext()).newPage();
  onTestFinished(() => page.context().close());
  await page.goto(server.origin);
  await page.addScriptTag({ content: script });
  await page.evaluate("recipes.auth.auth.signIn({ name: 'Ada' })");
  server.takeAsked();
  return { page, server };
};

describe('in Chromium', () => {
  it.each([
    ['axios', "recipes.axios.api.post('/notes', { text: 'tea' }).then(({ data }) => data)"],
    ['ky', "recipes.ky.api.post('notes', { json: { text: 'tea' } }).json()"],
    [
      'openapi-fetch',
      "recipes['openapi-fetch'].api.POST('/api/notes', { body: { text: 'tea' } }).then(({ data }) => data)",
    ],
    [
      'rtk-query',
      `(() => {
        const { api, store } = recipes['rtk-query'];
        const { endpoints } = api.injectEndpoints({
          endpoints: (build) => ({ add: build.mutation({ query: (body) => ({ url: '/notes', method: 'POST', body }) }) }),
        });
        return store.dispatch(endpoints.add.initiate({ text: 'tea' })).unwrap();
      })()`,
    ],
  ])('a POST by %s is replayed with its body', async (_name, call) => {
    const { page, server } = await openPage();
    server.expireTokens();
    expect(await page.evaluate(call)).toEqual({ note: { text: 'tea' } });
    expect(server.asked).toEqual(['POST /api/notes', 'POST /auth/refresh', 'POST /api/notes']);
  });

  it('an upload says how far it is, and is sent once more with a newer token', async () => {
    const { page, server } = await openPage();
    server.expireTokens();
    const network = await page.context().newCDPSession(page);
    const mbps = { downloadThroughput: -1, uploadThroughput: 1_000_000 };
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, ...mbps });
    const shares = await page.evaluate<number[]>(`(async () => {
      const shares = [];
      await recipes.upload.upload(new Blob([new Uint8Array(500_000)]), (share) => shares.push(share));
      return shares;
    })()`);
    expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(1);
    expect(shares.at(-1)).toBe(1);
    expect(server.asked).toEqual(['PUT /api/files', 'POST /auth/refresh', 'PUT /api/files']);
  });

  it('a WebSocket whose token is refused is opened again with a newer one', async () => {
    const { page, server } = await openPage();
    server.expireTokens();
    const heard = 'new Promise((hear) => recipes.socket.listen(hear, new AbortController().signal))';
    expect(await page.evaluate(heard)).toBe('Ada');
    expect(server.asked).toEqual(['upgrade', 'POST /auth/refresh', 'upgrade']);
  });

  it('a stream of events is read with the token', async () => {
    const { page } = await openPage();
    const read = "new Promise((read) => recipes.events.readEvents('/api/events', read, new AbortController().signal))";
    expect(await page.evaluate(read)).toBe('one');
  });
});
