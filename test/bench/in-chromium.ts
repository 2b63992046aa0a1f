import type { Browser, ConsoleMessage, Page } from 'playwright';
import { build } from 'vite';
import { launch } from '../browser/harness/browser.ts';
import { startServer, type TestServer } from '../browser/harness/server.ts';
import { type CallFigures, median } from './measure-calls.ts';

/** How long a page takes to its first authenticated answer, in ms, beside pages that do the least that is possible. */
export interface StartFigures {
  /** A reload of the only tab. */
  readonly reload: number;
  /** A page that only refreshes and calls. */
  readonly bareReload: number;
  /** A tab opened beside one that is signed in. */
  readonly beside: number;
  /** A page that only calls. */
  readonly bareCall: number;
}

const times = 20;
/** Says on the console when the first answer is there. To ask the page for it would keep the page busy. */
const sayWhen = "console.log('answered ' + performance.now());";

const scripts: Record<string, string> = {
  '/ours.js': `
    const auth = SilentRefresh.createAuthClient();
    auth.start();
    window.auth = auth;
    auth.authFetch('/api/me').then((r) => r.text()).then(() => { ${sayWhen} });`,
  '/bare-reload.js': `
    fetch('/auth/refresh', { method: 'POST', headers: { 'X-Auth-Client': '1' } })
      .then((r) => r.json())
      .then(({ access_token }) => fetch('/api/me', { headers: { authorization: 'Bearer ' + access_token } }))
      .then((r) => r.text()).then(() => { ${sayWhen} });`,
  '/bare-call.js': `fetch('/api/me').then((r) => r.text()).then(() => { ${sayWhen} });`,
};

/** A module of this repository and all it imports as one minified script, as an app would ship it. */
const bundleForPage = async (entry: string, name: string): Promise<string> => {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: new URL(entry, import.meta.url).pathname, formats: ['iife'], name },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !('output' in output)) throw new Error(`Nothing was built of ${entry}.`);
  return output.output[0].code;
};

const addPages = async (server: TestServer): Promise<void> => {
  const script = (code: string) => () =>
    new Response(code, { headers: { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' } });
  const document = (sources: readonly string[]) => () => {
    const tags = sources.map((source) => `<script src="${source}"></script>`).join('');
    const html = `<!doctype html><meta charset="utf-8"><title>bench</title>${tags}`;
    return new Response(html, { headers: { 'content-type': 'text/html' } });
  };
  const client = await bundleForPage('../../dist/index.js', 'SilentRefresh');
  server.pages.set('/client.js', script(client));
  server.pages.set('/measure.js', script(await bundleForPage('./measure-calls.ts', 'measure')));
  for (const [path, code] of Object.entries(scripts)) server.pages.set(path, script(code));
  // An app ships the client in its own script, so there is no second file to load.
  server.pages.set('/ours.js', script(client + scripts['/ours.js']));
  server.pages.set('/ours', document(['/ours.js']));
  server.pages.set('/bare-reload', document(['/bare-reload.js']));
  server.pages.set('/bare-call', document(['/bare-call.js']));
  server.pages.set('/calls', document(['/client.js', '/measure.js']));
};

/** When the page that `go` loads has its first answer. */
const answeredAt = async (page: Page, go: () => Promise<unknown>): Promise<number> => {
  const isAnswer = (message: ConsoleMessage) => message.text().startsWith('answered ');
  const [message] = await Promise.all([page.waitForEvent('console', isAnswer), go()]);
  return Number(message.text().slice('answered '.length));
};

const signIn = async (page: Page): Promise<void> => {
  await page.evaluate(`window.auth.signIn({ username: 'ann', password: 'right' })`);
};

const measureStart = async (browser: Browser, server: TestServer): Promise<StartFigures> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/ours`);
  await signIn(page);
  const taken: Record<keyof StartFigures, number[]> = { reload: [], bareReload: [], beside: [], bareCall: [] };
  const visit = async (path: string): Promise<number> => {
    await answeredAt(page, () => page.goto(server.origin + path));
    return answeredAt(page, () => page.reload());
  };
  for (let n = 0; n < times; n++) {
    taken.reload.push(await visit('/ours'));
    taken.bareReload.push(await visit('/bare-reload'));
  }
  await answeredAt(page, () => page.goto(`${server.origin}/ours`));
  for (let n = 0; n < times; n++) {
    for (const [name, path] of [['beside', '/ours'] as const, ['bareCall', '/bare-call'] as const]) {
      const tab = await context.newPage();
      taken[name].push(await answeredAt(tab, () => tab.goto(server.origin + path)));
      await tab.close();
    }
  }
  await context.close();
  return {
    reload: median(taken.reload),
    bareReload: median(taken.bareReload),
    beside: median(taken.beside),
    bareCall: median(taken.bareCall),
  };
};

const measureCallsIn = async (browser: Browser, server: TestServer): Promise<CallFigures> => {
  const page = await browser.newPage();
  try {
    await page.goto(`${server.origin}/calls`);
    return await page.evaluate('measure.measureCalls(SilentRefresh.createAuthClient, SilentRefresh.holdCalls)');
  } finally {
    await page.close();
  }
};

/** Everything that is measured in Chromium, against the real authority on loopback. */
export const measureInChromium = async (): Promise<{ readonly start: StartFigures; readonly calls: CallFigures }> => {
  const server = await startServer({ graceMs: 10_000 });
  await addPages(server);
  const browser = await launch();
  try {
    return { start: await measureStart(browser, server), calls: await measureCallsIn(browser, server) };
  } finally {
    await browser.close();
    await server.down();
  }
};
