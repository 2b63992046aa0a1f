import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect } from 'vitest';
import { builtPackage, bundleWithBuilt } from '../package/built.ts';
import { features, withoutFeatures } from '../package/features.ts';
import { eventually } from './harness/eventually.ts';
import { test, type World } from './harness/world.ts';

let app: string;
const clients: Record<'development' | 'production', string> = { development: '', production: '' };

beforeAll(async () => {
  const folder = await builtPackage();
  app = await bundleWithBuilt(folder, fileURLToPath(new URL('./harness/react-page.tsx', import.meta.url)));
  clients.production = await bundleWithBuilt(folder, `${folder}/index.js`, 'SilentRefresh');
  clients.development = await bundleWithBuilt(folder, `${folder}/development/index.js`, 'SilentRefresh');
});

const serveScript = ({ server }: Pick<World, 'server'>, path: string, code: string) =>
  server.pages.set(path, () => new Response(code, { headers: { 'content-type': 'text/javascript' } }));

const expectShown = (page: World['page'], id: string, words: string) =>
  eventually(async () => expect(await page.locator(`#${id}`).innerText()).toBe(words));

describe('a browser without anything that is younger than those which are supported', () => {
  test('starts, signs in, calls, refreshes and signs out, React included (C-20)', async ({ open }) => {
    const world = await open({ client: false });
    const { page, server } = world;
    serveScript(world, '/app.js', `${withoutFeatures(features)}\n${app}`);
    const html = '<!doctype html><title>app</title><div id="root"></div><script src="/app.js"></script>';
    server.pages.set('/app', () => new Response(html, { headers: { 'content-type': 'text/html' } }));
    await page.goto(`${server.origin}/app`);
    expect(await page.evaluate('typeof URL.canParse + typeof navigator.locks + typeof localStorage')).toBe(
      'undefined'.repeat(3),
    );
    await expectShown(page, 'status', 'unauthenticated anonymous');
    await page.evaluate(() => window.auth.signIn({ name: 'ann', password: 'right' }));
    await expectShown(page, 'status', 'authenticated');
    await expectShown(page, 'name', 'ann');
    expect(await page.evaluate(async () => (await window.auth.authFetch('/api/echo')).status)).toBe(200);
    const refreshes = server.log.refreshes().length;
    await page.evaluate(() => window.auth.refresh());
    expect(server.log.refreshes().length).toBe(refreshes + 1);
    expect(await page.evaluate(() => window.auth.signOut())).toMatchObject({ confirmed: true });
    await expectShown(page, 'status', 'unauthenticated signed-out');
    // The search for leaks reads storage, which this page has no more.
    await page.goto(server.origin);
  });
});

describe('a dedicated worker', () => {
  test.for([
    ['classic', 'development', /^TypeError: .*this is a worker.*in a page/],
    ['module', 'development', /^TypeError: .*this is a worker.*in a page/],
    ['classic', 'production', /^TypeError: .*this is a worker/],
    ['module', 'production', /^TypeError: .*this is a worker/],
  ] as const)(
    'refuses to start, and says what was found, and in development what to do: %s, %s (C-36)',
    async ([type, mode, words], { open }) => {
      const world = await open({ client: false });
      serveScript(
        world,
        '/worker.js',
        `${clients[mode]}
      const auth = SilentRefresh.createAuthClient();
      let refused = 'nothing';
      try { auth.start(); } catch (error) { refused = error.name + ': ' + error.message; }
      auth.authFetch('/api/echo').then(() => 'nothing', (error) => error.name + ': ' + error.message)
        .then((rejected) => postMessage({ refused, rejected }));`,
      );
      const said = await world.page.evaluate(
        (how) =>
          new Promise<Record<'refused' | 'rejected', string>>((resolve, reject) => {
            const worker = new Worker('/worker.js', { type: how });
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
          }),
        type,
      );
      expect(said.refused).toMatch(words);
      expect(said.rejected).toBe(said.refused);
    },
  );
});
