import { describe, expect, it } from 'vitest';
import { never } from '../client/fake-server.ts';
import { credentials, outcome, tally, times, watched } from '../client/world.ts';
import { call, callUnheard, channelName, forget, shown, signedInTabs, sub, tabsAtExpiry } from './scenes.ts';

const lock = channelName;
const hour = 3_600_000;

describe('a tab that has the lock', { timeout: 30_000 }, () => {
  it.each([
    { what: 'before the answer', afterMs: 1 },
    { what: 'when the answer is there', afterMs: 3 },
    { what: 'when its token is on its way to the others', afterMs: 5 },
  ])('TAB-5 and is killed $what costs the others less than a second', async ({ afterMs }) => {
    const { browser, server, a, b, c } = await tabsAtExpiry(3);
    callUnheard(a);
    await browser.advance(afterMs);
    a.close();
    const calls = [call(b), call(c)];
    await browser.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 2 });
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(2);
  });

  it('and is killed lends its key to the one that follows', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.next('/auth/refresh', never);
    callUnheard(a);
    await browser.advance(100);
    a.close();
    const called = call(b);
    await browser.advance(1000);
    expect(await called).toBe(200);
    const [first, second] = server.asked('/auth/refresh').map(({ request }) => request.headers.get('Idempotency-Key'));
    expect(second).toBe(first);
  });

  it('and is frozen costs the others the wait for one lock, and a moment, and one refresh', async () => {
    const { browser, server, a } = await tabsAtExpiry(20);
    callUnheard(a);
    await browser.advance(3);
    a.freeze();
    const calls = browser.tabs.slice(1).map((tab) => call(tab));
    await browser.advance(3290);
    expect(server.count('/auth/refresh')).toBe(1);
    await browser.advance(200);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 19 });
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it.each([
    { what: 'once it is presumed lost', online: false, withinMs: 15_500 },
    { what: 'when the page is online again', online: true, withinMs: 6500 },
  ])('and never answers lets the next attempt of its own page through $what (C-9)', async ({ online, withinMs }) => {
    const { browser, server, a } = await tabsAtExpiry(2);
    server.next('/auth/refresh', never);
    callUnheard(a);
    await browser.advance(6000);
    const called = watched(call(a));
    if (online) a.happen('online');
    await browser.advance(withinMs - 6000);
    expect(called.settled).toBe(true);
    const keys = server.asked('/auth/refresh').map(({ request }) => request.headers.get('Idempotency-Key'));
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it('and never answers costs the other tabs the wait for one lock, and leaves the key to them (C-8)', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.next('/auth/refresh', never);
    callUnheard(a);
    await browser.advance(100);
    const called = watched(call(b));
    await browser.advance(3500);
    expect(called.settled).toBe(true);
    const keys = server.asked('/auth/refresh').map(({ request }) => request.headers.get('Idempotency-Key'));
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it('and never answers, like one that has the other lock, costs the others the wait for two, and a moment', async () => {
    const { browser, server } = await tabsAtExpiry(5);
    browser.locks.take(lock);
    browser.locks.take(`${lock}:second`);
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(6290);
    expect(server.count('/auth/refresh')).toBe(0);
    await browser.advance(200);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 5 });
    const keys = server.asked('/auth/refresh').map(({ request }) => request.headers.get('Idempotency-Key'));
    expect(new Set(keys).size).toBe(1);
  });

  it('TAB-3 for ever costs nobody more than `lockWaitMs` says, and a moment', async () => {
    const { browser } = await tabsAtExpiry(2, { client: { lockWaitMs: 200 } });
    browser.locks.take(lock);
    browser.locks.take(`${lock}:second`);
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(800);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 2 });
  });

  it('for ever keeps nobody from signing in or out', async () => {
    const { browser, a, b } = await signedInTabs(2);
    browser.locks.take(lock);
    browser.locks.take(`${lock}:second`);
    const out = outcome(a.client.signOut());
    await browser.advance(100);
    expect(await out).toEqual({ confirmed: true });
    const entered = outcome(b.client.signIn(credentials('bob')));
    await browser.advance(6100);
    expect(await entered).toMatchObject({ status: 'authenticated' });
    expect(browser.tabs.map(sub)).toEqual(['bob', 'bob']);
  });
});

describe('a tab that is thawed after an hour', () => {
  it('accepts none of the tokens that have expired meanwhile, and shows the same user', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    a.freeze();
    await browser.advance(hour);
    expect(server.count('/auth/refresh')).toBeGreaterThan(10);
    forget(browser);
    a.resume();
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe(200);
    // The last two that were told overlap.
    expect(a.events.filter(({ type }) => type === 'received-from-tab').length).toBeLessThanOrEqual(2);
    expect(server.ownerOf(server.calls()[0]?.token)).toBe('ann');
    expect(shown([a, b])).toEqual(['authenticated', 'authenticated']);
  });

  it('and has missed a sign-out hands out nothing, and sends nothing', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    a.freeze();
    void b.client.signOut();
    await browser.advance(hour);
    forget(browser);
    a.resume();
    expect(a.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    const results = [call(a), outcome(a.client.getAccessToken())];
    await browser.advance(1000);
    expect(await Promise.all(results)).toEqual(times(2, () => 'UnauthenticatedError'));
    expect(server.log).toEqual([]);
    expect(browser.said).toEqual([]);
  });

  it('and has missed a change of user shows the new one', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    a.freeze();
    void b.client.signIn(credentials('bob'));
    await browser.advance(hour);
    forget(browser);
    a.resume();
    const called = call(a);
    await browser.advance(1000);
    expect(sub(a)).toBe('bob');
    expect([200, 'UserChangedError']).toContain(await called);
    for (const { token } of server.calls()) expect(server.ownerOf(token)).toBe('bob');
  });

  it('in mid-refresh does not take the newer token of the others from those that come', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.next('/auth/refresh', server.late(1000));
    callUnheard(a);
    await browser.advance(500);
    a.freeze();
    b.happen('visible');
    await browser.advance(250_000);
    a.resume();
    await browser.advance(60_000);
    forget(browser);
    const next = browser.open();
    next.client.start();
    await browser.advance(1000);
    expect(sub(next)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it.each(['before', 'after'])('in mid-refresh, with a sign-out %s its answer, brings nobody back', async (when) => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.next('/auth/refresh', server.late(1000));
    callUnheard(a);
    await browser.advance(500);
    a.freeze();
    if (when === 'after') await browser.advance(1000);
    void b.client.signOut();
    await browser.advance(hour);
    a.resume();
    await browser.advance(1000);
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
    const reloaded = browser.open();
    reloaded.client.start();
    await browser.advance(1000);
    expect(shown([reloaded])).toEqual(['unauthenticated']);
  });
});
