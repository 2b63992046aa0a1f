import { describe, expect, it } from 'vitest';
import { credentials, tally, times } from '../client/world.ts';
import { createFakeBrowser } from './fake-browser.ts';
import { call, forget, messages, shown, signedInTabs, sub, tabsAtExpiry } from './scenes.ts';

describe("tabs that take 'turns'", () => {
  it('TAB-1 TAB-10 let no token onto a channel, and refresh each for itself, never two at once', async () => {
    const { browser, server } = await tabsAtExpiry(5, { client: { tabs: 'turns' } });
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 5 });
    expect(server.count('/auth/refresh')).toBe(5);
    expect(server.peak('/auth/refresh')).toBe(1);
    expect(messages(browser)).toEqual([]);
  });

  it('announce a sign-in and a sign-out, and nothing else', async () => {
    const { browser, a } = await signedInTabs(3, { client: { tabs: 'turns' } });
    void a.client.signOut();
    await browser.advance(1000);
    void a.client.signIn(credentials('ann'));
    await browser.advance(2000);
    expect(browser.said.every((message) => JSON.stringify(message) === '{"v":1,"type":"changed"}')).toBe(true);
    expect(browser.tabs.map(sub)).toEqual(['ann', 'ann', 'ann']);
  });

  it('TAB-10 answer no question, and take no token', async () => {
    const { browser, a } = await signedInTabs(2, { client: { tabs: 'turns' } });
    const sharing = browser.open({ tabs: 'share' });
    sharing.client.start();
    await browser.advance(1000);
    expect(messages(browser)).toEqual(['ask', 'token']);
    expect(a.events).toEqual([]);
  });
});

describe('tabs that share nothing', () => {
  it("('off') have neither channels nor a lock", async () => {
    const { browser, server } = await tabsAtExpiry(3, { client: { tabs: 'off' } });
    server.next('/auth/refresh', server.late(100), server.late(100), server.late(100));
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(50);
    expect(server.peak('/auth/refresh')).toBe(3);
    expect(browser.locks.names()).toEqual([]);
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 3 });
    expect(browser.said).toEqual([]);
  });

  it.each([
    { locks: false },
    { channel: false },
    { locks: false, channel: false },
    { storage: 'forbidden' } as const,
    { storage: 'full' } as const,
    { locks: false, channel: false, storage: 'forbidden' } as const,
  ])('TAB-12 (%j) lose no call at expiry', async (options) => {
    const { browser, server } = await tabsAtExpiry(4, options);
    const calls = browser.tabs.flatMap((tab) => times(5, () => call(tab)));
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 20 });
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(4);
  });

  it.each([{ storage: 'forbidden' } as const, { storage: 'full' } as const])(
    '(%j) are signed out by their own sign-out for good',
    async (options) => {
      const { browser, server, a } = await signedInTabs(2, options);
      void a.client.signOut();
      await browser.advance(2000);
      a.happen('visible');
      a.happen('stored');
      await browser.advance(600_000);
      expect(server.session).toBeUndefined();
      expect(a.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' });
    },
  );
});

describe('two clients in one page', () => {
  const page = async (one: object, other: object) => {
    const browser = createFakeBrowser();
    browser.server.enter('ann');
    const tab = browser.open(one);
    tab.client.start();
    await browser.advance(1000);
    const second = { client: tab.beside(other) };
    second.client.start();
    await browser.advance(1000);
    expect(shown([tab, second])).toEqual(['authenticated', 'authenticated']);
    return { browser, server: browser.server, tab, second };
  };

  it('with the same endpoint have one session, one refresh and one sign-out', async () => {
    const { browser, server, tab, second } = await page({}, {});
    expect(server.count('/auth/refresh')).toBe(1);
    void second.client.signOut();
    await browser.advance(100);
    expect(shown([tab, second])).toEqual(['unauthenticated', 'unauthenticated']);
    void tab.client.signIn(credentials('bob'));
    await browser.advance(100);
    expect([sub(tab), sub(second)]).toEqual(['bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('with an `audience` each have one sign-out, and never the same token', async () => {
    const { browser, server, tab, second } = await page({ audience: 'a' }, { audience: 'b' });
    expect(server.count('/auth/refresh')).toBe(2);
    await browser.advance(400_000);
    const [first, other] = await Promise.all([tab.client.getAccessToken(), second.client.getAccessToken()]);
    expect(first).not.toBe(other);
    void tab.client.signOut();
    await browser.advance(100);
    expect(shown([tab, second])).toEqual(['unauthenticated', 'unauthenticated']);
  });

  // A token for another audience is no news to it, and the storage event is not told in the page that writes.
  it('with an `audience` each never show two users', async () => {
    const { browser, tab, second } = await page({ audience: 'a' }, { audience: 'b' });
    void tab.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect([sub(tab), sub(second)]).toEqual(['bob', 'bob']);
  });

  it('with an `audience` each, in two pages, never show two users', async () => {
    const { browser, a } = await signedInTabs(1, { client: { audience: 'a' } });
    const other = browser.open({ audience: 'b' });
    other.client.start();
    await browser.advance(1000);
    void a.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect([sub(a), sub(other)]).toEqual(['bob', 'bob']);
  });

  it('with a `sessionName` each share nothing', async () => {
    const { browser, tab, second } = await page({ sessionName: 'one' }, { sessionName: 'two' });
    void tab.client.signOut();
    await browser.advance(100);
    expect(shown([tab, second])).toEqual(['unauthenticated', 'authenticated']);
    forget(browser);
    await browser.advance(1000);
    expect(messages(browser)).toEqual([]);
  });
});
