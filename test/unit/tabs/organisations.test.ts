import { describe, expect, it } from 'vitest';
import type { AuthClient } from '../../../src/client/auth-client.ts';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { jwtOf, opaque, tokenAnswer } from '../client/token-answers.ts';
import { type Claims, outcome } from '../client/world.ts';
import { createFakeBrowser } from './fake-browser.ts';
import { call, sub } from './scenes.ts';

interface Form {
  readonly what: string;
  /** What a token says of whom it is for. */
  token(org: string, user: string): string;
  readonly namesSession: boolean;
}

const forms: Form[] = [
  { what: 'opaque tokens', token: opaque, namesSession: false },
  { what: 'opaque tokens, and names for the sessions', token: opaque, namesSession: true },
  { what: 'tokens that name the organisation', token: (org) => jwtOf({ org_id: org }), namesSession: false },
  {
    what: 'tokens that name user and organisation',
    token: (org, user) => jwtOf({ sub: user, org_id: org }),
    namesSession: true,
  },
];

const orgs = ['acme', 'apex'] as const;
type Org = (typeof orgs)[number];

/** One back end of two organisations, each with a cookie of its own, in a browser with two tabs and a client for each in both. */
const twoOrganisations = async ({ token, namesSession }: Form) => {
  const browser = createFakeBrowser();
  const { server } = browser;
  const owners = new Map<string, { readonly org: Org; readonly user: string; readonly session: number }>();
  const users = { acme: 'ann', apex: 'ann' };
  const sessions = { acme: 1, apex: 101 };
  const ended = new Set<number>();
  let sendsUser = false;
  const answer = (org: Org) => {
    const value = token(org, users[org]);
    owners.set(value, { org, user: users[org], session: sessions[org] });
    return tokenAnswer({
      access_token: value,
      ...(namesSession && { sid: String(sessions[org]) }),
      ...(sendsUser && { user: { id: users[org] } }),
    });
  };
  const orgIn = (url: URL) => url.searchParams.get('org') as Org;
  server.always('/auth/refresh', ({ url }) =>
    ended.has(sessions[orgIn(url)]) ? Response.json({ error: 'invalid_grant' }, { status: 401 }) : answer(orgIn(url)),
  );
  server.always('/auth/login', async ({ url, request }) => {
    const { user } = (await request.clone().json()) as { user: string };
    users[orgIn(url)] = user;
    sessions[orgIn(url)]++;
    return answer(orgIn(url));
  });
  server.always('/api', ({ token }) => {
    const owner = owners.get(token ?? '');
    return owner === undefined || ended.has(owner.session)
      ? Response.json({}, { status: 401 })
      : Response.json({ ...owner });
  });
  const optionsFor = (org: Org) => ({
    endpoints: { refresh: `/auth/refresh?org=${org}`, signIn: `/auth/login?org=${org}` },
    relogin: holdCalls(),
  });
  const pages = [1, 2].map(() => {
    const tab = browser.open(optionsFor('acme'));
    return { tab, acme: tab.client, apex: tab.beside(optionsFor('apex')) };
  });
  const seen: string[] = [];
  for (const [nth, page] of pages.entries()) {
    for (const org of orgs) {
      page[org].subscribe(({ status }) => void seen.push(`${org} ${nth + 1}: ${status}`));
      page[org].onUserLeft(() => void seen.push(`${org} ${nth + 1}: left`));
      page[org].start();
      await browser.advance(1000);
      expect(page[org].getSession().status).toBe('authenticated');
    }
  }
  const [one, two] = pages as [(typeof pages)[0], (typeof pages)[0]];
  seen.length = 0;
  return {
    browser,
    seen,
    one,
    two,
    clients: pages.flatMap(({ acme, apex }) => [
      { client: acme, org: 'acme' },
      { client: apex, org: 'apex' },
    ]),
    sendUser: (whether: boolean) => {
      sendsUser = whether;
    },
    end: (org: Org) => void ended.add(sessions[org]),
    /** Whose token a POST was answered for. */
    post: async (client: AuthClient<Claims>): Promise<unknown> => {
      const response = await client.authFetch('/api', { method: 'POST', body: 'a form' });
      return (response.ok ? await response.json() : response.status) as unknown;
    },
    /** The machine sleeps until all tokens have run out. */
    tokensRunOut: async () => {
      for (const { tab } of pages) tab.happen('hidden');
      await browser.advance(300_000);
    },
  };
};

describe.each(forms)('two clients in one page, of two organisations of one back end, with $what', (form) => {
  it('stay signed in, each as who it is, when the back end begins to send `user` on a Tuesday (C-4, C-5, C-7)', async () => {
    const { browser, seen, clients, sendUser, post, tokensRunOut } = await twoOrganisations(form);
    // Not every machine of the back end is new at once.
    for (const whether of [true, false, true]) {
      await tokensRunOut();
      sendUser(whether);
      const posts = clients.map(({ client }) => post(client));
      await browser.advance(2000);
      expect(await Promise.all(posts)).toEqual(clients.map(({ org }) => expect.objectContaining({ org, user: 'ann' })));
    }
    expect(seen.filter((what) => !what.endsWith('authenticated') || what.includes('unauthenticated'))).toEqual([]);
  });

  it('send what was held before that Tuesday once its user has signed in again, and nothing of the other (C-7)', async () => {
    const { browser, seen, one, two, sendUser, end, post, tokensRunOut } = await twoOrganisations(form);
    await tokensRunOut();
    sendUser(true);
    const first = post(one.acme);
    await browser.advance(2000);
    await first;
    end('acme');
    const held = post(one.acme);
    await browser.advance(2000);
    expect(one.acme.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 1 });
    void two.acme.signIn({ user: 'ann' });
    await browser.advance(2000);
    expect(await held).toMatchObject({ org: 'acme', user: 'ann', session: 2 });
    expect(seen.filter((what) => what.includes('left') || what.includes('apex 1: un'))).toEqual([]);
  });

  it('send nothing of one user as another, and tell all tabs of that organisation that the first has left (C-5)', async () => {
    const { browser, seen, one, two, sendUser, post, tokensRunOut } = await twoOrganisations(form);
    sendUser(true);
    await tokensRunOut();
    browser.server.next(
      '/auth/refresh',
      browser.server.late(20_000, () => Response.json({}, { status: 503 })),
    );
    const waiting = outcome(post(two.acme));
    void one.acme.signIn({ user: 'bob' });
    await browser.advance(5000);
    expect(await waiting).toBe('UserChangedError');
    expect(seen.filter((what) => what.endsWith('left')).sort()).toEqual(['acme 1: left', 'acme 2: left']);
    const posts = [one, two].flatMap(({ acme, apex }) => [post(acme), post(apex)]);
    await browser.advance(2000);
    const [bob, ann] = [
      { org: 'acme', user: 'bob', session: 2 },
      { org: 'apex', user: 'ann', session: 101 },
    ];
    expect(await Promise.all(posts)).toEqual([bob, ann, bob, ann]);
  });
});

describe('one person who goes on to another organisation in one tab', () => {
  it('leaves the first one in the others, which are told by `onUserLeft` and by an event (C-5)', async () => {
    const browser = createFakeBrowser();
    const answer = (org: string) => tokenAnswer({ access_token: jwtOf({ sub: 'ann', org_id: org }), sid: org });
    browser.server.always('/auth/refresh', () => answer('acme'));
    const [a, b] = [browser.open(), browser.open()];
    const left: unknown[] = [];
    b.client.onUserLeft((claims) => void left.push(claims?.org_id));
    for (const { client } of [a, b]) {
      client.start();
      await browser.advance(1000);
    }
    b.events.length = 0;
    browser.server.always('/auth/refresh', () => answer('apex'));
    void a.client.completeSignIn(answer('apex'));
    await browser.advance(1000);
    expect([sub(a), sub(b), b.client.getSession().claims?.org_id]).toEqual(['ann', 'ann', 'apex']);
    expect(left).toEqual(['acme']);
    expect(b.events).toContainEqual({ type: 'session-ended', reason: 'user-changed' });
  });
});

describe('a refresh that leaves the user out', () => {
  it('is not that of the user before, once somebody has signed in on another tab (C-7)', async () => {
    const browser = createFakeBrowser({ client: { tabs: 'turns' } });
    browser.server.always('/auth/refresh', () => tokenAnswer({}));
    browser.server.always('/auth/login', async ({ request }) => {
      const { user } = (await request.clone().json()) as { user: string };
      return tokenAnswer({ user: { id: user } });
    });
    const [a, b] = [browser.open(), browser.open()];
    for (const { client } of [a, b]) {
      client.start();
      await browser.advance(1000);
    }
    void b.client.signIn({ user: 'ann' });
    await browser.advance(2000);
    expect(b.client.getSession().claims).toEqual({ user: { id: 'ann' } });
    browser.server.forget();
    browser.server.next(
      '/auth/refresh',
      browser.server.late(1000, () => tokenAnswer({})),
    );
    void a.client.signIn({ user: 'bob' });
    await browser.advance(500);
    const waiting = call(b, { method: 'POST', body: 'of ann' });
    await browser.advance(5000);
    expect(await waiting).toBe('UserChangedError');
    expect(browser.server.calls()).toEqual([]);
    expect(b.client.getSession()).toMatchObject({ status: 'authenticated', claims: {} });
    expect(b.client.getSession().claims).not.toHaveProperty('user');
  });
});

describe('two clients in one page whose endpoints are functions', () => {
  const clientFor = (user: string, keys: string[]) => ({
    tabs: 'off' as const,
    endpoints: {
      refresh: async (init: RequestInit) => {
        keys.push(new Headers(init.headers).get('Idempotency-Key') ?? '');
        return tokenAnswer({ access_token: jwtOf({ sub: user }) });
      },
      signOut: async () => new Response(null, { status: 503 }),
    },
  });

  it('share no record, no key and no sign-out if they have no name (C-4)', async () => {
    const browser = createFakeBrowser();
    const keys: Record<string, string[]> = { ann: [], bob: [] };
    const tab = browser.open(clientFor('ann', keys.ann as string[]));
    const beside = tab.beside(clientFor('bob', keys.bob as string[]));
    for (const client of [tab.client, beside]) client.start();
    await browser.advance(1000);
    expect([sub(tab), sub({ client: beside })]).toEqual(['ann', 'bob']);
    void tab.client.signOut();
    await browser.advance(1000);
    tab.happen('stored');
    tab.happen('visible');
    const refreshed = outcome(beside.refresh());
    await browser.advance(1000);
    expect(await refreshed).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    expect(new Set(Object.values(keys).flat()).size).toBe(3);
    expect([...browser.stored.keys()]).toEqual([]);
  });
});

describe('a token of another tab', () => {
  it('at which `parseClaims` throws is reported once, however many come (C-43)', async () => {
    const browser = createFakeBrowser();
    browser.server.enter('ann');
    const a = browser.open();
    // A tab of the release before, whose `parseClaims` does not know what the other has had read.
    const b = browser.open({
      parseClaims: (_, { user }) => {
        if (b.client.getSession().status !== 'loading') throw new Error('my bug');
        return { user };
      },
    });
    for (const { client } of [a, b]) {
      client.start();
      await browser.advance(1000);
    }
    for (const _ of [1, 2, 3]) {
      void a.client.refresh();
      await browser.advance(2000);
    }
    expect(b.platform.reported).toEqual([
      expect.objectContaining({ code: 'token_response', cause: new Error('my bug') }),
    ]);
  });

  it('that is none is not reported: any script of the origin can say anything (C-43)', async () => {
    const browser = createFakeBrowser();
    browser.server.enter('ann');
    const a = browser.open();
    a.client.start();
    await browser.advance(1000);
    const { sessionKey } = JSON.parse([...browser.stored.values()][0] ?? '{}') as { sessionKey: string };
    const name = 'silent-refresh:https://app.example/auth/refresh:tokens';
    browser.say(name, { v: 1, type: 'token', audience: '', sessionKey, obtainedAt: 1, response: {} });
    await browser.advance(100);
    expect(a.platform.reported).toEqual([]);
  });
});
