import { describe, expect, it } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { credentials, outcome, tally, times } from '../client/world.ts';
import { type BrowserOptions, createFakeBrowser } from './fake-browser.ts';

const signedIn = async (count: number, options: BrowserOptions = {}) => {
  const browser = createFakeBrowser(options);
  browser.server.enter('ann');
  for (const tab of times(count, () => browser.open())) {
    tab.client.start();
    await browser.advance(1000);
    expect(tab.client.getSession().status).toBe('authenticated');
  }
  return browser;
};

const sub = (tab: { client: { getSession(): { claims?: { sub?: unknown } } } }) => tab.client.getSession().claims?.sub;

describe('tabs of one session', () => {
  it('opened beside one that is signed in ask it, and not the server', async () => {
    const { server } = await signedIn(5);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('20 of them with 20 calls each at expiry need one refresh', async () => {
    const browser = await signedIn(20);
    for (const tab of browser.tabs) tab.happen('hidden');
    await browser.advance(300_000);
    browser.server.forget();
    const calls = browser.tabs.flatMap((tab) => times(20, () => outcome(tab.client.authFetch('/api'))));
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 400 });
    expect(browser.server.count('/auth/refresh')).toBe(1);
    expect(browser.server.calls()).toHaveLength(400);
  });

  it('50 expiries cost 50 refreshes', async () => {
    const browser = await signedIn(5, { server: { lifetimeS: 10 } });
    browser.server.forget();
    await browser.advance(50 * 8000);
    expect(browser.server.count('/auth/refresh')).toBeGreaterThan(45);
    expect(browser.server.count('/auth/refresh')).toBeLessThan(55);
  });

  it('LIF-6 ten restored at once need one refresh', async () => {
    const browser = await signedIn(1);
    browser.tabs[0]?.kill();
    browser.server.forget();
    const tabs = times(10, () => browser.open());
    for (const tab of tabs) tab.client.start();
    await browser.advance(1000);
    expect(tabs.map(sub)).toEqual(times(10, () => 'ann'));
    expect(browser.server.count('/auth/refresh')).toBe(1);
  });

  it('all learn of a sign-out', async () => {
    const browser = await signedIn(3);
    void browser.tabs[0]?.client.signOut();
    await browser.advance(100);
    expect(browser.tabs.map((tab) => tab.client.getSession())).toMatchObject([
      { status: 'unauthenticated', reason: 'signed-out' },
      { status: 'unauthenticated', reason: 'signed-out-elsewhere' },
      { status: 'unauthenticated', reason: 'signed-out-elsewhere' },
    ]);
  });

  it('all learn of a sign-in, without a refresh', async () => {
    const browser = await signedIn(3);
    await browser.advance(1);
    void browser.tabs[0]?.client.signOut();
    await browser.advance(1000);
    browser.server.forget();
    void browser.tabs[1]?.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect(browser.tabs.map(sub)).toEqual(['bob', 'bob', 'bob']);
    expect(browser.server.count('/auth/refresh')).toBe(0);
  });

  it('one that holds the lock for ever costs the others seconds, and no stampede', async () => {
    const browser = await signedIn(20);
    for (const tab of browser.tabs) tab.happen('hidden');
    await browser.advance(300_000);
    browser.server.forget();
    const [holder, ...others] = browser.tabs;
    browser.server.next('/auth/refresh', browser.server.late(1000));
    holder?.client.authFetch('/api').catch(() => {});
    await browser.advance(500);
    holder?.freeze();
    const calls = others.map((tab) => outcome(tab.client.authFetch('/api')));
    await browser.advance(9000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 19 });
    expect(browser.server.count('/auth/refresh')).toBe(2);
  });

  it('TAB-5 one that is killed while it holds the lock is followed by the next within a second', async () => {
    const browser = await signedIn(3);
    for (const tab of browser.tabs) tab.happen('hidden');
    await browser.advance(300_000);
    browser.server.forget();
    const [holder, ...others] = browser.tabs;
    browser.server.next('/auth/refresh', browser.server.late(60_000));
    holder?.client.authFetch('/api').catch(() => {});
    await browser.advance(500);
    const calls = others.map((tab) => outcome(tab.client.authFetch('/api')));
    holder?.kill();
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 2 });
    expect(browser.server.count('/auth/refresh')).toBe(2);
  });

  it('a sign-in elsewhere releases the held calls of the same user', async () => {
    const browser = await signedIn(2, { client: { relogin: holdCalls() } });
    const [first, second] = browser.tabs;
    browser.server.end('revoked');
    const call = outcome(first?.client.authFetch('/api', { method: 'POST', body: 'x' }) ?? Promise.resolve());
    await browser.advance(1000);
    expect(first?.client.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 1 });
    const shown: string[] = [];
    first?.client.subscribe(({ status }) => void shown.push(status));
    void second?.client.signIn(credentials('ann'));
    await browser.advance(1000);
    expect(await call).toBe(200);
    expect(shown).toEqual(['authenticated']);
  });

  it('a sign-in of somebody else elsewhere rejects the held calls', async () => {
    const browser = await signedIn(2, { client: { relogin: holdCalls() } });
    const [first, second] = browser.tabs;
    browser.server.end('revoked');
    const call = outcome(first?.client.authFetch('/api', { method: 'POST', body: 'x' }) ?? Promise.resolve());
    await browser.advance(1000);
    browser.server.forget();
    void second?.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(browser.tabs.map(sub)).toEqual(['bob', 'bob']);
    expect(browser.server.calls()).toEqual([]);
  });
});
