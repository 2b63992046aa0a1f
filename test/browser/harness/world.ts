import type { Browser, BrowserContext } from 'playwright';
import { expect, test as plain } from 'vitest';
import { launch } from './browser.ts';
import { findLeaks, spyOn } from './leaks.ts';
import { type ServerOptions, startServer, type TestServer } from './server.ts';
import { type PlainOptions, type Tab, tabOf } from './tab.ts';

export interface WorldOptions extends ServerOptions {
  /** The life of the access tokens. */
  readonly tokenLifeMs?: number;
  /** Options of the client, or `false`: it is not started. */
  readonly client?: PlainOptions | false;
  /** Who is signed in when the test begins. */
  readonly user?: string;
  /** Errors that nobody catches are part of the test. */
  readonly expectsUncaught?: boolean;
  /** Run in every page before anything of its own. */
  readonly script?: string;
}

/** A server, and a fresh browser profile with one page of it open. */
export interface World extends Tab {
  readonly server: TestServer;
  readonly context: BrowserContext;
  /** Everything that was written to the console. */
  readonly said: readonly string[];
  /** Another tab of the same profile. */
  another(path?: string): Promise<Tab>;
}

type Open = (options?: WorldOptions) => Promise<World>;

/** Tests with a browser a file and a world a test. After each, no secret may be found where it could outlive a page's memory. */
export const test = plain
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures are needed
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launch();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('open', async ({ browser }, { onCleanup }): Promise<Open> => {
    const endings: (() => Promise<void>)[] = [];
    onCleanup(async () => {
      const results = await Promise.allSettled(endings.map((end) => end()));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    });
    return async (options = {}) => {
      const { world, end } = await create(browser, options);
      endings.push(end);
      return world;
    };
  });

const create = async (browser: Browser, options: WorldOptions) => {
  const { tokenLifeMs, client, user, expectsUncaught = false, script, ...serverOptions } = options;
  const server = await startServer(serverOptions);
  if (tokenLifeMs !== undefined) server.tokenLifeMs = tokenLifeMs;
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  if (script !== undefined) await context.addInitScript(script);
  const spying = spyOn(context);
  const another = async (path = '/') => {
    const page = await context.newPage();
    await page.goto(server.origin + path);
    return tabOf(page);
  };
  const end = async () => {
    try {
      const leaks = await findLeaks(context, spying, server.secrets);
      expect(leaks, 'secrets outside of memory and cookie jar').toEqual([]);
      if (!expectsUncaught) expect(spying.uncaught, 'errors that nobody caught').toEqual([]);
    } finally {
      await context.close();
      await server.down();
    }
  };
  const tab = await another();
  if (client !== false) {
    await tab.start(client);
    await tab.known();
    if (user !== undefined) expect(await tab.signIn(user)).toMatchObject({ status: 200 });
  }
  return { world: { ...tab, server, context, said: spying.said, another }, end };
};
