import { describe, expect, it } from 'vitest';
import { type CsrfCookieOptions, csrfCookie } from '../../../src/index.ts';
import { type Answer, networkError, never, status } from './fake-server.ts';
import { createWorld, credentials, outcome, type World } from './world.ts';

const names = { cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' };
const withUrl = { ...names, url: '/csrf?from=app' };

/** A client whose page has no CSRF cookie; a GET of `/csrf` sets it to `c1`, `c2`, and so on. */
const createCsrfWorld = (options: CsrfCookieOptions = withUrl): World & { readonly sent: () => unknown[] } => {
  const world = createWorld({ client: { csrf: csrfCookie(options) } });
  const { platform, server } = world;
  let issued = 0;
  server.always('/csrf', () => {
    platform.cookies.set('XSRF-TOKEN', `c${++issued}`);
    return new Response(null, { status: 204 });
  });
  const sent = () => server.log.map(({ path, request }) => [request.method, path, request.headers.get('x-xsrf-token')]);
  return { ...world, sent };
};

/** Started, a second after it has found nobody signed in, with nothing counted yet. */
const startedCsrfWorld = async (options?: CsrfCookieOptions, user?: string) => {
  const world = createCsrfWorld(options);
  world.platform.cookies.set('XSRF-TOKEN', 'c0');
  if (user !== undefined) world.server.enter(user);
  world.client.start();
  await world.platform.advance(1000);
  world.server.forget();
  return world;
};

/** Refuses what does not repeat the cookie, as it is now. */
const guarded =
  (world: World, refusal: Answer): Answer =>
  (asked) =>
    asked.request.headers.get('x-xsrf-token') === world.platform.cookies.get('XSRF-TOKEN')
      ? world.server.usual(asked)
      : refusal(asked);

describe('csrfCookie', () => {
  it('repeats a readable cookie in a header on sign-in, refresh and sign-out', async () => {
    const { client, platform, sent } = createCsrfWorld(names);
    platform.cookies.set('XSRF-TOKEN', 'value');
    client.start();
    await platform.advance(1000);
    await client.signIn(credentials('ann'));
    await client.signOut();
    expect(sent()).toEqual([
      ['POST', '/auth/refresh', 'value'],
      ['POST', '/auth/login', 'value'],
      ['POST', '/auth/logout', 'value'],
    ]);
  });

  it('leaves the header out where there is no such cookie, and nowhere to get one', async () => {
    const { client, platform, sent } = createCsrfWorld(names);
    client.start();
    await platform.advance(1000);
    expect(sent()).toEqual([['POST', '/auth/refresh', null]]);
  });

  it('fetches the cookie before a request that would go without it (C-27)', async () => {
    const { client, platform, sent } = createCsrfWorld();
    client.start();
    await platform.advance(1000);
    expect(sent()).toEqual([
      ['GET', '/csrf', null],
      ['POST', '/auth/refresh', 'c1'],
    ]);
  });

  it('fetches it with cookies, from the origin of the page, and never with the access token (C-27)', async () => {
    const { client, platform, server } = await startedCsrfWorld(undefined, 'ann');
    platform.cookies.delete('XSRF-TOKEN');
    await client.refresh();
    const [{ url, request } = {}] = server.asked('/csrf');
    expect(url?.href).toBe('https://app.example/csrf?from=app');
    expect(request).toMatchObject({
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    expect([...(request?.headers.keys() ?? [])]).toEqual(['accept']);
  });

  it('fetches it once for all who want it at the same time (C-27)', async () => {
    const world = await startedCsrfWorld(undefined, 'ann');
    const { client, platform, server } = world;
    platform.cookies.delete('XSRF-TOKEN');
    server.next(
      '/csrf',
      server.late(100, () => {
        platform.cookies.set('XSRF-TOKEN', 'c1');
        return new Response();
      }),
    );
    void outcome(client.refresh());
    await platform.advance(10);
    const signedOut = client.signOut();
    await platform.advance(1000);
    await signedOut;
    expect(server.count('/csrf')).toBe(1);
    expect(server.asked('/auth/logout')[0]?.request.headers.get('x-xsrf-token')).toBe('c1');
  });

  it.each([419, 403])(
    'fetches a stale one again after %i at sign-in, and sends that once more (C-27)',
    async (code) => {
      const world = await startedCsrfWorld();
      const { client, platform, server, sent } = world;
      platform.cookies.set('XSRF-TOKEN', 'stale');
      server.next('/auth/login', status(code));
      await expect(client.signIn(credentials('ann'))).resolves.toMatchObject({ status: 'authenticated' });
      expect(sent()).toEqual([
        ['POST', '/auth/login', 'stale'],
        ['GET', '/csrf', null],
        ['POST', '/auth/login', 'c1'],
      ]);
      expect(await server.asked('/auth/login')[1]?.request.json()).toEqual(credentials('ann'));
    },
  );

  it.each([
    [419, 'SignInUnavailableError'],
    [403, 'SignInRejectedError'],
  ])('leaves it at one more request where the answer is %i again (C-27)', async (code, error) => {
    const { client, server, sent } = await startedCsrfWorld();
    server.always('/auth/login', status(code));
    expect(await outcome(client.signIn(credentials('ann')))).toBe(error);
    expect(sent().map((request) => (request as unknown[])[2])).toEqual(['c0', null, 'c1']);
  });

  it('does not send credentials again with the header that was refused (C-27)', async () => {
    const { client, server, sent } = await startedCsrfWorld();
    server.always('/csrf', status(200));
    server.always('/auth/login', status(403, { error: 'locked' }));
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject({ status: 403, error: 'locked' });
    expect(sent()).toEqual([
      ['POST', '/auth/login', 'c0'],
      ['GET', '/csrf', null],
    ]);
  });

  it('gives a refresh that is sent once more the same idempotency key (C-27)', async () => {
    const { client, platform, server, sent } = await startedCsrfWorld(undefined, 'ann');
    server.next('/auth/refresh', status(419));
    const refreshed = client.refresh();
    await platform.advance(10);
    await expect(refreshed).resolves.toMatchObject({ status: 'authenticated' });
    expect(sent().map((request) => (request as unknown[])[2])).toEqual(['c0', null, 'c1']);
    const keys = server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));
    expect(keys[0]).toBe(keys[1]);
  });

  it('lets a sign-out that was refused as stale end the session (C-27)', async () => {
    const world = await startedCsrfWorld(undefined, 'ann');
    world.platform.cookies.set('XSRF-TOKEN', 'stale');
    world.server.next('/auth/logout', status(419));
    world.server.always('/auth/logout', guarded(world, status(419)));
    expect(await world.client.signOut()).toEqual({ confirmed: true });
    expect(world.server.session).toBeUndefined();
  });

  it('lets a sign-out that has its cookie be sent within the call (C-27)', async () => {
    const { client, server } = await startedCsrfWorld(undefined, 'ann');
    const signedOut = client.signOut();
    expect(server.count('/auth/logout')).toBe(1);
    await signedOut;
  });

  it('sends once more without a `url`, too, where another tab has changed the cookie meanwhile (C-27)', async () => {
    const { client, platform, server, sent } = await startedCsrfWorld(names);
    server.next('/auth/login', () => {
      platform.cookies.set('XSRF-TOKEN', 'newer');
      return new Response(null, { status: 419 });
    });
    await client.signIn(credentials('ann'));
    expect(sent()).toEqual([
      ['POST', '/auth/login', 'c0'],
      ['POST', '/auth/login', 'newer'],
    ]);
  });

  it.each<[string, Answer]>([
    ['cannot be reached', networkError],
    ['never answers', never],
    ['is down', status(503)],
  ])(
    'takes a sign-in for unavailable, and sends no password, where the cookie’s server %s (C-27)',
    async (_, answer) => {
      const { client, platform, server } = await startedCsrfWorld();
      platform.cookies.delete('XSRF-TOKEN');
      server.always('/csrf', answer);
      const signedIn = outcome(client.signIn(credentials('ann')));
      await platform.advance(5000);
      expect(await signedIn).toBe('SignInUnavailableError');
      expect([server.count('/auth/login'), platform.timers(), platform.reported]).toEqual([0, 0, []]);
    },
  );

  it('keeps a session whose cookie cannot be fetched, and refreshes when it can (C-27)', async () => {
    const { client, platform, server } = await startedCsrfWorld(undefined, 'ann');
    platform.cookies.delete('XSRF-TOKEN');
    server.next('/csrf', networkError);
    const refreshed = client.refresh();
    await platform.advance(5000);
    await expect(refreshed).resolves.toMatchObject({ status: 'authenticated' });
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('reports once that the cookie is not there after it was fetched, without its address’s query (C-27)', async () => {
    const { client, platform, server } = createCsrfWorld();
    server.always('/csrf', status(200));
    client.start();
    await platform.advance(5000);
    expect(server.count('/csrf')).toBeGreaterThan(1);
    expect(platform.reported).toHaveLength(1);
    expect(String(platform.reported[0])).toMatch(/`XSRF-TOKEN` was not there .* answered 200.*HttpOnly/);
    expect(String(platform.reported[0])).not.toContain('from=app');
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject({ cause: platform.reported[0] });
  });

  it.each(['a\r\nb', 'ä', '𝔘', ''])(
    'takes a cookie whose value is %j for none, since no header can hold it (C-27)',
    async (value) => {
      const { client, platform, sent } = createCsrfWorld();
      platform.cookies.set('XSRF-TOKEN', value);
      client.start();
      await platform.advance(1000);
      expect(sent()).toEqual([
        ['GET', '/csrf', null],
        ['POST', '/auth/refresh', 'c1'],
      ]);
    },
  );

  it('protects endpoints that are functions, too (C-27)', async () => {
    const inits: RequestInit[] = [];
    const refresh = async (init: RequestInit) => {
      inits.push(init);
      return new Response(null, { status: inits.length === 1 ? 419 : 204 });
    };
    const { client, platform, server } = createWorld({
      client: { csrf: csrfCookie(withUrl), sessionName: 'mine', endpoints: { refresh } },
    });
    server.always('/csrf', () => {
      platform.cookies.set('XSRF-TOKEN', `c${server.count('/csrf')}`);
      return new Response();
    });
    client.start();
    await platform.advance(100);
    expect(inits.map(({ headers }) => new Headers(headers).get('x-xsrf-token'))).toEqual(['c1', 'c2']);
  });

  it.each<[string, unknown, RegExp]>([
    ['no cookie', { header: 'X-CSRF' }, /`csrfCookie`: `cookie` takes/],
    ['an empty cookie', { cookie: '', header: 'X-CSRF' }, /`cookie`/],
    ['a list of cookies', { cookie: ['csrf'], header: 'X-CSRF' }, /`cookie`/],
    ['a cookie and its value', { cookie: 'csrf=1', header: 'X-CSRF' }, /`cookie`/],
    ['no header', { cookie: 'csrf' }, /`header` takes/],
    ['a header that is two words', { cookie: 'csrf', header: 'X CSRF' }, /`header`/],
    ['an empty url', { cookie: 'csrf', header: 'X-CSRF', url: '' }, /`url` takes/],
    ['a url that is none', { cookie: 'csrf', header: 'X-CSRF', url: 'https://' }, /`url`/],
    ['a url that is a function', { cookie: 'csrf', header: 'X-CSRF', url: () => '/csrf' }, /`url`/],
  ])('refuses %s by a TypeError that names it', (_, options, message) => {
    expect(() => csrfCookie(options as CsrfCookieOptions)).toThrow(TypeError);
    expect(() => csrfCookie(options as CsrfCookieOptions)).toThrow(message);
  });

  it('sends a form once more as it was (C-27)', async () => {
    const { client, server } = await startedCsrfWorld();
    server.always('/auth/login', () => server.tokensFor('ann'));
    server.next('/auth/login', status(419));
    const form = new FormData();
    form.set('user', 'ann');
    await client.signIn(form);
    const [, again] = server.asked('/auth/login');
    expect((await again?.request.formData())?.get('user')).toBe('ann');
  });

  it('is fetched again even if the request for it hangs in a `fetch` of the app that ignores the signal', async () => {
    const world = createWorld({
      client: {
        csrf: csrfCookie(withUrl),
        fetch: (input, init) => world.server.fetch(input, { ...init, signal: null }),
      },
    });
    const { client, platform, server } = world;
    server.enter('ann');
    server.next('/csrf', never);
    server.always('/csrf', () => {
      platform.cookies.set('XSRF-TOKEN', 'c1');
      return new Response(null, { status: 204 });
    });
    client.start();
    await platform.advance(10_000);
    expect(client.getSession().status).toBe('authenticated');
  });
});
