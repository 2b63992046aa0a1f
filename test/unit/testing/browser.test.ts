import { describe, expect, it } from 'vitest';
import { createTestBrowser, type TestBrowserOptions, type TestTab } from '../../../src/testing/index.ts';

const api = { 'GET /api/me': ({ claims }: { claims: { sub: string } }) => Response.json({ sub: claims.sub }) };

/** A client in each of two tabs, all of them signed in. */
const signedInTabs = async (options: TestBrowserOptions = {}) => {
  const browser = createTestBrowser({ tabs: 2, api, ...options });
  browser.authority.signIn();
  const clients = browser.tabs.map((tab) => tab.createAuthClient());
  for (const client of clients) {
    client.start();
    await browser.advance(100);
  }
  const [a, b] = browser.tabs as [TestTab, TestTab];
  const [inA, inB] = clients as [(typeof clients)[0], (typeof clients)[0]];
  const refreshes = () => browser.authority.requests.filter(({ path }) => path === '/auth/refresh').length;
  return { browser, authority: browser.authority, a, b, inA, inB, refreshes };
};

const statuses = (...clients: { getSession(): { status: string } }[]) =>
  clients.map((client) => client.getSession().status);

describe('a test browser', () => {
  it('has as many tabs as it is asked for, and more later', () => {
    const browser = createTestBrowser({ tabs: 2 });
    browser.open();
    expect(browser.tabs.map(({ name }) => name)).toEqual(['tab 1', 'tab 2', 'tab 3']);
    expect(createTestBrowser().tabs).toHaveLength(1);
    expect(() => createTestBrowser({ tabs: -1 })).toThrow('`tabs` is a number of tabs, 0 or more; it was -1.');
  });

  it('has tabs that share one session, with one refresh', async () => {
    const { inA, inB, refreshes } = await signedInTabs();
    expect(statuses(inA, inB)).toEqual(['authenticated', 'authenticated']);
    expect(refreshes()).toBe(1);
  });

  it('refreshes once for all tabs when time passes', async () => {
    const { browser, inA, inB, refreshes } = await signedInTabs();
    await browser.advance(300_000);
    expect(refreshes()).toBe(2);
    const calls = [inA, inB].map((client) => client.authFetch('/api/me').then(({ status }) => status));
    await browser.advance(0);
    expect(await Promise.all(calls)).toEqual([200, 200]);
  });

  it('carries a sign-out to the other tab', async () => {
    const { browser, inA, inB } = await signedInTabs();
    const signedOut = inA.signOut();
    await browser.advance(100);
    expect(await signedOut).toMatchObject({ confirmed: true });
    expect(inB.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
  });

  it('lets a hidden tab rest until it is shown', async () => {
    const { browser, a, b, refreshes } = await signedInTabs();
    a.setVisible(false);
    b.setVisible(false);
    await browser.advance(300_000);
    expect(refreshes()).toBe(1);
    a.setVisible(true);
    await browser.advance(100);
    expect(refreshes()).toBe(2);
  });

  it('answers nothing while it is offline, and refreshes when it is online again', async () => {
    const { browser, inA, refreshes } = await signedInTabs();
    browser.setOnline(false);
    await browser.advance(310_000);
    expect(inA.getSession()).toMatchObject({ status: 'authenticated', problem: { kind: 'network' } });
    browser.setOnline(true);
    await browser.advance(100);
    expect(inA.getSession()).not.toHaveProperty('problem');
    expect(refreshes()).toBe(2);
  });

  it('keeps a page that was left, unless it is sent a message', async () => {
    const { browser, a, inA, b } = await signedInTabs();
    b.leave();
    await browser.advance(1000);
    expect(b.back()).toBe(true);
    b.leave();
    void inA.signOut();
    await browser.advance(100);
    expect(b.back()).toBe(false);
    expect(a.back()).toBe(true);
  });

  it('runs nothing in a frozen tab until it is resumed', async () => {
    const { browser, inA, b, inB } = await signedInTabs();
    b.freeze();
    void inA.signOut();
    await browser.advance(100);
    expect(statuses(inA, inB)).toEqual(['unauthenticated', 'authenticated']);
    b.resume();
    await browser.advance(100);
    expect(statuses(inA, inB)).toEqual(['unauthenticated', 'unauthenticated']);
  });

  it('has a tab that wakes up show nobody at first, when a script of another one has cleared storage', async () => {
    const { browser, a, b, inB } = await signedInTabs();
    b.freeze();
    a.clearStorage();
    b.resume();
    expect(statuses(inB)).toEqual(['loading']);
    await browser.advance(1000);
    expect(statuses(inB)).toEqual(['authenticated']);
  });

  it('runs no script in a frozen tab that would clear storage', async () => {
    const { a, b, inB } = await signedInTabs();
    a.freeze();
    b.freeze();
    a.clearStorage();
    b.resume();
    expect(statuses(inB)).toEqual(['authenticated']);
  });

  it('ends the session at the next refresh when its user has deleted the data of the site, cookies included', async () => {
    const { browser, b, inA, inB } = await signedInTabs();
    b.freeze();
    browser.clearSiteData();
    const called = inA.authFetch('/api/me').then(({ status }) => status);
    await browser.advance(0);
    expect([await called, ...statuses(inA)]).toEqual([200, 'authenticated']);
    b.resume();
    expect(statuses(inB)).toEqual(['loading']);
    await browser.advance(300_000);
    expect(statuses(inA, inB)).toEqual(['unauthenticated', 'unauthenticated']);
    const again = inA.signIn({});
    await browser.advance(1000);
    expect(await again).toMatchObject({ status: 'authenticated' });
    expect(statuses(inA, inB)).toEqual(['authenticated', 'authenticated']);
  });

  it('has tabs that refresh by themselves while storage is blocked, until a reset', async () => {
    const browser = createTestBrowser({ tabs: 2 });
    browser.setStorageAllowed(false);
    const refreshesOfBoth = async () => {
      browser.authority.signIn();
      const stops: (() => void)[] = [];
      for (const tab of browser.tabs) {
        const client = tab.createAuthClient();
        stops.push(client.start());
        await browser.advance(1000);
        expect(statuses(client)).toEqual(['authenticated']);
      }
      for (const stop of stops) stop();
      return browser.authority.requests.length;
    };
    expect(await refreshesOfBoth()).toBe(2);
    browser.reset();
    expect(await refreshesOfBoth()).toBe(1);
  });

  it('frees the lock of a tab that is closed', async () => {
    const { browser, authority, a, inA, inB } = await signedInTabs();
    authority.answerNext('hang');
    void inA.refresh();
    await browser.advance(10);
    a.close();
    const refreshed = inB.refresh();
    await browser.advance(100);
    expect(await refreshed).toMatchObject({ status: 'authenticated' });
  });

  it('lets an answer take its time by the same clock', async () => {
    const { browser, authority, inA } = await signedInTabs();
    authority.delay(2000);
    let isDone = false;
    void inA.refresh().then(() => {
      isDone = true;
    });
    await browser.advance(1900);
    expect(isDone).toBe(false);
    await browser.advance(200);
    expect(isDone).toBe(true);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %s', async (ms) => {
    await expect(createTestBrowser().advance(ms)).rejects.toThrow('advance() takes milliseconds, from 0 to');
  });

  it('advances once for each call, though they are made at the same time', async () => {
    const browser = createTestBrowser();
    const before = browser.authority.clock.now();
    await Promise.all([browser.advance(1000), browser.advance(500)]);
    expect(browser.authority.clock.now() - before).toBe(1500);
  });

  it.each(['tab', 'clock', 'authority'])('refuses the option %s', (name) => {
    expect(() => createTestBrowser({ [name]: 1 })).toThrow(`\`${name}\` is not an option.`);
  });

  it('does not open a closed tab again', async () => {
    const { a } = await signedInTabs();
    a.close();
    a.leave();
    expect(a.back()).toBe(false);
    expect(() => a.createAuthClient()).toThrow(
      'tab 1 is closed. Take one of `browser.tabs`, which a reset() opens anew',
    );
  });

  it('does not freeze a page that was left', async () => {
    const { b } = await signedInTabs();
    b.leave();
    b.freeze();
    expect(b.back()).toBe(true);
  });

  it('hears of no request of a tab that is closed', async () => {
    const { browser, authority, a, inA } = await signedInTabs();
    a.close();
    void inA.authFetch('/api/me').catch(() => {});
    await browser.advance(100);
    expect(authority.requests.map(({ path }) => path)).not.toContain('/api/me');
  });

  it('hears what listeners of the app throw', async () => {
    const { browser, a, inA } = await signedInTabs();
    inA.onUserLeft(() => {
      throw new Error('cannot clear the cache');
    });
    void inA.signOut();
    await browser.advance(0);
    expect(a.reported).toEqual([new Error('cannot clear the cache')]);
  });
});

describe('the reset of a test browser', () => {
  it('tells of clients that were never stopped, and of requests that nobody handled', async () => {
    const { browser, inA } = await signedInTabs();
    const call = inA.authFetch('/api/nothing').catch(() => {});
    await browser.advance(0);
    await call;
    expect(() => browser.reset()).toThrow(
      /The client of tab 1 was started and never stopped.*\nThe client of tab 2 was.*\nNobody handles GET \/api\/nothing/,
    );
  });

  it('opens new tabs in which nobody is signed in', async () => {
    const { browser, a, b } = await signedInTabs();
    a.close();
    b.close();
    browser.reset();
    const client = browser.tabs[0]?.createAuthClient();
    const stop = client?.start();
    await browser.advance(100);
    expect(client?.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'anonymous' });
    stop?.();
    expect(() => browser.reset()).not.toThrow();
  });
});
