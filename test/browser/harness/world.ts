import type { Browser, BrowserContext, Page } from 'playwright';
import { test as plain } from 'vitest';
import { launch } from './browser.ts';
import { type WorldOptions as AnyWorldOptions, createWorld, type WorldOf } from './create-world.ts';
import { endAll } from './end-all.ts';
import { profileOf } from './profile.ts';

export interface WorldOptions extends AnyWorldOptions {
  /** Run in every page before anything of its own. */
  readonly script?: string;
}

/** A world in Chromium, with all that Playwright can do there. */
export interface World extends WorldOf<Page> {
  readonly context: BrowserContext;
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
    onCleanup(() => endAll(endings));
    return async ({ script, ...options } = {}) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      if (script !== undefined) await context.addInitScript(script);
      const { world, end } = await createWorld(async () => profileOf(context), options);
      endings.push(end);
      return { ...world, context };
    };
  });
