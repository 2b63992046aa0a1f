import type { Page } from 'playwright';
import { startForeign } from '../../browser/harness/foreign.ts';
import type { Subject } from '../subjects.ts';
import {
  type Bench,
  burst,
  call,
  dueAt,
  isSignedIn,
  ROUNDING_MS,
  signOut,
  sleep,
  sleepUntil,
  until,
  withWorld,
} from './world.ts';

/** Whether a call to an origin that nobody has allowed carries the access token. */
export async function foreignOrigin(bench: Bench, subject: Subject): Promise<boolean> {
  const foreign = await startForeign('127.0.0.1');
  try {
    return await withWorld(bench, subject, {}, async ({ page }) => {
      await call(page, `${foreign.origin}/items`);
      if (foreign.received.length === 0) throw new Error('The call did not arrive at the other origin.');
      return foreign.received.some(({ authorization }) => authorization !== undefined);
    });
  } finally {
    await foreign.down();
  }
}

export interface LateAnswer {
  readonly isSignedIn: boolean;
  /** The page has a refresh token in storage, or a cookie of one, that the server would take. */
  readonly keepsLiveToken: boolean;
  /** The page after a reload. */
  readonly isSignedInAfterReload: boolean;
}

/** The user signs out while a refresh is under way; its answer arrives afterwards. */
export function signOutDuringRefresh(bench: Bench, subject: Subject): Promise<LateAnswer> {
  return withWorld(bench, subject, { dueInMs: 4_000 }, async (world) => {
    const { page, server, context } = world;
    server.meet({ after: () => sleep(3_000) }, 1);
    await sleepUntil(dueAt(world) + ROUNDING_MS);
    // Its outcome is not the matter here, and the page may go elsewhere before there is one.
    burst(page, 1).catch(() => {});
    await until(() => server.refreshes.length > 0, 45_000, 'No refresh was sent.');
    await sleep(300);
    await signOut(page);
    await until(() => server.refreshes.every(({ answered }) => answered), 10_000, 'The refresh was never answered.');
    await sleep(2_000);
    const kept = [await storedIn(page), ...(await context.cookies()).map(({ value }) => value)].join('\n');
    const { families } = server;
    const keepsLiveToken = families.issued.refresh.some((token) => kept.includes(token) && families.isLive(token));
    const signedIn = await isSignedIn(page);
    await page.reload();
    await sleep(1_000);
    return { isSignedIn: signedIn, keepsLiveToken, isSignedInAfterReload: await isSignedIn(page) };
  });
}

export type Place =
  | 'localStorage'
  | 'sessionStorage'
  | 'IndexedDB'
  | 'a cookie that script can read'
  | 'an HttpOnly cookie';

export interface Places {
  readonly access: readonly Place[];
  readonly refresh: readonly Place[];
}

/** Where the tokens of a signed-in user can be found. */
export function places(bench: Bench, subject: Subject): Promise<Places> {
  return withWorld(bench, subject, {}, async ({ page, server, context }) => {
    await call(page);
    const cookies = await context.cookies();
    const texts: Readonly<Record<Place, string>> = {
      localStorage: await page.evaluate(() => JSON.stringify({ ...localStorage })),
      sessionStorage: await page.evaluate(() => JSON.stringify({ ...sessionStorage })),
      IndexedDB: await indexedDbOf(page),
      'a cookie that script can read': JSON.stringify(cookies.filter(({ httpOnly }) => !httpOnly)),
      'an HttpOnly cookie': JSON.stringify(cookies.filter(({ httpOnly }) => httpOnly)),
    };
    const { access, refresh } = server.families.issued;
    const where = (tokens: readonly string[]) =>
      (Object.keys(texts) as Place[]).filter((place) => tokens.some((token) => texts[place].includes(token)));
    return { access: where(access), refresh: where(refresh) };
  });
}

/** How often the library refreshes if a 401 for the old token arrives after the refresh that another one has caused. */
export function late401(
  bench: Bench,
  subject: Subject,
): Promise<{ readonly refreshes: number; readonly failed: number }> {
  return withWorld(bench, subject, {}, async ({ page, server }) => {
    const before = server.refreshes.length;
    server.holdLate = async () => {
      await until(
        () => server.refreshes.some(({ answered }, at) => at >= before && answered),
        8_000,
        'No refresh.',
      ).catch(() => {});
      await sleep(500);
    };
    server.families.refuseAccessTokensSoFar();
    const outcomes = (await Promise.all([call(page, '/api/late'), call(page, '/api/items')])) satisfies unknown[];
    await sleep(1_000);
    return {
      refreshes: server.refreshes.length - before,
      failed: outcomes.filter((outcome) => outcome !== 200).length,
    };
  });
}

/** How often a component with the hooks of the library's React binding renders for each silent refresh. */
export function renders(bench: Bench, subject: Subject): Promise<number> {
  return withWorld(bench, subject, { dueInMs: 6_000 }, async (world) => {
    const { page, server } = world;
    const before = server.refreshes.length;
    await sleepUntil(dueAt(world) - 2_000);
    await page.evaluate(() => {
      window.renders = 0;
    });
    await sleepUntil(dueAt(world) + ROUNDING_MS);
    await call(page);
    await until(() => server.refreshes.length > before, 5_000, 'No refresh was sent.');
    await sleep(2_000);
    const refreshes = server.refreshes.length - before;
    return (await page.evaluate(() => window.renders)) / refreshes;
  });
}

function storedIn(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
}

function indexedDbOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const wait = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await wait(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        found.push(await wait(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    return JSON.stringify(found);
  });
}
