import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { activity, ada, type DemoWorld, expectFits, grace, test } from './harness/demo.ts';
import { eventually } from './harness/eventually.ts';
import { delay } from './harness/faults.ts';

const statusOf = (page: Page, status: string) => page.locator(`[data-status=${status}]`);

/** Another tab, opened as its user would open it. */
const openFrom = async (page: Page, act = () => opener(page).click()): Promise<Page> => {
  const opened = page.context().waitForEvent('page');
  await act();
  const tab = await opened;
  await statusOf(tab, 'authenticated').waitFor();
  // It takes a name a moment after that: the next tab that opens must find it taken.
  await tab.locator('.tab-name', { hasText: /Tab [A-Z]/ }).waitFor();
  return tab;
};

const opener = (page: Page) => page.getByRole('link', { name: 'Open another tab' });

/** A user with three tabs, and a token life of 5 s. */
const threeTabs = async ({ page, signIn, expectStatus }: DemoWorld): Promise<readonly [Page, Page, Page]> => {
  await signIn();
  await expectStatus('authenticated');
  await page.getByRole('radio', { name: '5 s', exact: true }).click();
  await page.getByText(/left of 5 s/).waitFor();
  const tabs = [page, await openFrom(page), await openFrom(page)] as const;
  await Promise.all(tabs.map((tab) => tab.getByText(/left of 5 s/).waitFor()));
  return tabs;
};

/** What a tab's timeline shows of each tab of these names; its own lanes come first. */
const shownIn = async (page: Page, names: readonly string[]): Promise<Record<string, string>> => {
  const own = (await page.locator('.tab-name').innerText()).slice(-1);
  const [mine = '', ...others] = ((await activity(page).getAttribute('aria-label')) ?? '').split(/ Tab /);
  const found = { [own]: mine, ...Object.fromEntries(others.map((text) => [text[0], text])) };
  expect(Object.keys(found).sort()).toEqual(names);
  return found;
};

const countOf = (what: string, text = ''): number => Number(text.match(new RegExp(`${what}: (\\d+)`))?.[1] ?? 0);

/** These mostly wait, and do so at the same time. */
describe.concurrent('the demo, in several tabs, as time passes', { timeout: 120_000 }, () => {
  test('refreshes once per expiry for all of them, and shows in each who has refreshed and who has received the token', async ({
    demo,
  }) => {
    const { counts, refreshes } = demo;
    const tabs = await threeTabs(demo);
    const sums = async () => {
      const { refreshRequests } = await counts();
      const shown = await Promise.all(tabs.map((tab) => shownIn(tab, ['A', 'B', 'C'])));
      const inEach = shown.map((lanes) => {
        const sum = (what: string) => Object.values(lanes).reduce((before, text) => before + countOf(what, text), 0);
        return { refreshed: sum('refreshed'), received: sum('received') };
      });
      const [first] = inEach;
      // Between two refreshes all tabs show the same.
      expect(inEach).toEqual([first, first, first]);
      expect((await counts()).refreshRequests).toBe(refreshRequests);
      return { refreshRequests, refreshed: first?.refreshed ?? 0, received: first?.received ?? 0 };
    };
    const before = await eventually(sums);
    const since = Date.now();
    // Short enough for the timelines to remember what was before.
    await delay(14_000)();
    await eventually(async () => {
      const after = await sums();
      const requests = after.refreshRequests - before.refreshRequests;
      expect(requests).toBeGreaterThanOrEqual(3);
      expect(after.refreshed - before.refreshed).toBe(requests);
      expect(after.received - before.received).toBe(2 * requests);
    });
    // A token of 5 s is replaced after 4 s, give or take a tenth of the second between.
    const times = refreshes.map(({ at }) => at).filter((at) => at > since);
    const distances = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(Math.min(...distances)).toBeGreaterThan(3500);
    for (const tab of tabs) {
      const lanes = tab.locator('.other-tabs .lane');
      expect(await lanes.count()).toBe(2);
      expect(await tab.locator('.lanes .refresh-ok').count()).toBeGreaterThan(0);
      expect(await lanes.locator('.received').count()).toBeGreaterThan(0);
      await tab.getByRole('list', { name: 'Legend' }).getByText('received the token that another tab got').waitFor();
    }
    expect(await counts()).toMatchObject({ apiRefusals: 0, expiredTokens: 0 });
  });

  test('shows a change of user in all of them, and in each who was told', async ({ demo }) => {
    const { signIn, revoke } = demo;
    const tabs = await threeTabs(demo);
    await revoke();
    // Until every token of the ended session has run out.
    await delay(6000)();
    await Promise.all(tabs.map((tab) => statusOf(tab, 'relogin-required').waitFor()));
    await signIn(tabs[0].getByRole('dialog'), grace);
    await Promise.all(tabs.map((tab) => tab.getByRole('heading', { name: grace.displayName }).waitFor()));
    for (const tab of tabs) {
      expect(await tab.content()).not.toContain(ada.displayName);
      await eventually(async () => {
        const shown = Object.values(await shownIn(tab, ['A', 'B', 'C']));
        expect(shown.map((text) => countOf('user changed', text))).toEqual([1, 1, 1]);
      });
    }
  });

  test('ends the lane of a closed tab, and gives its name to the next one', async ({ demo }) => {
    const [a, b, c] = await threeTabs(demo);
    // As a user closes it: without that, a page is ended before it can say so.
    await b.close({ runBeforeUnload: true });
    for (const tab of [a, c]) await tab.locator('[data-note=closed]').getByText('Tab B').waitFor();
    for (const tab of [a, c]) await tab.locator('[data-note]').waitFor({ state: 'detached', timeout: 40_000 });
    await shownIn(a, ['A', 'C']);
    const next = await openFrom(c);
    await next.getByText('Tab B', { exact: true }).waitFor();
    await eventually(() => shownIn(a, ['A', 'B', 'C']));
  });
});

describe('the demo, in several tabs', { timeout: 120_000 }, () => {
  test('signs all of them out within a second, and shows in each who was told', async ({ demo }) => {
    const tabs = await threeTabs(demo);
    const [a, b, c] = tabs;
    await b.getByRole('button', { name: 'Sign out' }).click();
    await Promise.all(tabs.map((tab) => statusOf(tab, 'unauthenticated').waitFor({ timeout: 1000 })));
    await Promise.all([a, c].map((tab) => tab.getByText('You have signed out in another tab.').first().waitFor()));
    for (const tab of tabs) {
      await eventually(async () => {
        const { A, B, C } = await shownIn(tab, ['A', 'B', 'C']);
        const told = [A, B, C].map((text) => countOf('signed out in another tab', text));
        expect([told, countOf('session ended', B)]).toEqual([[1, 0, 1], 1]);
      });
    }
  });

  test('keeps its name over a reload, in the other ones too', async ({ demo }) => {
    const [a, b] = await threeTabs(demo);
    await b.reload();
    await eventually(() => shownIn(b, ['A', 'B', 'C']));
    expect(await b.title()).toBe('Tab B · silent-refresh demo');
    await eventually(() => shownIn(a, ['A', 'B', 'C']));
    expect(await a.locator('[data-note]').count()).toBe(0);
  });

  test('opens one more by the keyboard alone', async ({ demo }) => {
    const { page, signIn, expectStatus } = demo;
    await signIn();
    await expectStatus('authenticated');
    const isFocused = () => opener(page).evaluate((link) => link === document.activeElement);
    for (let count = 0; count < 20 && !(await isFocused()); count++) await page.keyboard.press('Tab');
    const tab = await openFrom(page, () => page.keyboard.press('Enter'));
    expect(await tab.evaluate(() => window.opener)).toBe(null);
    await eventually(() => shownIn(page, ['A', 'B']));
  });

  test('fits on a phone that is 390 px wide, five of them too', async ({ demo }) => {
    const [a, b] = await threeTabs(demo);
    await openFrom(a);
    await openFrom(a);
    await a.setViewportSize({ width: 390, height: 844 });
    await eventually(() => shownIn(a, ['A', 'B', 'C', 'D', 'E']));
    await expectFits(a, 'the dashboard');
    await b.getByRole('button', { name: 'Sign out' }).click();
    await statusOf(a, 'unauthenticated').waitFor();
    await activity(a).waitFor();
    await expectFits(a, 'the sign-in screen');
  });

  test('takes a tab that is back from the back/forward cache up again', async ({ demo }) => {
    const { context, url } = demo;
    // As the demo itself answers, it is kept out of that cache.
    await context.route(`${url}/`, async (route) => {
      const response = await route.fetch();
      const { 'cache-control': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    const [a, , c] = await threeTabs(demo);
    const joined = await c.evaluate(() => performance.timeOrigin);
    await c.goto(`${url}/assets/none.js`);
    await a.locator('[data-note=closed]').getByText('Tab C').waitFor();
    await c.evaluate('history.back()');
    await c.waitForURL(`${url}/`, { waitUntil: 'commit' });
    await eventually(() => shownIn(c, ['A', 'B', 'C']));
    expect(await c.evaluate(() => performance.timeOrigin)).toBe(joined);
    await eventually(() => shownIn(a, ['A', 'B', 'C']));
  });
});
