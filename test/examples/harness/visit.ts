import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { expect, test as plain } from 'vitest';
import { launch } from '../../browser/harness/browser.ts';
import type { RunningServer } from './server.ts';

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Fills in the sign-in form of a page, and sends it. */
  signIn(user: { readonly name: string; readonly password: string }, page?: Page): Promise<void>;
}

/** The users of the Express example, which others share. */
export const ada = { name: 'ada', password: 'analytical engine' };
export const grace = { name: 'grace', password: 'compiler compiler' };

/** Tests that visit a server in Chromium. A page that warns of something or fails fails its test. */
export const testsOf = (start: () => Promise<RunningServer>) =>
  plain
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures are needed
    .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
      const browser = await launch();
      onCleanup(() => browser.close());
      return browser;
    })
    // biome-ignore lint/correctness/noEmptyPattern: as above
    .extend('server', { scope: 'file' }, async ({}, { onCleanup }): Promise<RunningServer> => {
      const server = await start();
      onCleanup(() => server.stop());
      return server;
    })
    .extend('visit', async ({ browser, server }, { onCleanup }) => {
      const visits: { context: BrowserContext; complaints: string[] }[] = [];
      onCleanup(async () => {
        for (const { context } of visits) await context.close();
        expect(visits.flatMap(({ complaints }) => complaints)).toEqual([]);
      });
      return async (path = '/', options: BrowserContextOptions = {}): Promise<Visitor> => {
        const context = await browser.newContext(options);
        visits.push({ context, complaints: complaintsIn(context) });
        const page = await context.newPage();
        await page.goto(server.url + path);
        return {
          page,
          context,
          async signIn({ name, password }, on = page) {
            await on.locator('[name=name]').fill(name);
            await on.locator('[name=password]').fill(password);
            await on.getByRole('button', { name: 'Sign in' }).click();
          },
        };
      };
    });

/** What the pages of a context write to the console as warnings and errors, and what nobody catches. */
function complaintsIn(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    const isBad = message.type() === 'error' || message.type() === 'warning';
    // The browser itself says so of every 401, whoever expected it.
    if (isBad && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  context.on('weberror', (problem) => complaints.push(String(problem.error().stack)));
  return complaints;
}

/** The texts that an element of a page has, one after the other, until it has the last one. Begin before they change. */
export const textsUntil = (page: Page, selector: string, last: string): Promise<string[]> =>
  page.evaluate(
    ([selector, last]) =>
      new Promise<string[]>((resolve) => {
        const shown: string[] = [];
        const look = () => {
          const text = document.querySelector(selector)?.textContent ?? '';
          if (text !== '' && text !== shown.at(-1)) shown.push(text);
          if (text !== last) return;
          observer.disconnect();
          resolve(shown);
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }),
    [selector, last] as const,
  );
