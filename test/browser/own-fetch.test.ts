import { describe, expect } from 'vitest';
import { startForeign } from './harness/foreign.ts';
import { test, type World } from './harness/world.ts';

/** A script that knows nothing of the client, and calls `fetch` when it is told to. */
const thirdParty = `window.thirdParty = async (url, init) => {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
};`;

/** What an app may put in the place of `window.fetch`; the functions run in the page. */
const replacements = {
  'authFetch itself': () => {
    window.fetch = window.auth.authFetch;
  },
  'a wrapper that takes its time': () => {
    window.fetch = async (input, init) => {
      await Promise.resolve();
      return window.auth.authFetch(input, init);
    };
  },
  'a wrapper that makes a Request': () => {
    window.fetch = (input, init) => window.auth.authFetch(new Request(input, init));
  },
} as const;

const call = ({ page }: World, url: string, init?: RequestInit): Promise<{ status: number; text: string }> =>
  page.evaluate(`window.thirdParty(${JSON.stringify(url)}, ${JSON.stringify(init)})`);

describe.concurrent.each(Object.entries(replacements))('where %s is window.fetch', (_, replace) => {
  test('a third-party script’s calls have the token, are refreshed for and replayed (C-21)', async ({ open }) => {
    const world = await open({ user: 'ann' });
    await world.page.evaluate(`(${replace})()`);
    await world.page.addScriptTag({ content: thirdParty });
    expect(await call(world, '/api/echo')).toMatchObject({ status: 200 });
    const refreshes = world.server.log.refreshes().length;
    world.server.api.refuseTokensSoFar();
    expect(await call(world, '/api/echo', { method: 'POST', body: 'kept' })).toMatchObject({ status: 200 });
    expect(world.server.log.of('/api/echo').map(({ status }) => status)).toEqual([200, 401, 200]);
    expect(world.server.log.of('/api/echo').map(({ body }) => body.toString())).toEqual(['', 'kept', 'kept']);
    expect(world.server.log.refreshes()).toHaveLength(refreshes + 1);
  });

  test('a third-party script’s calls to its own server go there once, without the token (C-21)', async ({
    open,
    onTestFinished,
  }) => {
    const foreign = await startForeign('127.0.0.1');
    onTestFinished(foreign.down);
    const world = await open({ user: 'ann' });
    await world.page.evaluate(`(${replace})()`);
    await world.page.addScriptTag({ content: thirdParty });
    expect(await call(world, `${foreign.origin}/collect`)).toMatchObject({ status: 401 });
    expect(foreign.received.map(({ url, authorization }) => [new URL(url).pathname, authorization])).toEqual([
      ['/collect', undefined],
    ]);
  });
});
