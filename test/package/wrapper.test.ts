import { describe, expect, it } from 'vitest';
import { runBlock } from './run-block.ts';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly token: string | undefined;
}

/** A page with the wrapper of docs/wrapper.md, whose refreshes give one of the tokens after the other. */
const pageWith = async (tokens: string[], answer: (request: Sent) => Response | Promise<Response>) => {
  const sent: Sent[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    const token = tokenOf(init);
    sent.push({ url, init, token });
    const next = url === '/auth/refresh' ? tokens.shift() : undefined;
    return next === undefined ? answer({ url, init, token }) : Response.json({ access_token: next });
  };
  const { naiveFetch } = await wrapperWith(fetch);
  return { naiveFetch, to: (url: string) => sent.filter((request) => request.url === url) };
};

interface Wrapper {
  naiveFetch(url: string, init?: RequestInit): Promise<Response>;
  signOut(): Promise<void>;
}

const wrapperWith = (fetch: (url: string, init: RequestInit) => Promise<Response>) =>
  runBlock('docs/wrapper.md', 'function naiveFetch', { modules: {}, declared: { fetch } }) as Promise<Wrapper>;

const tokenOf = (init: RequestInit) => new Headers(init.headers).get('authorization')?.slice('Bearer '.length);

const acceptAll = () => new Response();
const accept = (good: string) => (request: Sent) => new Response(null, { status: request.token === good ? 200 : 401 });

type Answer = { readonly response: Response; readonly cookie?: string | undefined };

/**
 * A browser whose user is signed in. The server rotates refresh tokens and refuses old ones. A sign-out revokes the
 * token that comes with it.
 */
const signedInBrowser = () => {
  let current: string | undefined = 'refresh-0';
  let cookie: string | undefined = current;
  let valid: string | undefined;
  let refreshes = 0;
  let landing = Promise.resolve();
  let onRefresh = () => {};

  const refresh = (sent: string | undefined): Answer => {
    if (sent === undefined || sent !== current) {
      return { response: Response.json({ error: 'invalid_grant' }, { status: 401 }) };
    }
    refreshes += 1;
    valid = `access-${refreshes}`;
    current = `refresh-${refreshes}`;
    return { response: Response.json({ access_token: valid }), cookie: current };
  };

  const signOut = (sent: string | undefined): Answer => {
    if (sent === current) current = undefined;
    return { response: new Response(null, { status: 204 }), cookie: undefined };
  };

  const answer = (url: string, token: string | undefined): Answer => {
    if (url === '/auth/refresh') return refresh(cookie);
    if (url === '/auth/logout') return signOut(cookie);
    return { response: new Response(null, { status: token !== undefined && token === valid ? 200 : 401 }) };
  };

  return {
    /** Opens a page. Whatever its requests are answered once it is closed is lost, cookies included. */
    async open() {
      let isOpen = true;
      const { naiveFetch, signOut } = await wrapperWith(async (url, init) => {
        const { response, ...set } = answer(url, tokenOf(init));
        if (url === '/auth/refresh') {
          onRefresh();
          await landing;
        }
        if (!isOpen) return new Promise<never>(() => {});
        if ('cookie' in set) cookie = set.cookie;
        return response;
      });
      return {
        call: async () => (await naiveFetch('/api/me')).status,
        signOut,
        close() {
          isOpen = false;
        },
      };
    },
    expireAccessToken() {
      valid = undefined;
    },
    /** From now on, answers to refreshes are on their way until they land. `refreshed`: the server has answered one. */
    delayAnswers() {
      let land = () => {};
      landing = new Promise((resolve) => {
        land = resolve;
      });
      const refreshed = new Promise<void>((resolve) => {
        onRefresh = resolve;
      });
      return { land, refreshed };
    },
  };
};

describe('the wrapper of docs/wrapper.md', () => {
  it('sends the token to any address, and loses headers that are not a plain object', async () => {
    const { naiveFetch, to } = await pageWith(['one'], acceptAll);
    await naiveFetch('https://other.example/', { headers: new Headers({ 'X-Trace': '1' }) });
    const [{ token, init } = {}] = to('https://other.example/');
    expect([token, new Headers(init?.headers).has('X-Trace')]).toEqual(['one', false]);
  });

  it('refreshes again for a 401 that lands late', async () => {
    let landLate = () => {};
    const landing = new Promise<void>((resolve) => {
      landLate = resolve;
    });
    const { naiveFetch, to } = await pageWith(['old', 'new', 'newer'], async ({ url, token }) => {
      if (token !== 'old') return new Response();
      if (url === '/late') await landing;
      return new Response(null, { status: 401 });
    });
    const late = naiveFetch('/late');
    await naiveFetch('/prompt');
    landLate();
    await late;
    expect(to('/late').map(({ token }) => token)).toEqual(['old', 'newer']);
  });

  it('has no limit in time for a refresh, and no key for its repetition', async () => {
    const { naiveFetch, to } = await pageWith(['one'], acceptAll);
    await naiveFetch('/api/me');
    expect(to('/auth/refresh').map(({ init }) => init)).toEqual([{ method: 'POST' }]);
  });

  it('cannot tell a server that is away from a session that has ended', async () => {
    const outcomeOf = async (status: number) => {
      const { naiveFetch } = await pageWith(['one'], ({ url }) =>
        url === '/auth/refresh' ? Response.json({ error: 'x' }, { status }) : new Response(null, { status: 401 }),
      );
      return (await naiveFetch('/api/me')).status;
    };
    expect(await outcomeOf(503)).toBe(await outcomeOf(401));
  });

  it('sends a POST of one user as the user who has signed in since', async () => {
    const { naiveFetch, to } = await pageWith(['ann', 'ben'], accept('ben'));
    await naiveFetch('/api/orders', { method: 'POST', body: 'tea' });
    expect(to('/api/orders').map(({ token, init }) => [token, init.body])).toEqual([
      ['ann', 'tea'],
      ['ben', 'tea'],
    ]);
  });

  it('loses the session if the page is reloaded during a refresh, and at no other time', async () => {
    const browser = signedInBrowser();
    const first = await browser.open();
    expect(await first.call()).toBe(200);

    first.close();
    const second = await browser.open();
    expect(await second.call()).toBe(200);

    browser.expireAccessToken();
    const { land, refreshed } = browser.delayAnswers();
    void second.call();
    await refreshed;
    second.close();
    land();
    const third = await browser.open();
    expect(await third.call()).toBe(401);
    expect(await (await browser.open()).call()).toBe(401);
  });

  it('brings the session back, here and for the next page, if a refresh is under way at the sign-out', async () => {
    const afterSignOut = async (during: 'nothing' | 'a refresh') => {
      const browser = signedInBrowser();
      const page = await browser.open();
      await page.call();
      browser.expireAccessToken();
      const { land, refreshed } = browser.delayAnswers();
      const call = during === 'a refresh' ? page.call() : undefined;
      if (call !== undefined) await refreshed;
      await page.signOut();
      land();
      await call;
      return [await page.call(), await (await browser.open()).call()];
    };
    expect(await afterSignOut('nothing')).toEqual([401, 401]);
    expect(await afterSignOut('a refresh')).toEqual([200, 200]);
  });

  it('refreshes in each tab', async () => {
    const tokens = ['one', 'two'];
    const tabs = await Promise.all([pageWith(tokens, acceptAll), pageWith(tokens, acceptAll)]);
    await Promise.all(tabs.map(({ naiveFetch }) => naiveFetch('/api/me')));
    expect(tabs.flatMap(({ to }) => to('/auth/refresh'))).toHaveLength(2);
  });
});
