import { expect } from 'vitest';
import type { DrivenPage } from '../harness/driven-page.ts';
import type { World } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import type { PlainOptions } from '../harness/tab.ts';

/**
 * Has the page tell what it finds when it comes back. Once there is reason to (`armed`), it also makes calls, by a timer and
 * at `pageshow`: whichever comes first. Firefox gives a page that comes back the session storage that it left with.
 */
export const watchReturn = (page: DrivenPage): Promise<void> =>
  page.evaluate(() => {
    const call = () => {
      if (localStorage.getItem('armed') === null) return;
      void window.outcomeOf(() => window.auth.authFetch('/api/after-back'));
    };
    window.addEventListener('pageshow', ({ persisted }) => {
      window.told.push(`pageshow ${persisted} ${window.auth.getSession().status} "${document.body.innerText.trim()}"`);
      call();
    });
    setInterval(call, 5);
  });

/** What the page has told of its return. */
export const returned = async ({ page }: World): Promise<readonly string[]> => {
  const [path, told] = await page.evaluate(() => [location.pathname, window.told] as const);
  expect(path).toBe('/');
  return told.filter((line) => line.startsWith('pageshow'));
};

export const expectRestored = (world: World): Promise<void> =>
  eventually(async () => expect(await returned(world)).toEqual([expect.stringMatching(/^pageshow true/)]));

/** The page was thrown away: Back has loaded it anew, and no client is in it. */
export const expectLoadedAnew = ({ page }: World): Promise<void> =>
  eventually(async () =>
    expect(await page.evaluate(() => [location.pathname, window.told, window.auth === undefined])).toEqual([
      '/',
      [],
      true,
    ]),
  );

export const signOutOnTheNextPage = async (
  { server, page, start, known, signOut }: World,
  client?: PlainOptions,
): Promise<void> => {
  await page.goto(`${server.origin}/next`);
  await start(client);
  expect(await known()).toMatchObject({ status: 'authenticated' });
  expect(await signOut()).toEqual({ confirmed: true });
  await page.evaluate(() => localStorage.setItem('armed', ''));
};
