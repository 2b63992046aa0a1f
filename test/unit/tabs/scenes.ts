import { expect } from 'vitest';
import type { AuthClient } from '../../../src/client/auth-client.ts';
import { type Claims, outcome, times } from '../client/world.ts';
import { type BrowserOptions, createFakeBrowser, type FakeBrowser, type FakeTab } from './fake-browser.ts';

/** A browser in which ann is signed in, and so many tabs that have found that, one after the other. */
export const openedOneByOne = async (count: number, options: BrowserOptions = {}) => {
  const browser = createFakeBrowser(options);
  browser.server.enter('ann');
  for (const tab of times(count, () => browser.open())) {
    tab.client.start();
    await browser.advance(1000);
    expect(tab.client.getSession().status).toBe('authenticated');
  }
  return { browser, server: browser.server, ...named(browser) };
};

/** The same, with nothing counted yet. */
export const signedInTabs = async (count: number, options: BrowserOptions = {}) => {
  const scene = await openedOneByOne(count, options);
  forget(scene.browser);
  return scene;
};

/** The same, hidden, with a token that is dead in all. */
export const tabsAtExpiry = async (count: number, options: BrowserOptions = {}) => {
  const scene = await signedInTabs(count, options);
  for (const tab of scene.browser.tabs) tab.happen('hidden');
  await scene.browser.advance(300_000);
  forget(scene.browser);
  return scene;
};

/** Three of the tabs; a test names those that it has opened. */
const named = ({ tabs }: FakeBrowser) => ({ a: tabs[0] as FakeTab, b: tabs[1] as FakeTab, c: tabs[2] as FakeTab });

/** Nothing has been counted yet. */
export const forget = (browser: FakeBrowser): void => {
  browser.server.forget();
  browser.said.length = 0;
  for (const { events } of browser.tabs) events.length = 0;
};

export const call = (tab: { client: AuthClient<Claims> }, init?: RequestInit) =>
  outcome(tab.client.authFetch('/api', init));

/** Lets a call fail, or never end, without anybody caring. */
export const callUnheard = (tab: FakeTab): void => void call(tab);

export const sub = ({ client }: { client: AuthClient<Claims> }): unknown => client.getSession().claims?.sub;

export const shown = (tabs: readonly { client: AuthClient<Claims> }[]): string[] =>
  tabs.map(({ client }) => client.getSession().status);

/** The statuses that a tab shows from now on. */
export const watch = ({ client }: FakeTab): string[] => {
  const seen: string[] = [];
  client.subscribe(({ status }) => void seen.push(status));
  return seen;
};

export const channelName = 'silent-refresh:https://app.example/auth/refresh';

/** Says something on every channel of the session, as any script of the origin can. */
export const sayEverywhere = (browser: FakeBrowser, message: unknown): void => {
  for (const name of [channelName, `${channelName}:tokens`]) browser.say(name, message);
};

/** What was said on the channels, by its type. */
export const messages = ({ said }: FakeBrowser): string[] => said.map((message) => (message as { type: string }).type);
