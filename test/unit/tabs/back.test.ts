import { describe, expect, it } from 'vitest';
import { credentials, watched } from '../client/world.ts';
import type { BrowserOptions, FakeTab } from './fake-browser.ts';
import { call, channelName, forget, messages, shown, signedInTabs, sub } from './scenes.ts';

/** A tab whose user has gone on to a second page, which has a client, too. */
const onTheNextPage = async (options: BrowserOptions = {}, last?: (tab: FakeTab) => void) => {
  const scene = await signedInTabs(1, options);
  const { browser, a } = scene;
  a.leave(() => last?.(a));
  const next = browser.open();
  next.client.start();
  await browser.advance(1000);
  expect(sub(next)).toBe('ann');
  return { ...scene, next };
};

const doesNotSayThatItWasAlone = ({ platform }: FakeTab): void =>
  platform.storage.write(`${channelName}:left-alone`, undefined);

describe('a page that Back leads to', () => {
  it('has its session, whatever the next page has asked and told of tokens', async () => {
    const { browser, server, a, next } = await onTheNextPage({}, doesNotSayThatItWasAlone);
    void next.client.refresh();
    await browser.advance(1000);
    expect(messages(browser)).toEqual(['ask', 'token', 'token']);
    forget(browser);
    a.back();
    expect(sub(a)).toBe('ann');
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe(200);
    expect(server.count('/auth/refresh')).toBe(0);
    expect(messages(browser)).toEqual([]);
  });

  it('waits no longer than 50 ms for a token of the next page, which is gone by now', async () => {
    const { browser, server, a, next } = await onTheNextPage();
    a.happen('hidden');
    await browser.advance(350_000);
    next.close();
    forget(browser);
    a.back();
    const called = watched(call(a));
    await browser.advance(60);
    expect(called.settled).toBe(true);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it.each<{ what: string; last: (tab: FakeTab) => void }>([
    { what: 'the session', last: ({ client }) => void client.getSession() },
    { what: 'for a call', last: (tab) => void call(tab) },
  ])('has its session, though it asked $what as it was left', async ({ last }) => {
    const { a } = await onTheNextPage({}, last);
    a.back();
    expect(a.isLive()).toBe(true);
    expect(sub(a)).toBe('ann');
  });

  it('takes the tokens of the others again, gives its own, and asks', async () => {
    const { browser, server, a, next } = await onTheNextPage();
    a.back();
    forget(browser);
    void next.client.refresh();
    await browser.advance(10);
    expect(a.events.map(({ type }) => type)).toEqual(['received-from-tab']);
    next.close();
    const opened = browser.open();
    opened.client.start();
    await browser.advance(1000);
    expect(sub(opened)).toBe('ann');
    a.leave();
    await browser.advance(290_000);
    expect(messages(browser)).toContain('token');
    forget(browser);
    await browser.advance(60_000);
    a.back();
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe(200);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  const entries: { what: string; happen: (tab: FakeTab) => Promise<unknown> }[] = [
    { what: 'a sign-out', happen: ({ client }) => client.signOut() },
    { what: 'a sign-in as somebody else', happen: ({ client }) => client.signIn(credentials('bob')) },
    { what: 'a sign-in as the same user', happen: ({ client }) => client.signIn(credentials('ann')) },
  ];

  it.each(
    entries.flatMap((entry) => [
      { ...entry, tabs: 'share' as const },
      { ...entry, tabs: 'turns' as const },
    ]),
  )("was thrown away for $what on the next page ('$tabs')", async ({ happen, tabs }) => {
    const { browser, a, next } = await onTheNextPage({ client: { tabs } });
    void happen(next);
    await browser.advance(10);
    a.back();
    expect(a.isLive()).toBe(false);
  });

  it.each(entries)('was thrown away for $what on a page of another audience', async ({ happen }) => {
    const { browser, a } = await signedInTabs(1, { client: { audience: 'a' } });
    a.leave();
    const next = browser.open({ audience: 'b' });
    next.client.start();
    await browser.advance(1000);
    void happen(next);
    await browser.advance(10);
    a.back();
    expect(a.isLive()).toBe(false);
  });

  it('without having been thrown away, shows nobody after a sign-out, and sends no call', async () => {
    const { browser, server, a, next } = await onTheNextPage({ keepsListening: true });
    void next.client.signOut();
    await browser.advance(1000);
    forget(browser);
    a.back();
    expect(a.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe('UnauthenticatedError');
    expect(server.log).toEqual([]);
  });

  it('without having been thrown away, asks the next page who it is, and shows nobody until it knows', async () => {
    const { browser, server, a, next } = await onTheNextPage({ keepsListening: true });
    void next.client.signIn(credentials('bob'));
    await browser.advance(1000);
    forget(browser);
    const seen: unknown[] = [];
    a.client.subscribe(({ status, claims }) => void seen.push(claims?.sub ?? status));
    a.back();
    expect(shown([a])).toEqual(['loading']);
    await browser.advance(1000);
    expect(seen).toEqual(['loading', 'unauthenticated', 'bob']);
    expect(server.log).toEqual([]);
  });
});

describe('a page that was frozen, and not left', () => {
  it('takes the token that the others were told of meanwhile, and asks nobody', async () => {
    const { browser, a, b } = await signedInTabs(2);
    a.happen('frozen');
    a.freeze();
    void b.client.refresh();
    await browser.advance(1000);
    forget(browser);
    a.resume();
    await browser.advance(1000);
    expect(a.events.map(({ type }) => type)).toEqual(['received-from-tab']);
    expect(messages(browser)).toEqual([]);
  });
});

describe('a page that starts', () => {
  it.each([
    { what: 'beside another', opens: true },
    { what: 'alone', opens: false },
  ])('$what tells no news where the record says who is signed in', async ({ opens }) => {
    const { browser, a } = await signedInTabs(1);
    if (!opens) a.close();
    const next = browser.open();
    next.client.start();
    await browser.advance(600_000);
    expect(sub(next)).toBe('ann');
    expect(messages(browser)).not.toContain('changed');
  });
});

describe('a sign-in as somebody else', () => {
  const isNews = (passage: string, brings: string) => passage === 'message' && brings.includes('"changed"');

  it.each([
    { what: 'before the token', newsMs: 2, tokenMs: 8, asks: 0 },
    { what: 'after the token', newsMs: 8, tokenMs: 2, asks: 0 },
    { what: 'long before the token', newsMs: 2, tokenMs: 30, asks: 2 },
    { what: 'long after the token', newsMs: 500, tokenMs: 2, asks: 0 },
  ])('costs no refresh where the news is heard $what', async ({ newsMs, tokenMs, asks }) => {
    const latencyMs = (passage: string, brings: string) =>
      ({ request: 0, message: isNews(passage, brings) ? newsMs : tokenMs, storage: 1000 })[passage] ?? 2;
    const { browser, server, a, b, c } = await signedInTabs(3, { latencyMs });
    void a.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect([a, b, c].map(sub)).toEqual(['bob', 'bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(0);
    expect(messages(browser).filter((type) => type === 'ask')).toHaveLength(asks);
    for (const { events } of [b, c])
      expect(events.map(({ type }) => type)).toEqual(['session-ended', 'received-from-tab']);
  });

  it('costs one refresh if the news is heard, and the token never', async () => {
    const latencyMs = (passage: string, brings: string) =>
      ({ request: 0, message: isNews(passage, brings) ? 2 : 60_000, storage: 60_000 })[passage] ?? 2;
    const { browser, server, a, b } = await signedInTabs(2, { latencyMs });
    forget(browser);
    void a.client.signIn(credentials('bob'));
    await browser.advance(1000);
    expect([a, b].map(sub)).toEqual(['bob', 'bob']);
    expect(server.count('/auth/refresh')).toBe(1);
    await browser.advance(100_000);
    expect([a, b].map(sub)).toEqual(['bob', 'bob']);
  });
});
