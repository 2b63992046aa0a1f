import { describe, expect, it } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { credentials, outcome } from '../client/world.ts';
import { call, callUnheard, forget, messages, shown, signedInTabs, sub, tabsAtExpiry, watch } from './scenes.ts';

describe('a sign-in as somebody else', () => {
  it('is seen in all tabs, and each of them tells the app that the user before has left', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    const seen = watch(b);
    const left: unknown[] = [];
    b.client.onUserLeft((claims) => void left.push(claims?.sub));
    void a.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect([sub(a), sub(b)]).toEqual(['bob', 'bob']);
    expect(seen).toEqual(['unauthenticated', 'authenticated']);
    expect(left).toEqual(['ann']);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('waits for a refresh elsewhere, and sends its call as the user who made it', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.next('/auth/refresh', server.late(500));
    const called = call(b);
    await browser.advance(100);
    void a.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect(await called).toBe(200);
    expect(server.calls().map(({ token }) => server.ownerOf(token))).toEqual(['ann']);
    expect([sub(a), sub(b)]).toEqual(['bob', 'bob']);
  });

  it('never sends a call of the user before as the new one', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2, { locks: false });
    server.next('/auth/refresh', server.late(500));
    const called = call(b);
    await browser.advance(100);
    void a.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect(await called).toBe('UserChangedError');
    expect(server.calls()).toEqual([]);
    expect([sub(a), sub(b)]).toEqual(['bob', 'bob']);
  });

  const unshared = [
    { what: 'without tokens of other tabs', options: { client: { tabs: 'turns' } } as const },
    { what: 'without a channel', options: { channel: false } },
    { what: 'without anything shared', options: { client: { tabs: 'off' } } as const },
  ];

  it.each(unshared)('makes the others ask, $what', async ({ options }) => {
    const { browser, a, b } = await signedInTabs(2, options);
    const shownUsers: unknown[] = [];
    b.client.subscribe(({ claims }) => void shownUsers.push(claims?.sub));
    void a.client.signIn(credentials('bob'));
    await browser.advance(2000);
    expect([sub(a), sub(b)]).toEqual(['bob', 'bob']);
    expect(shownUsers).toEqual([undefined, 'bob']);
  });

  it.each(unshared)('costs the others one refresh each, $what', async ({ options }) => {
    const { browser, server, a } = await signedInTabs(5, options);
    void a.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect(new Set(browser.tabs.map(sub))).toEqual(new Set(['bob']));
    expect(server.count('/auth/refresh')).toBe(4);
  });

  it('does not send what another tab had held', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { client: { relogin: holdCalls() } });
    server.end('revoked');
    const held = call(a, { method: 'POST', body: 'x' });
    await browser.advance(1000);
    expect(shown([a])).toEqual(['relogin-required']);
    forget(browser);
    void b.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect(await held).toBe('UserChangedError');
    expect(server.calls()).toEqual([]);
  });

  it('found by a refresh of one tab is told to the others by the server at the latest', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.enter('bob');
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe('UserChangedError');
    expect(sub(a)).toBe('bob');
    expect(sub(b)).toBe('bob');
  });
});

describe('a sign-in of the same user', () => {
  it.each([{ tabs: 'share' } as const, { tabs: 'turns' } as const])(
    'elsewhere releases the held calls, and nothing but the user was shown ($tabs)',
    async ({ tabs }) => {
      const { browser, server, a, b } = await signedInTabs(2, { client: { relogin: holdCalls(), tabs } });
      server.end('expired');
      const held = [1, 2].map((n) => call(a, { method: 'POST', body: String(n) }));
      await browser.advance(1000);
      expect(a.client.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 2 });
      const seen = watch(a);
      forget(browser);
      void b.client.signIn(credentials('ann'));
      await browser.advance(1000);
      expect(await Promise.all(held)).toEqual([200, 200]);
      expect(await Promise.all(server.calls().map(({ request }) => request.clone().text()))).toEqual(['1', '2']);
      expect(seen).not.toContain('loading');
      expect(seen).not.toContain('unauthenticated');
      expect(seen.at(-1)).toBe('authenticated');
    },
  );

  it('elsewhere while a page is signed in changes nothing that it shows', async () => {
    const { browser, a, b } = await signedInTabs(2);
    const seen = watch(a);
    void b.client.signIn(credentials('ann'));
    await browser.advance(1000);
    expect(seen).toEqual([]);
    const called = call(a);
    await browser.advance(10);
    expect(await called).toBe(200);
  });

  it('elsewhere ends the attempts of a page that could not reach the server', async () => {
    const { browser, server, a, b } = await tabsAtExpiry(2);
    server.always('/auth/refresh', () => new Response(null, { status: 503 }));
    callUnheard(b);
    await browser.advance(20_000);
    server.always('/auth/refresh', undefined);
    void outcome(a.client.signIn(credentials('ann')));
    await browser.advance(100);
    const called = call(b);
    await browser.advance(100);
    expect(await called).toBe(200);
    expect(b.client.getSession()).not.toHaveProperty('problem');
  });
});

describe('a user who signs in by a redirect of the server', () => {
  it('after a sign-out is seen by the page that the redirect leads to, and by the others', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    void a.client.signOut();
    await browser.advance(1000);
    a.close();
    server.enter('bob');
    const landed = browser.open();
    landed.client.start();
    await browser.advance(1000);
    expect([sub(landed), sub(b)]).toEqual(['bob', 'bob']);
  });

  it('while somebody else is signed in is seen by the page that the redirect leads to, and by the others', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.enter('bob');
    const landed = browser.open();
    landed.platform.cameByRedirect = true;
    landed.client.start();
    await browser.advance(1000);
    expect([sub(landed), sub(a), sub(b)]).toEqual(['bob', 'bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('as who is signed in already costs the others neither their session nor a refresh', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    const seen = [watch(a), watch(b)];
    const landed = browser.open();
    landed.platform.cameByRedirect = true;
    landed.client.start();
    await browser.advance(1000);
    expect([sub(landed), sub(a), sub(b)]).toEqual(['ann', 'ann', 'ann']);
    expect(seen).toEqual([[], []]);
    expect(server.count('/auth/refresh')).toBe(1);
    expect(messages(browser)).not.toContain('changed');
  });
});
