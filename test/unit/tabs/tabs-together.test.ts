import { describe, expect, it } from 'vitest';
import { networkError, never, status } from '../client/fake-server.ts';
import { outcome, watched } from '../client/world.ts';
import { type BrowserOptions, createFakeBrowser } from './fake-browser.ts';
import { call, callUnheard, channelName, forget, messages, signedInTabs, sub, tabsAtExpiry, watch } from './scenes.ts';

const messagesAfter = (ms: number): BrowserOptions => ({ latencyMs: (passage) => (passage === 'message' ? ms : 2) });

describe('a refresh', () => {
  it('that the user asks for is not skipped for the token of another tab', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.next('/auth/refresh', server.late(100));
    callUnheard(a);
    await browser.advance(10);
    const asked = watched(b.client.refresh());
    await browser.advance(1000);
    expect(asked.settled).toBe(true);
    expect(server.count('/auth/refresh')).toBe(2);
    expect(server.peak('/auth/refresh')).toBe(1);
  });

  // On a busy machine a message takes as long as the machine pleases.
  it('is waited for if the record shows that it was made, however long its token takes to come', async () => {
    const { browser, server } = await tabsAtExpiry(5, messagesAfter(300));
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(1000);
    expect(await Promise.all(calls)).toEqual([200, 200, 200, 200, 200]);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('is waited for as well if it was made before this tab saw that it needs one', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2, messagesAfter(300));
    const calls = [call(a)];
    await browser.advance(30);
    calls.push(call(b));
    await browser.advance(1000);
    expect(await Promise.all(calls)).toEqual([200, 200]);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('is made if the record shows one whose token does not come within half a second', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2, messagesAfter(5000));
    callUnheard(a);
    await browser.advance(30);
    const called = call(b);
    await browser.advance(499);
    expect(server.count('/auth/refresh')).toBe(1);
    await browser.advance(100);
    expect(server.count('/auth/refresh')).toBe(2);
    expect(await called).toBe(200);
  });

  it('is still one if the app has cleared storage before it, and changes nothing that is shown', async () => {
    const { browser, server, a } = await signedInTabs(1);
    for (const key of [...browser.stored.keys()]) a.platform.storage.write(key, undefined);
    const seen = watch(a);
    await browser.advance(280_000);
    expect(seen).toEqual([]);
    expect(sub(a)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('asks nobody for a token if the server has given this page one of a shorter life than before', async () => {
    const { browser, server, a } = await signedInTabs(1);
    server.next('/auth/refresh', async (asked) => {
      const answer: object = await (await server.usual(asked)).json();
      return Response.json({ ...answer, expires_in: 10 });
    });
    void a.client.refresh();
    await browser.advance(1000);
    forget(browser);
    await browser.advance(9000);
    expect(server.count('/auth/refresh')).toBe(1);
    expect(messages(browser)).toEqual(['token']);
  });

  it('is waited for by pages of its audience alone', async () => {
    const browser = createFakeBrowser();
    browser.server.enter('ann');
    const tabs = ['mail', 'files', 'maps'].map((audience) => browser.open({ audience }));
    for (const tab of tabs) {
      tab.client.start();
      await browser.advance(1000);
      tab.happen('hidden');
    }
    await browser.advance(300_000);
    forget(browser);
    const calls = tabs.map((tab) => watched(call(tab)));
    await browser.advance(120);
    expect(calls.map(({ settled }) => settled)).toEqual([true, true, true]);
    expect(browser.server.count('/auth/refresh')).toBe(3);
  });

  it.each([{ namesSession: true }, { namesSession: false }])(
    'is one for all tabs, though the clock was set back by an hour before it (%j)',
    async (options) => {
      const { browser, server } = await tabsAtExpiry(5, { server: options });
      browser.sleep(-3_600_000);
      const calls = browser.tabs.map((tab) => call(tab));
      await browser.advance(1000);
      expect(await Promise.all(calls)).toEqual([200, 200, 200, 200, 200]);
      expect(server.count('/auth/refresh')).toBe(1);
    },
  );

  it('that is never answered holds the lock until it is presumed lost, and not for ever', async () => {
    const { browser, server, a } = await tabsAtExpiry(1);
    server.next('/auth/refresh', never);
    callUnheard(a);
    await browser.advance(14_900);
    expect(browser.locks.names()).toContain(channelName);
    await browser.advance(200);
    expect(browser.locks.names()).toEqual([]);
  });

  it('that fails in one tab is tried by the next, and not by all at once', async () => {
    const { browser, server } = await tabsAtExpiry(5);
    server.next('/auth/refresh', networkError);
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(5000);
    expect(await Promise.all(calls)).toEqual([200, 200, 200, 200, 200]);
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(3);
    expect(server.peak('/auth/refresh')).toBe(1);
  });

  it('that takes long lets the others wait for it as long as for the lock', async () => {
    const { browser, server } = await tabsAtExpiry(3);
    server.next('/auth/refresh', server.late(2000));
    const calls = browser.tabs.map((tab) => call(tab));
    await browser.advance(2500);
    expect(await Promise.all(calls)).toEqual([200, 200, 200]);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('after a 401 is skipped if another tab has a newer token', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.revokeTokens();
    forget(browser);
    const calls = [call(a), call(b)];
    await browser.advance(1000);
    expect(await Promise.all(calls)).toEqual([200, 200]);
    expect(server.count('/auth/refresh')).toBe(1);
    expect(server.calls()).toHaveLength(4);
  });

  it('that ends the session in one tab ends it in the others when they ask, and not before', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.end('revoked');
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe('UnauthenticatedError');
    expect([a, b].map(({ client }) => client.getSession().status)).toEqual(['relogin-required', 'authenticated']);
    const other = call(b);
    await browser.advance(1000);
    expect(await other).toBe('UnauthenticatedError');
    expect(b.client.getSession()).toMatchObject({ status: 'relogin-required', reason: 'revoked' });
  });

  it('that waits for the lock is timed out like any other, and its call fails by then', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2, { client: { refreshTimeoutMs: 1000 } });
    server.always('/auth/refresh', () => new Promise(() => {}));
    callUnheard(a);
    await browser.advance(10);
    const called = watched(call(b));
    await browser.advance(1001);
    expect(called.settled).toBe(true);
  });

  it('is neither noticed nor sent by a page that is stopped', async () => {
    const { browser, server, a } = await signedInTabs(1);
    const stopped = browser.open();
    const stop = stopped.client.start();
    await browser.advance(1000);
    stop();
    await browser.advance(10);
    forget(browser);
    await browser.advance(250_000);
    expect(a.events.map(({ type }) => type)).toEqual(['refresh-started', 'refreshed']);
    expect(stopped.events).toEqual([]);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('whose answer no tab can read leaves the lock free', async () => {
    const { browser, server, a } = await tabsAtExpiry(2);
    server.next('/auth/refresh', status(200, '<html>'));
    callUnheard(a);
    await browser.advance(10);
    expect(browser.locks.names()).toEqual([]);
  });
});

describe('listeners', () => {
  // They run a microtask before the lock is given back.
  it('of what a refresh came to find the lock free', async () => {
    const { browser, a } = await tabsAtExpiry(2);
    const held: string[] = [];
    a.client.onEvent(({ type }) => {
      if (type !== 'refresh-started') held.push(...browser.locks.names());
    });
    const called = call(a);
    await browser.advance(100);
    expect(await called).toBe(200);
    expect(held).toEqual([]);
  });

  it('and the functions by which the app reads an answer find the lock free', async () => {
    const held: string[] = [];
    const look = (what: string) => held.push(`${what}: ${scene?.browser.locks.names().join() ?? ''}`);
    let scene: Awaited<ReturnType<typeof tabsAtExpiry>> | undefined;
    const client = {
      classifyRefresh: () => void look('classify'),
      parseClaims: (raw: Readonly<Record<string, unknown>>) => {
        look('parse');
        return raw;
      },
      userId: (raw: Readonly<Record<string, unknown>>) => {
        look('id');
        return String(raw.sub);
      },
    };
    scene = await tabsAtExpiry(1, { client });
    held.length = 0;
    const called = call(scene.a);
    await scene.browser.advance(100);
    expect(await called).toBe(200);
    expect(held).toEqual(['classify: ', 'id: ', 'parse: ']);
  });

  it('that throw leave the lock free', async () => {
    const { browser, a } = await tabsAtExpiry(2);
    a.client.onEvent(() => {
      throw new Error('a listener');
    });
    const called = outcome(a.client.authFetch('/api'));
    await browser.advance(100);
    expect(await called).toBe(200);
    expect(browser.locks.names()).toEqual([]);
  });
});
