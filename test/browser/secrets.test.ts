import { describe, expect } from 'vitest';
import { findLeaks } from './harness/leaks.ts';
import { test } from './harness/world.ts';

describe.concurrent('HDR-6: the check that follows every test', () => {
  const plants: readonly (readonly [place: string, plant: string, remove: string])[] = [
    ['localStorage', 'localStorage.setItem("x", secret)', 'localStorage.removeItem("x")'],
    ['sessionStorage', 'sessionStorage.setItem("x", secret)', 'sessionStorage.clear()'],
    ['cookies', '(document.cookie = "x=" + secret)', 'document.cookie = "x=; max-age=0"'],
    ['caches', 'caches.open("x").then((cache) => cache.put("/x", new Response(secret)))', 'caches.delete("x")'],
    ['performance entries', 'performance.mark(secret)', 'performance.clearMarks()'],
    ['history', 'history.replaceState(secret, "")', 'history.replaceState(null, "")'],
    [
      'React tree, client, events and errors',
      'window.heard.push(new Error("x", { cause: [{ secret }] }))',
      'void window.heard.pop()',
    ],
    [
      'React tree, client, events and errors',
      '(document.body.__reactFiber$x = { child: { memoizedProps: { value: { secret } } } })',
      'delete document.body.__reactFiber$x',
    ],
    [
      'indexedDB',
      `new Promise((resolve) => {
        const opening = indexedDB.open('x');
        opening.onupgradeneeded = () => opening.result.createObjectStore('s').put(secret, 1);
        opening.onsuccess = () => { opening.result.close(); resolve(); };
      })`,
      'new Promise((resolve) => { indexedDB.deleteDatabase("x").onsuccess = resolve; })',
    ],
  ];

  test.for(plants)('finds a token and a cookie in %s', async ([place, plant, remove], { open }) => {
    const { server, page, context } = await open({ user: 'ann' });
    const quiet = { said: [], uncaught: [] };
    for (const secret of [...server.secrets.accessTokens, ...server.secrets.cookieValues]) {
      expect(await findLeaks(context, quiet, server.secrets)).toEqual([]);
      await page.evaluate(`(async () => { const secret = ${JSON.stringify(secret)}; await ${plant}; })()`);
      expect(await findLeaks(context, quiet, server.secrets)).toContainEqual(
        expect.stringMatching(`^${place} of http`),
      );
      await page.evaluate(remove);
    }
  });

  test('finds them in what is said on the console', async ({ open }) => {
    const { server, context } = await open({ user: 'ann' });
    const [token = ''] = server.secrets.accessTokens;
    const spying = { said: [`Bearer ${token}`], uncaught: [] };
    expect(await findLeaks(context, spying, server.secrets)).toContainEqual(expect.stringMatching(/^console/));
  });
});

/** Notes everything that the page gives to a channel. */
const tap = `
  window.posted = [];
  const { postMessage } = BroadcastChannel.prototype;
  BroadcastChannel.prototype.postMessage = function (message) {
    window.posted.push(JSON.stringify(message));
    return postMessage.call(this, message);
  };`;

describe.concurrent('ARC-1: script', () => {
  test('never meets the refresh token, from sign-in over three refreshes to sign-out', async ({ open }) => {
    const { server, page, refresh, call, reload, start, known, signIn, signOut } = await open({ script: tap });
    const bodies: string[] = [];
    page.on('response', async (response) => bodies.push(await response.text().catch(() => '')));
    expect(await signIn('ann')).toMatchObject({ status: 200 });
    for (let count = 0; count < 3; count++) expect(await refresh()).toMatchObject({ status: 200 });
    await call('/api/echo');
    const posted = await page.evaluate('window.posted.join()');
    await reload();
    await start();
    await known('authenticated');
    await signOut();
    const { cookieValues } = server.secrets;
    expect(cookieValues.size).toBe(5);
    const met = bodies.concat(String(posted), await page.content()).join('\n');
    expect(met).toContain('access_token');
    expect([...cookieValues].filter((value) => met.includes(value))).toEqual([]);
  });

  test('finds no access token in sessions, events and errors (README-7)', async ({ open }) => {
    const { server, page, call } = await open({ user: 'ann' });
    await call('/api/echo');
    await server.authority.endUserSessions('id-ann');
    const shown = await page.evaluate(async () => {
      const error = await window.auth.authFetch('/api/echo?secret=1').then(
        () => undefined,
        (reason: Error) => reason,
      );
      const { message, stack } = error as Error;
      return [message, stack, JSON.stringify(error), JSON.stringify(window.auth.getSession()), ...window.told].join(
        '\n',
      );
    });
    expect(shown).toContain('relogin-required');
    expect(shown).not.toContain('secret=1');
    expect(server.secrets.foundIn(shown)).toEqual([]);
  });
});
