import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/create-client.ts';
import { type AuthorityOptions, createAuthority, generateSigningKeys } from '../../../src/server/index.ts';
import { createFakePlatform, type FakePlatform } from '../fake-platform.ts';

const keys = await generateSigningKeys();
const origin = 'https://app.example';

/**
 * One browser with its cookie jar, and the real authority behind it. Pages come and go; a request that outlives its page
 * still sets its cookie when its answer comes.
 */
const createBrowser = (options: Partial<AuthorityOptions<{ id: string }>> = {}) => {
  const jar = new Map<string, string>();
  const stored = new Map<string, string>();
  const events: string[] = [];
  const delays: number[] = [];
  let atMs = 1_700_000_000_000;
  let ids = 0;
  let working = 0;
  let losses = 0;
  let landings: { readonly atMs: number; readonly land: () => void }[] = [];
  const pages: FakePlatform[] = [];
  const authority = createAuthority<{ id: string }>({
    issuer: 'https://auth.example',
    audience: 'https://api.example',
    keys,
    refreshSecret: new Uint8Array(32).fill(7),
    verifyCredentials: (given) => ({ id: (given as { id: string }).id }),
    userId: ({ id }) => id,
    accessTokenLifetimeMs: 60_000,
    now: () => atMs,
    onEvent: ({ type }) => void events.push(type),
    ...options,
  });

  const rotate = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('Origin', origin);
    headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    const request = new Request(new URL(String(input), origin), {
      method: init.method ?? 'GET',
      headers,
      body: init.body ?? null,
    });
    const landsAtMs = atMs + (delays.shift() ?? 0);
    working++;
    const isAuth = new URL(request.url).pathname.startsWith('/auth/');
    const guarded = isAuth ? await authority.handle(request) : await authority.guard(request);
    working--;
    const response = guarded instanceof Response ? guarded : Response.json({ user: guarded.sub });
    if (isAuth && losses > 0) {
      losses--;
      throw new TypeError('Failed to fetch');
    }
    if (landsAtMs > atMs) await new Promise<void>((land) => landings.push({ atMs: landsAtMs, land }));
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/Max-Age=0(;|$)/.test(cookie)) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    return response;
  };

  const idle = async () => {
    do await new Promise<void>((resolve) => setImmediate(resolve));
    while (working > 0);
  };

  return {
    events,
    /** The next answers take that long to arrive; the server acts at once. */
    delay: (...ms: number[]) => void delays.push(...ms),
    /** The next answers of the auth server never arrive, nor do their cookies; the server acts. */
    lose: (answers: number) => {
      losses = answers;
    },
    /** Time passes for the browser, its pages and its server. */
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= 100) {
        atMs += Math.min(left, 100);
        const landing = landings.filter((one) => one.atMs <= atMs);
        landings = landings.filter((one) => one.atMs > atMs);
        for (const { land } of landing) land();
        await idle();
        for (const page of pages) await page.advance(Math.min(left, 100));
        await idle();
        for (const page of pages) await page.advance(0);
      }
    },
    open: () => {
      const alive = { is: true };
      // A page that is gone sends nothing more, and hears of nothing more; the browser finishes its requests.
      const platform = createFakePlatform((input, init) => {
        if (!alive.is) return new Promise<Response>(() => {});
        const answer = rotate(input, init);
        return new Promise((resolve, reject) => {
          answer.then((response) => alive.is && resolve(response), reject);
        });
      }, stored);
      Object.assign(platform, { uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` });
      platform.setWall(atMs - platform.clock.now().wallAt);
      const client = createClient({}, platform);
      pages.push(platform);
      client.start();
      const close = () => {
        alive.is = false;
        pages.splice(pages.indexOf(platform), 1);
      };
      return { client, close };
    },
  };
};

const signedIn = async (options: Partial<AuthorityOptions<{ id: string }>>) => {
  const browser = createBrowser(options);
  const page = browser.open();
  await browser.pass(1000);
  const signIn = page.client.signIn({ id: 'ann' });
  await browser.pass(1000);
  await signIn;
  return { browser, page };
};

const modes: [string, Partial<AuthorityOptions<{ id: string }>>][] = [
  ['grace 10 s', { graceMs: 10_000 }],
  ['strict', { graceMs: 0 }],
];

describe.each(modes)('with the real authority, %s', (_, options) => {
  it.each([
    ['200 ms into a refresh that takes 1 s', 200, 1000],
    ['15 s into one that takes 40 s', 15_000, 40_000],
  ])('RT-20 a reload %s keeps the session, also at the refreshes after it', async (__, afterMs, takesMs) => {
    const { browser, page } = await signedIn(options);
    browser.delay(takesMs);
    page.client.refresh().catch(() => {});
    await browser.pass(afterMs);
    page.close();
    const next = browser.open();
    await browser.pass(1000);
    expect(next.client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'ann' } });
    for (const call of [1, 2, 3, 4]) {
      await browser.pass(45_000);
      const response = next.client.authFetch(`/api/${call}`);
      await browser.pass(1000);
      expect((await response).status).toBe(200);
    }
    expect(next.client.getSession().status).toBe('authenticated');
    expect(browser.events).not.toContain('refresh-reused');
  });

  it('stays signed in over an hour of short-lived tokens, and no call fails', async () => {
    const { browser, page } = await signedIn({ ...options, accessTokenLifetimeMs: 30_000 });
    for (let call = 0; call < 40; call++) {
      const response = page.client.authFetch('/api');
      await browser.pass(5000);
      expect((await response).status).toBe(200);
    }
    expect(browser.events.filter((type) => type === 'refreshed').length).toBeLessThan(12);
    expect(browser.events).not.toContain('refresh-reused');
  });

  it('a lost answer, retried, is no theft: the session goes on', async () => {
    const { browser, page } = await signedIn(options);
    browser.lose(2);
    const refreshed = page.client.refresh();
    await browser.pass(20_000);
    expect(await refreshed).toMatchObject({ status: 'authenticated' });
    await browser.pass(120_000);
    const response = page.client.authFetch('/api');
    await browser.pass(1000);
    expect((await response).status).toBe(200);
    expect(browser.events).not.toContain('refresh-reused');
  });

  it('RT-13 an answer that takes 40 s, long given up by its callers, still counts', async () => {
    const { browser, page } = await signedIn(options);
    browser.delay(40_000);
    page.client.refresh().catch(() => {});
    await browser.pass(150_000);
    const response = page.client.authFetch('/api');
    await browser.pass(1000);
    expect((await response).status).toBe(200);
    expect(browser.events).not.toContain('refresh-reused');
  });

  it('REV-1 sign-out ends the session at the server, in mid-refresh too', async () => {
    const { browser, page } = await signedIn(options);
    browser.delay(1000);
    page.client.refresh().catch(() => {});
    await browser.pass(200);
    const signOut = page.client.signOut();
    await browser.pass(2000);
    expect(await signOut).toEqual({ confirmed: true });
    page.close();
    const next = browser.open();
    await browser.pass(1000);
    expect(next.client.getSession().status).toBe('unauthenticated');
  });
});
