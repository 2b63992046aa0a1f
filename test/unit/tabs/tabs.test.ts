import { describe, expect, it } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { credentials, tally, times } from '../client/world.ts';
import { call, callUnheard, openedOneByOne, signedInTabs, sub, tabsAtExpiry, watch } from './scenes.ts';

describe('tabs of one session', () => {
  it('opened beside one that is signed in ask it, and not the server', async () => {
    const { server } = await openedOneByOne(5);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('20 of them with 20 calls each at expiry need one refresh', async () => {
    const { browser, server } = await tabsAtExpiry(20);
    const calls = browser.tabs.flatMap((tab) => times(20, () => call(tab)));
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 400 });
    expect(server.count('/auth/refresh')).toBe(1);
    expect(server.calls()).toHaveLength(400);
  });

  it('50 expiries cost 50 refreshes', async () => {
    const { browser, server } = await signedInTabs(5, { server: { lifetimeS: 10 } });
    await browser.advance(50 * 8000);
    expect(server.count('/auth/refresh')).toBeGreaterThan(45);
    expect(server.count('/auth/refresh')).toBeLessThan(55);
  });

  it('LIF-6 ten restored at once need one refresh', async () => {
    const { browser, server, a } = await signedInTabs(1);
    a.close();
    const tabs = times(10, () => browser.open());
    for (const tab of tabs) tab.client.start();
    await browser.advance(1000);
    expect(tabs.map(sub)).toEqual(times(10, () => 'ann'));
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('all learn of a sign-out', async () => {
    const { browser, a } = await signedInTabs(3);
    void a.client.signOut();
    await browser.advance(100);
    expect(browser.tabs.map((tab) => tab.client.getSession())).toMatchObject([
      { status: 'unauthenticated', reason: 'signed-out' },
      { status: 'unauthenticated', reason: 'signed-out-elsewhere' },
      { status: 'unauthenticated', reason: 'signed-out-elsewhere' },
    ]);
  });

  it('all learn of a sign-in, without a refresh', async () => {
    const { browser, server, a, b } = await signedInTabs(3);
    await browser.advance(1);
    void a.client.signOut();
    await browser.advance(1000);
    server.forget();
    void b.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect(browser.tabs.map(sub)).toEqual(['bob', 'bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('one that holds the lock for ever costs the others seconds, and no stampede', async () => {
    const { browser, server, a: holder } = await tabsAtExpiry(20);
    const others = browser.tabs.slice(1);
    server.next('/auth/refresh', server.late(1000));
    callUnheard(holder);
    await browser.advance(500);
    holder.freeze();
    const calls = others.map((tab) => call(tab));
    await browser.advance(9000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 19 });
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it('TAB-5 one that is killed while it holds the lock is followed by the next within a second', async () => {
    const { browser, server, a: holder } = await tabsAtExpiry(3);
    const others = browser.tabs.slice(1);
    server.next('/auth/refresh', server.late(60_000));
    callUnheard(holder);
    await browser.advance(500);
    const calls = others.map((tab) => call(tab));
    holder.close();
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 2 });
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it('a sign-in elsewhere releases the held calls of the same user', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { client: { relogin: holdCalls() } });
    server.end('revoked');
    const called = call(a, { method: 'POST', body: 'x' });
    await browser.advance(1000);
    expect(a.client.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 1 });
    const seen = watch(a);
    void b.client.signIn(credentials('ann'));
    await browser.advance(1000);
    expect(await called).toBe(200);
    expect(seen).toEqual(['authenticated']);
  });

  it('a sign-in of somebody else elsewhere rejects the held calls', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { client: { relogin: holdCalls() } });
    server.end('revoked');
    const called = call(a, { method: 'POST', body: 'x' });
    await browser.advance(1000);
    server.forget();
    void b.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect(await called).toBe('UserChangedError');
    expect(browser.tabs.map(sub)).toEqual(['bob', 'bob']);
    expect(server.calls()).toEqual([]);
  });
});
