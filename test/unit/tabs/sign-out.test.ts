import { describe, expect, it } from 'vitest';
import { networkError, never, status } from '../client/fake-server.ts';
import { credentials, outcome, times } from '../client/world.ts';
import { createFakeBrowser, type FakeBrowser, type FakeTab } from './fake-browser.ts';
import { call, callUnheard, forget, shown, signedInTabs, sub, tabsAtExpiry, watch } from './scenes.ts';

/** Nobody is signed in, in any tab, and in none that is opened now. */
const expectNobody = async (browser: FakeBrowser) => {
  const live = browser.tabs.filter((tab) => tab.isLive());
  expect(shown(live)).toEqual(times(live.length, () => 'unauthenticated'));
  browser.tabs[0]?.close();
  const reloaded = browser.open();
  reloaded.client.start();
  await browser.advance(15_000);
  expect(shown(browser.tabs.slice(1))).toEqual(times(browser.tabs.length - 1, () => 'unauthenticated'));
  forget(browser);
  expect(new Set(await Promise.all(browser.tabs.slice(1).map((tab) => call(tab))))).toEqual(
    new Set(['UnauthenticatedError']),
  );
  expect(browser.server.calls()).toEqual([]);
};

const clearStorage = ({ platform }: FakeTab, { stored }: FakeBrowser) => {
  for (const key of [...stored.keys()]) platform.storage.write(key, undefined);
};

describe('a sign-out', () => {
  it('REV-10 is true in all tabs within 10 ms', async () => {
    const { browser, a } = await signedInTabs(20);
    void a.client.signOut();
    expect(a.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' });
    await browser.advance(10);
    const reasons = browser.tabs
      .map(({ client }) => client.getSession())
      .map((session) => 'reason' in session && session.reason);
    expect(reasons).toEqual(['signed-out', ...times(19, () => 'signed-out-elsewhere')]);
    await expectNobody(browser);
  });

  it.each([
    { without: 'channel', options: { channel: false } },
    { without: 'locks', options: { locks: false } },
    { without: 'tokens of other tabs', options: { client: { tabs: 'turns' } } as const },
    { without: 'anything shared', options: { client: { tabs: 'off' } } as const },
  ])('reaches the others without $without', async ({ options }) => {
    const { browser, a } = await signedInTabs(3, options);
    void a.client.signOut();
    await browser.advance(1000);
    await expectNobody(browser);
  });

  it.each([
    { commitMs: 0, answerMs: 500, what: 'has been made, and is answered later' },
    { commitMs: 0, answerMs: 5, what: 'has been made, and is answered first' },
    { commitMs: 500, answerMs: 5, what: 'reaches the server later' },
  ])('during a refresh elsewhere that $what lets nobody in', async ({ commitMs, answerMs }) => {
    const latencyMs = (passage: string) => ({ request: commitMs, answer: answerMs })[passage] ?? 2;
    let isSlow = false;
    const { browser, server, a, b, c } = await tabsAtExpiry(3, {
      latencyMs: (passage) => (isSlow ? latencyMs(passage) : passage === 'request' ? 0 : 2),
    });
    isSlow = true;
    callUnheard(b);
    callUnheard(c);
    await browser.advance(3);
    isSlow = false;
    void a.client.signOut();
    await browser.advance(12_000);
    expect(server.session).toBeUndefined();
    await expectNobody(browser);
  });

  it.each([
    { what: 'is answered last', sleeps: false },
    { what: 'was answered in a tab that is frozen', sleeps: true },
  ])('before any tab knew who is signed in beats the first refresh of another, which $what', async ({ sleeps }) => {
    const latencyMs = (passage: string, brings: string) => {
      if (passage === 'answer' && brings.includes('/auth/refresh')) return 5000;
      return passage === 'request' ? 0 : 2;
    };
    const browser = createFakeBrowser({ latencyMs });
    browser.server.enter('ann');
    const [first, second] = [browser.open(), browser.open()];
    for (const tab of [first, second]) tab.client.start();
    await browser.advance(10);
    expect(browser.server.count('/auth/refresh')).toBe(1);
    if (sleeps) first.freeze();
    const signedOut = second.client.signOut();
    await browser.advance(20_000);
    expect(await signedOut).toEqual({ confirmed: true });
    if (sleeps) first.resume();
    await browser.advance(1000);
    await expectNobody(browser);
  });

  it.each([
    { what: 'is slow', answer: never },
    { what: 'cannot be reached', answer: networkError },
  ])('while the server $what is finished by another tab, or by the next one', async ({ answer }) => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.always('/auth/logout', answer);
    void outcome(a.client.signOut());
    await browser.advance(100);
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
    a.close();
    server.always('/auth/logout', undefined);
    b.happen('visible');
    await browser.advance(1000);
    expect(server.session).toBeUndefined();
    await expectNobody(browser);
  });

  it('in a tab whose session the server does not name waits for a refresh elsewhere', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2, { server: { namesSession: false } });
    server.next('/auth/refresh', server.late(500));
    callUnheard(b);
    await browser.advance(10);
    void a.client.signOut();
    await browser.advance(300);
    expect(server.count('/auth/logout')).toBe(0);
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
    await browser.advance(1000);
    expect(server.count('/auth/logout')).toBe(1);
    await expectNobody(browser);
  });

  it('during a sign-in in another tab leaves the one who has signed in alone', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.next('/auth/login', server.late(100));
    void outcome(b.client.signIn(credentials('bob')));
    await browser.advance(50);
    void a.client.signOut();
    await browser.advance(1000);
    expect(server.session?.user).toBe('bob');
    expect(browser.tabs.map(({ client }) => client.getSession().claims?.sub)).toEqual(['bob', 'bob']);
  });

  it('under way has a sign-in in another tab wait for its answer, which takes the cookie away', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.next('/auth/logout', server.late(1000));
    void a.client.signOut();
    await browser.advance(10);
    const entered = b.client.signIn(credentials('bob'));
    await browser.advance(900);
    expect(server.count('/auth/login')).toBe(0);
    await browser.advance(200);
    expect(await entered).toMatchObject({ status: 'authenticated' });
    expect(server.count('/auth/login')).toBe(1);
  });

  it('that is never answered keeps no sign-in in another tab waiting for longer than 3 s', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.next('/auth/logout', never);
    void a.client.signOut();
    await browser.advance(10);
    const entered = b.client.signIn(credentials('bob'));
    await browser.advance(3100);
    expect(await entered).toMatchObject({ status: 'authenticated' });
  });

  it('is true in the other tabs, though the app clears storage in the same breath', async () => {
    const { browser, a, b } = await signedInTabs(2);
    void a.client.signOut();
    for (const key of [...browser.stored.keys()]) a.platform.storage.write(key, undefined);
    await browser.advance(1000);
    expect(b.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
  });

  it.each([{ tabs: 'share' } as const, { tabs: 'turns' } as const, { tabs: 'off' } as const])(
    'that a frozen tab has missed, and whose record the app has cleared since, leaves it nothing to hand out (%j)',
    async (client) => {
      const { browser, a, b } = await signedInTabs(2, { client });
      b.happen('frozen');
      b.freeze();
      void a.client.signOut().then(() => clearStorage(a, browser));
      await browser.advance(1000);
      b.resume();
      const [token, called] = [outcome(b.client.getAccessToken()), call(b)];
      await browser.advance(1000);
      expect([await token, await called]).toEqual(times(2, () => 'UnauthenticatedError'));
      expect(browser.server.calls()).toEqual([]);
      expect(shown([b])).toEqual(['unauthenticated']);
    },
  );

  it.each([20, 100])(
    'that is heard of %d ms late, when the app has cleared storage, is true all the same',
    async (ms) => {
      const { browser, a, b } = await signedInTabs(2, {
        latencyMs: (passage) => (passage === 'message' || passage === 'storage' ? ms : 2),
      });
      void a.client.signOut().then(() => clearStorage(a, browser));
      await browser.advance(1000);
      expect(shown([b])).toEqual(['unauthenticated']);
    },
  );

  it('leaves a client that was stopped before nothing to hand out', async () => {
    const { browser, a } = await signedInTabs(1);
    const stopped = browser.open();
    const stop = stopped.client.start();
    await browser.advance(1000);
    stop();
    await browser.advance(1);
    void a.client.signOut();
    await browser.advance(1000);
    expect(await outcome(stopped.client.getAccessToken())).toBe('UnauthenticatedError');
  });

  it('that its page leaves unfinished is finished by another, though nothing happens there', async () => {
    const { browser, server, a } = await signedInTabs(2);
    server.always('/auth/logout', networkError);
    void a.client.signOut();
    await browser.advance(10);
    a.close();
    server.always('/auth/logout', undefined);
    await browser.advance(91_000);
    expect(server.session).toBeUndefined();
    await browser.advance(600_000);
    expect(server.count('/auth/logout')).toBe(2);
  });

  it('that cannot be confirmed is tried by all tabs together little more than by one', async () => {
    const { browser, server, a } = await signedInTabs(10);
    server.always('/auth/logout', status(503));
    void a.client.signOut();
    await browser.advance(659_000);
    expect(server.count('/auth/logout')).toBeGreaterThan(30);
    expect(server.count('/auth/logout')).toBeLessThan(180);
  });

  it('is left to the others by a page that is rendered ahead of time', async () => {
    const { browser, server, a } = await signedInTabs(1);
    const ahead = browser.open();
    ahead.platform.prerendering = true;
    ahead.client.start();
    void a.client.refresh();
    await browser.advance(1000);
    server.always('/auth/logout', networkError);
    void a.client.signOut();
    await browser.advance(1000);
    a.close();
    forget(browser);
    await browser.advance(200_000);
    expect(server.log).toEqual([]);
  });

  it.each([{ namesSession: true }, { namesSession: false }])(
    'where the app has cleared storage, and it is not known yet who is there, is kept all the same (%j)',
    async (options) => {
      const { browser, server, a } = await signedInTabs(1, { server: options });
      clearStorage(a, browser);
      server.always('/auth/refresh', status(503));
      void a.client.refresh().catch(() => {});
      await browser.advance(200);
      server.always('/auth/logout', status(503));
      void a.client.signOut();
      await browser.advance(2000);
      expect(server.count('/auth/logout')).toBeGreaterThan(0);
      server.always('/auth/refresh', undefined);
      server.always('/auth/logout', undefined);
      await expectNobody(browser);
      expect(server.session).toBeUndefined();
    },
  );

  it('that follows one which is confirmed by now is told to the server, who may know of somebody', async () => {
    const { browser, server, a } = await signedInTabs(1);
    server.always('/auth/logout', status(503));
    void a.client.signOut();
    await browser.advance(10);
    a.close();
    const b = browser.open();
    b.client.start();
    await browser.advance(2000);
    server.always('/auth/refresh', status(503));
    server.always('/auth/logout', undefined);
    await browser.advance(60_000);
    forget(browser);
    const signOut = b.client.signOut();
    await browser.advance(5000);
    expect(await signOut).toEqual({ confirmed: true });
    expect(server.count('/auth/logout')).toBe(1);
  });

  it('is shown as it was by a tab that wakes up, though the app has cleared storage since', async () => {
    const { browser, server, a } = await signedInTabs(1);
    void a.client.signOut();
    await browser.advance(2000);
    clearStorage(a, browser);
    a.happen('frozen');
    a.freeze();
    await browser.advance(100_000);
    forget(browser);
    const seen = watch(a);
    a.resume();
    await browser.advance(1000);
    expect(seen).toEqual([]);
    expect(a.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' });
    expect(server.log).toEqual([]);
  });

  it('of who has signed in in another tab since the last is another one, though neither session has a name', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { server: { namesSession: false } });
    server.next('/auth/logout', server.late(8000));
    void a.client.signOut();
    void b.client.signIn(credentials('bob'));
    await browser.advance(4000);
    expect(sub(a)).toBe('bob');
    void a.client.signOut();
    await browser.advance(20_000);
    expect(server.count('/auth/logout')).toBe(2);
    await expectNobody(browser);
  });

  it('where nobody is shown leaves alone who has signed in in another tab, and is not known here yet', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { client: { tabs: 'turns' } });
    void a.client.signOut();
    await browser.advance(1000);
    server.next('/auth/refresh', status(503));
    void b.client.signIn(credentials('bob'));
    await browser.advance(100);
    void a.client.signOut();
    await browser.advance(5000);
    expect(sub(b)).toBe('bob');
    const reloaded = browser.open();
    reloaded.client.start();
    await browser.advance(1000);
    expect(sub(reloaded)).toBe('bob');
  });

  it('in all tabs at once is one for the server, and for all', async () => {
    const { browser, server } = await signedInTabs(5);
    const results = browser.tabs.map((tab) => outcome(tab.client.signOut()));
    await browser.advance(1000);
    expect(await Promise.all(results)).toEqual(times(5, () => ({ confirmed: true })));
    expect(server.session).toBeUndefined();
    await expectNobody(browser);
  });

  // A sign-in that is given up under the lock throws before it has a promise: nobody hears of it.
  it('during its own sign-in, which waits for its slot, ends the sign-in', async () => {
    const { browser, server, a } = await tabsAtExpiry(2);
    server.next('/auth/refresh', server.late(500));
    callUnheard(a);
    await browser.advance(10);
    const entered = outcome(a.client.signIn(credentials('ann')));
    await browser.advance(10);
    void a.client.signOut();
    await browser.advance(5000);
    expect(await Promise.race([entered, Promise.resolve('still waiting')])).toBe('UnauthenticatedError');
  });

  it('by a page that is left at once is not undone by a tab that sees storage a moment late', async () => {
    const latencyMs = (passage: string) => ({ request: 0, storage: 10 })[passage] ?? 2;
    const { browser, a, b } = await tabsAtExpiry(2, { storage: 'stale', latencyMs });
    callUnheard(b);
    await browser.advance(1);
    void a.client.signOut();
    a.close();
    await browser.advance(5000);
    expect(b.client.getSession()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
  });

  it('that another tab has finished is not sent again: it could end the session of whoever has signed in since', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { server: { namesSession: false } });
    server.next('/auth/logout', networkError);
    void a.client.signOut();
    await browser.advance(500);
    b.happen('online');
    await browser.advance(10);
    expect(server.session).toBeUndefined();
    server.enter('bob');
    await browser.advance(60_000);
    expect(server.count('/auth/logout')).toBe(2);
    expect(server.session?.user).toBe('bob');
  });

  // What cannot be written over is believed still: no sign-out is pending there.
  it('of a session without a name reaches the server though storage is full by now', async () => {
    const { browser, server, a } = await signedInTabs(1, { server: { namesSession: false } });
    Object.assign(a.platform.storage, { write: () => {} });
    void a.client.signOut();
    await browser.advance(15_000);
    expect(server.session).toBeUndefined();
  });
});
