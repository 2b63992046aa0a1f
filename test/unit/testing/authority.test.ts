import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RefreshProblem, RefreshRejectedError, SignInUnavailableError } from '../../../src/index.ts';
import {
  createTestAuthority,
  createTestBrowser,
  createTestClient,
  type FaultyAnswer,
} from '../../../src/testing/index.ts';

const api = { 'GET /api/me': ({ claims }: { claims: { sub: string } }) => Response.json({ sub: claims.sub }) };

/** A client that is signed in, and its authority. */
const createScene = () => {
  const authority = createTestAuthority({ api });
  const client = createTestClient({ authority });
  client.start();
  return { authority, client, paths: () => authority.requests.map(({ path }) => path) };
};

afterEach(() => void vi.useRealTimers());

describe('a test authority', () => {
  it('expires tokens: a call is refused, refreshed and replayed', async () => {
    const { authority, client, paths } = createScene();
    authority.expireTokens();
    expect((await client.authFetch('/api/me')).status).toBe(200);
    expect(paths()).toEqual(['/api/me', '/auth/refresh', '/api/me']);
  });

  it('revokes a session: the next call finds that a re-login is required', async () => {
    const { authority, client } = createScene();
    await authority.revoke();
    await expect(client.authFetch('/api/me')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', reason: 'revoked' });
  });

  it('revokes the sessions of one user alone', async () => {
    const authority = createTestAuthority({ api, users: [{ id: '1' }, { id: '2' }] });
    const client = createTestClient({ authority });
    client.start();
    await authority.revoke('2');
    expect((await client.authFetch('/api/me')).status).toBe(200);
    expect(() => authority.revoke('3')).toThrow('No user of createTestAuthority() has the id 3. There are: 1, 2.');
  });

  it('sees a stolen cookie: the session has ended as reused', async () => {
    const { authority, client } = createScene();
    await authority.reuse();
    await expect(client.authFetch('/api/me')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', reason: 'reused' });
  });

  it.each([
    ['lost', { kind: 'network' }],
    [503, { kind: 'status', status: 503 }],
    [429, { kind: 'status', status: 429 }],
    ['html', { kind: 'malformed' }],
  ] as const)('answers a refresh with %s: it has failed, and its retry keeps the session', async (answer, problem) => {
    const browser = createTestBrowser();
    const { authority } = browser;
    const client = browser.open().createAuthClient();
    const problems: RefreshProblem[] = [];
    client.onEvent((event) => {
      if (event.type === 'refresh-failed') problems.push(event.problem);
    });
    authority.signIn();
    client.start();
    await browser.advance(1000);
    if (answer === 'lost') authority.loseNextAnswer();
    else authority.answerNext(answer);
    const refreshed = client.refresh();
    await browser.advance(3000);
    expect((await refreshed).status).toBe('authenticated');
    expect(problems).toMatchObject([problem]);
    expect(authority.requests).toHaveLength(3);
  });

  it('loses the cookies: the next refresh is refused, and a sign-in begins another session', async () => {
    const { authority, client } = createScene();
    authority.clearCookies();
    expect((await client.authFetch('/api/me')).status).toBe(200);
    authority.expireTokens();
    await expect(client.authFetch('/api/me')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(client.getSession()).toMatchObject({ status: 'relogin-required' });
    expect(await client.signIn({})).toMatchObject({ status: 'authenticated' });
    expect(await client.refresh()).toMatchObject({ status: 'authenticated' });
  });

  it('blames no call without a token once the cookies are gone', async () => {
    const authority = createTestAuthority({ api });
    authority.signIn();
    authority.clearCookies();
    expect((await authority.fetch('/api/me')).status).toBe(401);
    expect(() => authority.reset()).not.toThrow();
  });

  it('answers the next sign-in so, too', async () => {
    const { authority, client } = createScene();
    authority.answerNext(503);
    await expect(client.signIn({})).rejects.toBeInstanceOf(SignInUnavailableError);
    expect((await client.signIn({})).status).toBe('authenticated');
  });

  it('never answers a request that hangs', async () => {
    const { authority } = createScene();
    authority.answerNext('hang');
    const request = authority.fetch('/auth/refresh', { method: 'POST', signal: AbortSignal.timeout(20) });
    await expect(request).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('refuses an answer that it does not know', () => {
    const { authority } = createScene();
    expect(() => authority.answerNext('500' as unknown as FaultyAnswer)).toThrow(
      'answerNext() takes one of 429, 503, hang, html; it was given 500.',
    );
  });

  it.each(['/api/me', 'get /api/me', 'GET api/me', 'GET /api/me?full'])('refuses a route named %s', (name) => {
    expect(() => createTestAuthority({ api: { [name]: () => new Response() } })).toThrow(
      `\`api\` names each route by its method and path: 'GET /api/orders'. It has '${name}'.`,
    );
  });

  it('takes its time', async () => {
    const { authority, client } = createScene();
    authority.delay(30);
    const sentAt = performance.now();
    await client.refresh();
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(29);
  });

  it('has a clock of its own, ahead of the clients', async () => {
    const { authority, client, paths } = createScene();
    const before = authority.clock.now();
    authority.clock.advance(15 * 24 * 60 * 60_000);
    expect(authority.clock.now() - before).toBeGreaterThanOrEqual(15 * 24 * 60 * 60_000);
    await client.authFetch('/api/me').catch(() => {});
    expect(paths()).toContain('/api/me');
  });

  it('guards a handler, which is given the claims', async () => {
    const { authority, client } = createScene();
    const handler = authority.guard(({ claims, request }) => Response.json([claims.sub, request.method]));
    const token = await client.getAccessToken();
    const good = new Request('https://app.example/x', { headers: { Authorization: `Bearer ${token}` } });
    expect(await (await handler({ request: good })).json()).toEqual(['1', 'GET']);
    const bad = new Request('https://app.example/x', { headers: { Authorization: 'Bearer no' } });
    expect((await handler({ request: bad })).status).toBe(401);
  });

  it('says what a guard takes', async () => {
    const { guard } = createTestAuthority();
    expect(() => guard(undefined as never)).toThrow('guard() takes a Request, or a resolver of msw');
    await expect(guard(({ claims }) => claims)({} as never)).rejects.toThrow('guard() takes a Request, or a resolver');
  });

  it('tells at a reset of a call that came without a token, though somebody is signed in', async () => {
    const { authority } = createScene();
    expect((await authority.fetch('/api/me')).status).toBe(401);
    expect(() => authority.reset()).toThrow(
      'GET /api/me came without an access token, though somebody is signed in. Send it with `authFetch`',
    );
  });

  it('says nothing of a call without a token where nobody is signed in', async () => {
    const authority = createTestAuthority({ api });
    expect((await authority.fetch('/api/me')).status).toBe(401);
    expect(() => authority.reset()).not.toThrow();
  });

  it('forgets everything at a reset', async () => {
    const { authority, client, paths } = createScene();
    authority.answerNext(503);
    authority.reset();
    expect(authority.requests).toEqual([]);
    await expect(client.refresh()).rejects.toBeInstanceOf(RefreshRejectedError);
    expect(paths()).toEqual(['/auth/refresh']);
  });

  it('hides cookies from script, as a browser does', async () => {
    const { authority } = createScene();
    const headers = { 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
    const response = await authority.fetch('/auth/login', { method: 'POST', headers, body: '{}' });
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.status).toBe(200);
  });

  it('gives a token response that completes a sign-in', async () => {
    const authority = createTestAuthority({ api, users: [{ id: '1' }, { id: '2', profile: { name: 'Bob' } }] });
    const client = createTestClient({ authority, session: 'unauthenticated' });
    client.start();
    const session = await client.completeSignIn(authority.signIn('2'));
    expect(session.claims).toMatchObject({ sub: '2', user: { name: 'Bob' } });
    expect(await (await client.authFetch('/api/me')).json()).toEqual({ sub: '2' });
  });

  it.each([
    [{ user: [] }, '`user` is not an option. Is it `users`?'],
    [{ paths: { signin: '/in' } }, '`paths.signin` is not an option. Is it `paths.signIn`?'],
    [
      { api: { 'GET /api/me': {} } },
      "`api` has a function for each route, which returns a Response; 'GET /api/me' has none.",
    ],
    [{ users: [{ name: 'Ada' }] }, '`users.name` is not an option.'],
    [{ users: [{ id: 7 }] }, 'The id of a user is a string, as the `sub` of a token is; it was number.'],
    [{ users: [{}, {}] }, 'Two users of createTestAuthority() have the id 1. Give each an `id`.'],
    [{ users: [{ claims: { exp: 1 } }] }, '`claims` must not set the reserved claim exp.'],
  ])('refuses the options %j', (options, message) => {
    expect(() => createTestAuthority(options as never)).toThrow(message);
  });

  it('says that it has no user to sign in', () => {
    expect(() => createTestAuthority({ users: [] }).signIn()).toThrow('createTestAuthority() has no user.');
    expect(() => createTestAuthority().signIn(null as never)).toThrow('A user is an object; it was null.');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5'])('refuses a delay and a passing of %s ms', (ms) => {
    const authority = createTestAuthority();
    expect(() => authority.delay(ms as number)).toThrow(
      'delay() takes milliseconds, from 0 to 2147483647; it was given',
    );
    expect(() => authority.clock.advance(ms as number)).toThrow('clock.advance() takes milliseconds, from 0 to');
  });

  it('answers routes with a segment that stands for any', async () => {
    const authority = createTestAuthority({
      api: { 'GET /api/orders/:id': ({ request }) => new Response(request.url.slice(-1)) },
    });
    const client = createTestClient({ authority });
    client.start();
    expect(await (await client.authFetch('/api/orders/7')).text()).toBe('7');
    await expect(client.authFetch('/api/orders/')).rejects.toThrow('Nobody handles GET /api/orders/.');
  });

  it('lets a session begin when it was asked to, however much time passes before the first request', async () => {
    const authority = createTestAuthority({ api });
    const client = createTestClient({ authority, session: 'loading' });
    authority.clock.advance(15 * 24 * 60 * 60_000);
    client.start();
    expect((await client.ready()).status).toBe('unauthenticated');
  });

  it('blames no call without a token when tokens expire and nobody is signed in', async () => {
    const authority = createTestAuthority({ api });
    authority.expireTokens();
    expect((await authority.fetch('/api/me')).status).toBe(401);
    expect(() => authority.reset()).not.toThrow();
  });

  it('blames no call without a token once a refresh has been refused', async () => {
    const authority = createTestAuthority({ api });
    const client = createTestClient({ authority, session: 'loading' });
    const stop = client.start();
    await authority.revoke();
    expect((await client.ready()).status).toBe('unauthenticated');
    stop();
    expect((await authority.fetch('/api/me')).status).toBe(401);
    expect(() => authority.reset()).not.toThrow();
  });

  it('takes neither the tokens of another authority nor its own of before a reset', async () => {
    const authority = createTestAuthority({ api });
    const authorization = () => ({ headers: { Authorization: `Bearer ${authority.signIn().access_token}` } });
    const before = authorization();
    expect((await authority.fetch('/api/me', before)).status).toBe(200);
    authority.reset();
    authority.signIn();
    expect((await authority.fetch('/api/me', before)).status).toBe(401);
    const other = createTestAuthority({ api });
    other.signIn();
    expect((await other.fetch('/api/me', authorization())).status).toBe(401);
  });

  it('forgets those who wait for a delayed answer, and their timers, at a reset', async () => {
    vi.useFakeTimers();
    const { authority, client } = createScene();
    authority.delay(60_000);
    void client.refresh().catch(() => {});
    await vi.waitFor(() => expect(authority.requests).toHaveLength(1));
    await authority.settled();
    client.start()();
    expect(() => client.reset()).toThrow('never stopped');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('listens to a signal no longer than a request lasts', async () => {
    const { authority } = createScene();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    await authority.fetch('/auth/refresh', { method: 'POST', signal });
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
  });
});
