import { describe, expect, it } from 'vitest';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import { createTestBrowser } from '../../../src/testing/index.ts';

const MINUTE = 60_000;

/** Two tabs that are signed in, and the refreshes since. */
const signedInTabs = async (options: AuthClientOptions = {}) => {
  const browser = createTestBrowser({ tabs: 2, api: { 'GET /api/me': () => Response.json({}) } });
  const { authority, tabs } = browser;
  authority.signIn();
  const clients = tabs.map((tab) => tab.createAuthClient(options));
  for (const client of clients) {
    client.start();
    await browser.advance(1000);
  }
  const counted = () => authority.requests.filter(({ path }) => path === '/auth/refresh').length;
  const before = counted();
  return {
    browser,
    authority,
    clients,
    clearStorage: () => tabs[0]?.clearStorage(),
    refreshes: () => counted() - before,
    shown: () => clients.map((client) => client.getSession().status),
  };
};

describe('storage that a script of a tab has cleared', () => {
  it('costs no refresh more: the next one is still the only one, and serves all tabs', async () => {
    const { browser, clearStorage, refreshes, shown } = await signedInTabs();
    clearStorage();
    await browser.advance(5 * MINUTE);
    expect(refreshes()).toBe(1);
    expect(shown()).toEqual(['authenticated', 'authenticated']);
    await browser.advance(5 * MINUTE);
    expect(refreshes()).toBe(2);
  });

  it.each(['turns', 'off'] as const)('costs no refresh more with `tabs: %j`', async (tabs) => {
    const { browser, clearStorage, refreshes, shown } = await signedInTabs({ tabs });
    clearStorage();
    await browser.advance(5 * MINUTE);
    expect(refreshes()).toBe(2);
    expect(shown()).toEqual(['authenticated', 'authenticated']);
  });

  it('costs no refresh more when tabs that were hidden make calls at once', async () => {
    const { browser, clients, clearStorage, refreshes } = await signedInTabs();
    for (const tab of browser.tabs) tab.setVisible(false);
    clearStorage();
    await browser.advance(6 * MINUTE);
    const calls = clients.map((client) => client.authFetch('/api/me').then(({ status }) => status));
    await browser.advance(2000);
    expect(await Promise.all(calls)).toEqual([200, 200]);
    expect(refreshes()).toBe(1);
  });

  it('while a refresh is under way has the server asked again, as the response may be about the time before', async () => {
    const { browser, authority, clients, clearStorage, refreshes, shown } = await signedInTabs();
    authority.delay(2000);
    void clients[0]?.refresh();
    await browser.advance(1000);
    clearStorage();
    await browser.advance(10_000);
    expect(refreshes()).toBe(2);
    expect(shown()).toEqual(['authenticated', 'authenticated']);
  });
});

describe('a site whose data its user has deleted, cookies included', () => {
  it('has each tab ask the server once, and no more', async () => {
    const { browser, refreshes, shown } = await signedInTabs();
    browser.clearSiteData();
    await browser.advance(10 * MINUTE);
    expect(shown()).toEqual(['relogin-required', 'relogin-required']);
    expect(refreshes()).toBe(2);
  });
});
