import { describe, expect, it } from 'vitest';
import { status } from '../client/fake-server.ts';
import { outcome, times } from '../client/world.ts';
import { createFakeBrowser, type FakeBrowser, type FakeTab } from './fake-browser.ts';
import { call, forget, messages, shown, signedInTabs, sub, tabsAtExpiry } from './scenes.ts';

/** Opens a tab and lets it start; says how long it took to know who is there. */
const startTab = async (browser: FakeBrowser) => {
  const tab = browser.open();
  let askedAfterMs: number | undefined;
  const begunAt = browser.clock.now().monotonicAt;
  tab.client.onEvent(({ type }) => {
    if (type === 'refresh-started') askedAfterMs ??= browser.clock.now().monotonicAt - begunAt;
  });
  tab.client.start();
  await browser.advance(1000);
  return { tab, askedAfterMs };
};

const close = (tab: FakeTab): void => {
  tab.happen('left');
  tab.close();
};

describe('a tab that starts', () => {
  it('beside a signed-in one asks it, and not the server', async () => {
    const { browser, server } = await signedInTabs(1);
    const { tab } = await startTab(browser);
    expect(sub(tab)).toBe('ann');
    expect(server.log).toEqual([]);
    const called = call(tab);
    await browser.advance(10);
    expect(await called).toBe(200);
  });

  it('and is stopped while it still asks the other tabs sends no refresh', async () => {
    const { browser, server, a } = await signedInTabs(1);
    a.close();
    const tab = browser.open();
    const stop = tab.client.start();
    await browser.advance(10);
    stop();
    await browser.advance(1000);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('and is stopped while it still asks the other tabs sends the refresh that a call waits for', async () => {
    const { browser, server, a } = await signedInTabs(1);
    a.close();
    const tab = browser.open();
    const stop = tab.client.start();
    const called = call(tab);
    await browser.advance(10);
    stop();
    await browser.advance(1000);
    expect([await called, server.count('/auth/refresh')]).toEqual([200, 1]);
  });

  it('beside a hidden one, whose timers come once a second, asks it and not the server', async () => {
    const { browser, server, a } = await signedInTabs(1);
    const { clock } = a.platform;
    const setTimer = (callback: () => void, delayMs: number) =>
      browser.clock.setTimer(callback, Math.max(delayMs, 1000));
    Object.assign(a.platform.clock, { ...clock, setTimer });
    const { tab } = await startTab(browser);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('beside 19 others that start with it, of which one is signed in, needs no refresh', async () => {
    const { browser, server } = await signedInTabs(1);
    const tabs = times(20, () => browser.open());
    for (const tab of tabs) tab.client.start();
    await browser.advance(1000);
    expect(tabs.map(sub)).toEqual(times(20, () => 'ann'));
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it.each([
    { what: 'with a record of a live token', record: true },
    { what: 'without a record', record: false },
  ])('with nine others, $what, needs one refresh for all of them', async ({ record }) => {
    const { browser, server, a } = await signedInTabs(1);
    a.close();
    if (!record) browser.stored.clear();
    const tabs = times(10, () => browser.open());
    for (const tab of tabs) tab.client.start();
    await browser.advance(1000);
    expect(tabs.map(sub)).toEqual(times(10, () => 'ann'));
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('with nine others needs one refresh for all of them if messages take their time', async () => {
    const { browser, server, a } = await signedInTabs(1, { latencyMs: (passage) => (passage === 'message' ? 300 : 2) });
    a.close();
    const tabs = times(10, () => browser.open());
    for (const tab of tabs) tab.client.start();
    await browser.advance(1000);
    expect(tabs.map(sub)).toEqual(times(10, () => 'ann'));
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it.each([
    { what: 'with a record', record: true },
    { what: 'without a record', record: false },
  ])(
    'with two others, $what, makes the calls of them all that were made before anybody was known',
    async ({ record }) => {
      const { browser, a } = await signedInTabs(1);
      a.close();
      if (!record) browser.stored.clear();
      const tabs = times(3, () => browser.open());
      const calls = tabs.map((tab) => {
        tab.client.start();
        return call(tab);
      });
      await browser.advance(1000);
      expect(await Promise.all(calls)).toEqual([200, 200, 200]);
    },
  );

  it('by a link from another site does not disturb the calls of tabs that start with it', async () => {
    const { browser, a } = await signedInTabs(1);
    a.close();
    const tabs = times(3, () => browser.open());
    for (const tab of tabs.slice(1)) tab.platform.cameByRedirect = true;
    const calls = tabs.map((tab) => {
      tab.client.start();
      return call(tab);
    });
    await browser.advance(1000);
    expect(await Promise.all(calls)).toEqual([200, 200, 200]);
  });

  it.each([{ tabs: 'share' } as const, { tabs: 'turns' } as const, { tabs: 'off' } as const])(
    'without a record, and whose server is slow to say nobody, does not end what has begun in another (%j)',
    async (client) => {
      const browser = createFakeBrowser({ client });
      const { server } = browser;
      const [slow, other] = [browser.open(), browser.open()];
      server.next('/auth/refresh', async (asked) => {
        const answer = await server.usual(asked);
        await new Promise<void>((resolve) => browser.clock.setTimer(resolve, 8000));
        return answer;
      });
      slow.client.start();
      await browser.advance(10);
      other.client.start();
      const entered = other.client.signIn({ user: 'bob', password: 'pass-word' });
      await browser.advance(20_000);
      expect(await entered).toMatchObject({ status: 'authenticated' });
      expect([sub(slow), sub(other)]).toEqual(['bob', 'bob']);
    },
  );

  it('alone, if the record shows a live token, waits 50 ms for others at most', async () => {
    const { browser, server, a } = await signedInTabs(1);
    a.close();
    const { tab, askedAfterMs } = await startTab(browser);
    expect(askedAfterMs).toBeGreaterThan(0);
    expect(askedAfterMs).toBeLessThanOrEqual(52);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('after a page that was alone asks the server at once (C-41)', async () => {
    const { browser, server, a } = await signedInTabs(1);
    close(a);
    const { tab, askedAfterMs } = await startTab(browser);
    expect(askedAfterMs).toBeLessThanOrEqual(2);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(1);
    expect(messages(browser)).toEqual(['token']);
  });

  it('after a page that was alone, which had been hidden through a renewal, asks the server at once (C-41)', async () => {
    const { browser, a } = await signedInTabs(1);
    void a.client.refresh();
    await browser.advance(1000);
    close(a);
    expect((await startTab(browser)).askedAfterMs).toBeLessThanOrEqual(2);
  });

  it('with nine others after a page that was alone needs one refresh for all of them (C-41)', async () => {
    const { browser, server, a } = await signedInTabs(1);
    close(a);
    const tabs = times(10, () => browser.open());
    for (const tab of tabs) tab.client.start();
    await browser.advance(1000);
    expect(tabs.map(sub)).toEqual(times(10, () => 'ann'));
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it.each([0, 1, 2, 3, 5, 30, 100])(
    'with nine others, one every %i ms, after a page that was alone, where storage is stale, needs one refresh (C-41)',
    async (apartMs) => {
      const { browser, server, a } = await signedInTabs(1, { storage: 'stale' });
      close(a);
      await browser.advance(1000);
      const tabs = times(10, () => browser.open());
      for (const tab of tabs) {
        tab.client.start();
        await browser.advance(apartMs);
      }
      await browser.advance(1000);
      expect(tabs.map(sub)).toEqual(times(10, () => 'ann'));
      expect(server.count('/auth/refresh')).toBe(1);
    },
  );

  it('after one that was closed beside another asks the other, and not the server (C-41)', async () => {
    const { browser, server, a } = await signedInTabs(2);
    close(a);
    const { tab } = await startTab(browser);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('after one that was restored with it, and gave it its token, asks it and not the server (C-41)', async () => {
    const { browser, server, a } = await signedInTabs(1);
    a.close();
    await browser.advance(400_000);
    const [one, other] = [browser.open(), browser.open()];
    for (const tab of [one, other]) tab.client.start();
    await browser.advance(1000);
    close(server.count('/auth/refresh') === 1 ? one : other);
    forget(browser);
    const { tab } = await startTab(browser);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('beside a page that was left alone and has come back asks it, and not the server (C-41)', async () => {
    const { browser, server, a } = await signedInTabs(1);
    a.leave();
    a.back();
    await browser.advance(1000);
    const { tab } = await startTab(browser);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('alone, in mid-refresh of the page before, waits 50 ms for others at most', async () => {
    const { browser, server, a } = await signedInTabs(1);
    server.next('/auth/refresh', server.late(500));
    void outcome(a.client.refresh());
    await browser.advance(100);
    a.close();
    const { tab, askedAfterMs } = await startTab(browser);
    expect(askedAfterMs).toBeLessThanOrEqual(52);
    expect(sub(tab)).toBe('ann');
  });

  it.each([
    { what: 'no record', prepare: (browser: FakeBrowser) => browser.stored.clear() },
    { what: 'a record of a dead token', prepare: (browser: FakeBrowser) => browser.advance(300_000) },
  ])('alone, with $what, waits for nobody', async ({ prepare }) => {
    const { browser, a } = await signedInTabs(1);
    a.close();
    await prepare(browser);
    const { tab, askedAfterMs } = await startTab(browser);
    expect(askedAfterMs).toBeLessThanOrEqual(2);
    expect(sub(tab)).toBe('ann');
  });

  it('beside one whose token is dead refreshes, and hands it a token', async () => {
    const { browser, server, a } = await tabsAtExpiry(1);
    const { tab } = await startTab(browser);
    expect(server.count('/auth/refresh')).toBe(1);
    expect(a.events.map(({ type }) => type)).toEqual(['received-from-tab']);
    expect([sub(a), sub(tab)]).toEqual(['ann', 'ann']);
  });

  it('and finds a session though the record says nobody signs the others in', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    void a.client.signOut();
    await browser.advance(1000);
    server.enter('bob');
    forget(browser);
    const { tab } = await startTab(browser);
    expect([tab, a, b].map(sub)).toEqual(['bob', 'bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('and finds another session than the record names shows it to the others', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.enter('bob');
    const { tab } = await startTab(browser);
    expect([tab, a, b].map(sub)).toEqual(['bob', 'bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('while nobody is signed in does not disturb the others', async () => {
    const browser = createFakeBrowser();
    await startTab(browser);
    await startTab(browser);
    expect(shown(browser.tabs)).toEqual(['unauthenticated', 'unauthenticated']);
    expect(messages(browser)).toEqual([]);
  });
});

describe('a page in a frame of another origin', () => {
  it.each([
    { what: '204', answer: status(204) },
    { what: '401', answer: status(401, { error: 'invalid_grant' }) },
  ])('CK-13 is unavailable-in-frame where the server says $what, and asks once', async ({ answer }) => {
    const browser = createFakeBrowser();
    browser.server.always('/auth/refresh', answer);
    const tab = browser.open();
    tab.platform.inForeignFrame = true;
    tab.client.start();
    await browser.advance(1000);
    expect(tab.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'unavailable-in-frame' });
    await Promise.all([call(tab), call(tab)]);
    tab.happen('visible');
    await browser.advance(600_000);
    expect(browser.server.count('/auth/refresh')).toBe(1);
    expect(browser.server.calls()).toEqual([]);
  });

  it('is signed in if the cookie comes along', async () => {
    const browser = createFakeBrowser();
    browser.server.enter('ann');
    const tab = browser.open();
    tab.platform.inForeignFrame = true;
    tab.client.start();
    await browser.advance(1000);
    expect(sub(tab)).toBe('ann');
  });
});
