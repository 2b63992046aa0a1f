import type { Browser, BrowserContext, Page } from 'playwright';
import '../apps/page.ts';
import type { Prepared } from '../prepare.ts';
import type { Reuse } from '../server/families.ts';
import { type ComparedServer, startServer } from '../server/start.ts';
import type { Subject } from '../subjects.ts';

/** The app of a subject in a fresh browser profile, and the server that it asks. */
export interface World {
  readonly server: ComparedServer;
  readonly context: BrowserContext;
  /** The page in which the user has signed in. */
  readonly page: Page;
  readonly subject: Subject;
}

export interface Bench extends Pick<Prepared, 'scriptOf' | 'bytesOf'> {
  readonly browser: Browser;
}

export type Outcome = number | string;

export async function withWorld<T>(
  { browser, scriptOf }: Bench,
  subject: Subject,
  { reuse = 'strict', dueInMs }: { readonly reuse?: Reuse; readonly dueInMs?: number },
  use: (world: World) => Promise<T>,
): Promise<T> {
  const { tls = false, config } = subject;
  const server = await startServer({ reuse, tls, config, script: await scriptOf(subject) });
  if (dueInMs !== undefined) server.families.lifetimeMs = subject.earlyMs + dueInMs;
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.goto(`${server.origin}/`);
    await signIn(page);
    return await use({ server, context, page, subject });
  } finally {
    await context.close();
    await server.down();
  }
}

/** Signs in, unless the page is signed in by itself; by way of the provider where the app does so. */
export async function signIn(page: Page): Promise<void> {
  if (await isSignedIn(page)) return;
  // A page that leaves for the provider takes the answer with it.
  await page.evaluate(async () => void (await (await window.app).signIn())).catch(ignoreNavigation);
  await until(() => isSignedIn(page), 15_000, 'Nobody is signed in.');
}

/** Whether the app shows a signed-in user; `false` as well while the page is on its way somewhere. */
export async function isSignedIn(page: Page): Promise<boolean> {
  try {
    await page.waitForFunction('window.app !== undefined', undefined, { timeout: 15_000 });
    return await page.evaluate(async () => (await window.app).isSignedIn());
  } catch (error) {
    ignoreNavigation(error);
    return false;
  }
}

/** So many calls at once: their statuses, or why there is none. */
export function burst(page: Page, times: number, url = '/api/items'): Promise<Outcome[]> {
  return page.evaluate(([address, count]) => window.outcomesOf(address, count), [url, times] as const);
}

export async function call(page: Page, url?: string): Promise<Outcome> {
  const [outcome = 'none'] = await burst(page, 1, url);
  return outcome;
}

export async function signOut(page: Page): Promise<void> {
  const done = page.evaluate(async () => void (await (await window.app).signOut()));
  await Promise.race([done.catch(ignoreNavigation), sleep(10_000)]);
}

/** Libraries count in whole seconds: by then, all of them find that the token is due. */
export const ROUNDING_MS = 1_500;

/** When the newest access token is replaced by the library's own rule: epoch ms. */
export function dueAt({ server: { families }, subject }: World): number {
  return families.lastIssuedAt + families.lifetimeMs - subject.earlyMs;
}

/** When the newest access token ends: epoch ms. */
export function expiresAt({ server: { families } }: World): number {
  return families.lastIssuedAt + families.lifetimeMs;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));
export const sleepUntil = (at: number): Promise<void> => sleep(at - Date.now());

/** Asks every 50 ms. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
  otherwise: string,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(otherwise);
    await sleep(50);
  }
}

/** The page went elsewhere while it was asked, which is what some of the apps do to sign in and out. */
function ignoreNavigation(error: unknown): void {
  if (!/navigat|destroyed|closed/i.test(String(error))) throw error;
}
