import type { BrowserContext } from 'playwright';
import type { DrivenPage } from './driven-page.ts';
import { reachableTexts } from './reachable.ts';
import type { Secrets } from './secrets.ts';

/** What a context says and shows outside of the pages' own memory. */
export interface Spying {
  /** Everything written to a console, and every error that nobody caught. */
  readonly said: readonly string[];
  readonly uncaught: readonly string[];
}

export const spyOn = (context: BrowserContext): Spying => {
  const said: string[] = [];
  const uncaught: string[] = [];
  context.on('console', (message) => said.push(message.text()));
  context.on('weberror', (problem) => {
    const error = problem.error();
    uncaught.push(`${error.message}\n${error.stack}`);
  });
  return { said, uncaught };
};

/** Where secrets were found that may be nowhere but in memory and in the cookie jar: one line a finding. */
export const findLeaks = async (
  profile: { pages(): readonly Pick<DrivenPage, 'evaluate'>[] },
  spying: Spying,
  secrets: Secrets,
): Promise<string[]> => {
  const places: (readonly [place: string, text: string])[] = [];
  for (const page of profile.pages()) {
    const { address, ...kept } = await keptIn(page);
    for (const [place, text] of Object.entries(kept)) places.push([`${place} of ${address}`, text]);
    places.push([`React tree, client, events and errors of ${address}`, await reachableTexts(page)]);
  }
  // Last, since some engines tell what was said only when their pages are looked at.
  places.push(['console', [...spying.said, ...spying.uncaught].join('\n')]);
  return places.flatMap(([place, text]) => secrets.foundIn(text).map((secret) => `${place}: ${secret}`));
};

const keptIn = (page: Pick<DrivenPage, 'evaluate'>): Promise<Record<string, string>> =>
  page.evaluate(async (): Promise<Record<string, string>> => {
    // Such as `about:blank`, which has no storage to look into.
    if (!location.protocol.startsWith('http')) return {};
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const dumps: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        dumps.push(await settled(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    const cached: string[] = [];
    for (const name of 'caches' in window ? await caches.keys() : []) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        cached.push(request.url, (await (await cache.match(request))?.text()) ?? '');
    }
    return {
      address: location.href,
      localStorage: JSON.stringify({ ...localStorage }),
      sessionStorage: JSON.stringify({ ...sessionStorage }),
      indexedDB: JSON.stringify(dumps),
      caches: cached.join('\n'),
      cookies: document.cookie + JSON.stringify('cookieStore' in window ? await cookieStore.getAll() : []),
      'performance entries': performance
        .getEntries()
        .map((entry) => entry.name)
        .join('\n'),
      markup: document.documentElement.outerHTML,
      history: location.href + JSON.stringify(history.state) + document.referrer + window.name,
    };
  });
