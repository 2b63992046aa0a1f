import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/create-client.ts';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';

type Answer = (path: string) => Response;

const second = 1000;
const redirect: Answer = () => new Response(null, { status: 302, headers: { Location: '/sign-in' } });
const nobody: Answer = () => new Response(null, { status: 204 });
const now = 1_700_000_000_000;

const jwt = (payload: object) => `e30.${btoa(JSON.stringify(payload)).replace(/=+$/, '')}.e30`;
const tokens = ({ lifetimeS = 300, issuedAt = now, user = '1' } = {}): Response => {
  const access_token = jwt({ sub: user, iat: issuedAt / 1000, exp: issuedAt / 1000 + lifetimeS });
  return Response.json({ access_token, expires_in: lifetimeS });
};

/** Signs in anybody; the refresh endpoint answers as it is told. */
const signInThen =
  (refresh: Answer, options?: Parameters<typeof tokens>[0]): Answer =>
  (path) =>
    path === '/auth/login' ? tokens(options) : path === '/auth/refresh' ? refresh(path) : new Response('{}');

const page = (answer: Answer, { address = 'https://app.example/', stored = new Map<string, string>() } = {}) => {
  const platform = createFakePlatform(
    async (input) => answer(new URL(String(input instanceof Request ? input.url : input), address).pathname),
    stored,
  );
  platform.address = address;
  const open = (options: AuthClientOptions = {}) => createClient(options, platform);
  return { platform, open, warned: platform.warned, stored };
};

const started = async (address: string, answer: Answer) => {
  const { platform, open, warned } = page(answer, { address });
  const client = open();
  client.start()();
  client.start();
  await flush();
  await platform.advance(60 * second);
  return warned;
};

/** What the storage holds after a sign-in, on a page that is left before its first refresh. */
const storedBySignIn = async () => {
  const { open, stored } = page(signInThen(nobody));
  const client = open();
  const stop = client.start();
  await client.signIn({ name: 'ada' });
  stop();
  await flush();
  return stored;
};

const about = (text: RegExp) => [expect.stringMatching(text)];

describe('the development build', () => {
  it.each(['http://192.168.0.5:5173/', 'http://app.test/'])(
    'says once that plain http is not safe, on %s (C-23)',
    async (address) => {
      expect(await started(address, nobody)).toEqual(about(/^\[silent-refresh\] This page was loaded over plain http/));
    },
  );

  it.each(['https://app.example/', 'http://localhost:5173/', 'http://app.localhost/', 'http://127.0.0.1/'])(
    'says nothing on %s (C-23)',
    async (address) => {
      expect(await started(address, nobody)).toEqual([]);
    },
  );

  it('says once what to set if the refresh endpoint answers with a redirect, however often it is asked (C-24)', async () => {
    expect(await started('https://app.example/', redirect)).toEqual(
      about(/^\[silent-refresh\] The refresh endpoint answers with a redirect.*401 or 204/),
    );
  });
});

describe('a call to an origin that is not allowed', () => {
  const signedIn = async (options: AuthClientOptions = {}) => {
    const { open, warned } = page(signInThen(() => tokens()));
    const client = open(options);
    client.start();
    await client.signIn({ name: 'ada' });
    return { client, warned };
  };

  it('is warned of once for each origin, without path and query (C-60)', async () => {
    const { client, warned } = await signedIn();
    await client.authFetch('https://api.example/orders?key=secret');
    await client.authFetch('https://api.example/others');
    await client.authFetch('https://cdn.example/');
    expect(warned).toHaveLength(2);
    expect(warned[0]).toContain("`allowedOrigins: ['https://api.example']`");
    expect(warned.join()).not.toMatch(/orders|secret/);
  });

  it('is not warned of if it is allowed, own, no web address, or meant to go without a token (C-60)', async () => {
    const { client, warned } = await signedIn({ allowedOrigins: ['https://api.example'] });
    await client.authFetch('https://api.example/orders');
    await client.authFetch('/orders');
    await client.authFetch('https://cdn.example/', { auth: { token: 'none' } });
    await client.fetchWith({ token: 'optional' })('https://cdn.example/');
    await client.authFetch('https://cdn.example/', { headers: { Authorization: 'Basic eA==' } });
    await client.authFetch(new Request('https://cdn.example/', { headers: { Authorization: 'Basic eA==' } }));
    await client.authFetch('data:,x').catch(() => undefined);
    expect(warned).toEqual([]);
  });
});

describe('a refresh cookie that never arrives', () => {
  it.each([
    ['401', () => new Response(null, { status: 401 })],
    ['204', () => new Response(null, { status: 204 })],
  ])('is named when the first refresh after a sign-in is answered with %s (C-61)', async (status, answer) => {
    const { platform, open, warned } = page(signInThen(answer));
    const client = open();
    client.start();
    await client.signIn({ name: 'ada' });
    await platform.advance(300 * second);
    expect(warned).toEqual(about(new RegExp(`first refresh after the sign-in was answered with ${status}`)));
  });

  it('is named when the page is reloaded soon after the sign-in (C-61)', async () => {
    const stored = await storedBySignIn();
    const { platform, open, warned } = page(nobody, { stored });
    open().start();
    await platform.advance(second);
    expect(warned).toEqual(about(/refresh cookie has probably never arrived/));
  });

  it('is not suspected once a refresh has succeeded (C-61)', async () => {
    let refreshes = 0;
    const { platform, open, warned } = page(
      signInThen(() => (refreshes++ < 2 ? tokens() : new Response(null, { status: 401 }))),
    );
    const client = open();
    client.start();
    await client.signIn({ name: 'ada' });
    await platform.advance(1200 * second);
    expect(client.getSession()).toMatchObject({ status: 'relogin-required' });
    expect(warned).toEqual([]);
  });

  it('is not suspected on the page after the sign-in if the server says that it has revoked the session (C-61)', async () => {
    const stored = await storedBySignIn();
    const refused = () => Response.json({ error: 'invalid_grant', reason: 'revoked' }, { status: 401 });
    const { platform, open, warned } = page(refused, { stored });
    open().start();
    await platform.advance(second);
    expect(warned).toEqual([]);
  });

  it('is not suspected when the server says that it has revoked the session (C-61)', async () => {
    const refused = () => Response.json({ error: 'invalid_grant', reason: 'revoked' }, { status: 401 });
    const { platform, open, warned } = page(signInThen(refused));
    const client = open();
    client.start();
    await client.signIn({ name: 'ada' });
    await platform.advance(300 * second);
    expect(warned).toEqual([]);
  });
});

describe('a refresh that cannot succeed', () => {
  const html = { headers: { 'Content-Type': 'text/html' } };

  it.each<readonly [string, Answer, RegExp]>([
    ['404', () => new Response('', { status: 404 }), /answers 404.*`endpoints\.refresh`/],
    ['405', () => new Response('', { status: 405 }), /answers 405.*`endpoints\.refresh`/],
    ['403', () => Response.json({ message: 'Forbidden' }, { status: 403 }), /answers 403.*Host.*`classifyRefresh`/],
    ['a page of HTML', () => new Response('<!doctype html>', html), /no token response.*index\.html/],
  ])('is named once if it is answered with %s (C-60)', async (_what, answer, text) => {
    expect(await started('https://app.example/', answer)).toEqual(about(text));
  });

  it.each([429, 500, 503])('is not named if it is answered with %i, which may pass (C-60)', async (status) => {
    expect(await started('https://app.example/', () => new Response('', { status }))).toEqual([]);
  });
});

describe('a server of another origin that gives no answer', () => {
  const refresh = 'https://auth.example/auth/refresh';

  /** What is warned of if requests to that server fail, except those that need no CORS headers. */
  const warnedOf = async (isUp: boolean, url = refresh) => {
    const asked: string[] = [];
    const platform = createFakePlatform(async (input, init) => {
      asked.push(String(input));
      if (init?.mode === 'no-cors' && isUp) return new Response('');
      throw new TypeError('Failed to fetch');
    });
    const client = createClient({ endpoints: { refresh: url } }, platform);
    client.start();
    await platform.advance(60 * second);
    return { warned: platform.warned, asked };
  };

  it('is named once with the headers that it needs, if it is up (C-60, C-61)', async () => {
    const { warned, asked } = await warnedOf(true);
    expect(warned).toEqual(
      about(/https:\/\/auth\.example is up.*Allow-Origin: https:\/\/app\.example.*x-auth-client/i),
    );
    expect(warned[0]).toContain('two sites');
    expect(asked.filter((url) => url === 'https://auth.example/')).toHaveLength(1);
  });

  it('is not said to be of another site if it is not', async () => {
    expect((await warnedOf(true, 'https://auth.app.example/refresh')).warned[0]).not.toContain('two sites');
  });

  it('is not named if it is down', async () => {
    expect((await warnedOf(false)).warned).toEqual([]);
  });

  it('is not asked for if it is the page’s own', async () => {
    const { warned, asked } = await warnedOf(true, '/auth/refresh');
    expect([warned, asked.filter((url) => url === 'https://app.example/')]).toEqual([[], []]);
  });

  it('is named if it is an API that calls may send the token to (C-60)', async () => {
    const platform = createFakePlatform(async (input, init) => {
      if (init?.mode === 'no-cors') return new Response('');
      if (String(input).endsWith('/auth/login')) return tokens();
      throw new TypeError('Failed to fetch');
    });
    const client = createClient({ allowedOrigins: ['https://api.example'] }, platform);
    client.start();
    await client.signIn({ name: 'ada' });
    await expect(client.authFetch('https://api.example/orders')).rejects.toThrow('Failed to fetch');
    await flush();
    expect(platform.warned).toEqual(about(/https:\/\/api\.example is up.*Allow-Headers: authorization/));
  });
});

describe('a client that was not started', () => {
  it('is named after a second when a call waits for it, once (C-62)', async () => {
    const { platform, open, warned } = page(nobody);
    const client = open();
    void client.authFetch('/orders').catch(() => undefined);
    void client.ready().catch(() => undefined);
    await platform.advance(900);
    expect(warned).toEqual([]);
    await platform.advance(200);
    expect(warned).toEqual(about(/client was not started.*auth\.start\(\)/));
  });

  it('is not named if it is started within a second (C-62)', async () => {
    const { platform, open, warned } = page(nobody);
    const client = open();
    void client.authFetch('/orders').catch(() => undefined);
    await platform.advance(500);
    client.start();
    await platform.advance(5 * second);
    expect(warned).toEqual([]);
  });
});

describe('two clients in one page', () => {
  it('are named if they are started for the same endpoint, as by a component that creates its client (C-64, C-68)', async () => {
    const { open, warned } = page(nobody);
    const stop = open().start();
    stop();
    open().start();
    await flush();
    expect(warned).toEqual(about(/Two clients for the same refresh endpoint/));
  });

  it.each([
    ['their endpoints differ', { endpoints: { refresh: '/other/refresh' } }],
    ['they are named', { sessionName: 'other' }],
  ])('are not named if %s (C-68)', async (_what, options) => {
    const { open, warned } = page(nobody);
    open().start();
    open(options).start();
    expect(warned).toEqual([]);
  });

  it('are not named if the first one has stopped before (C-68)', async () => {
    const { open, warned } = page(nobody);
    open().start()();
    await flush();
    open().start();
    expect(warned).toEqual([]);
  });
});

describe('what a token says of its server', () => {
  const signedIn = async (options: Parameters<typeof tokens>[0]) => {
    const { open, warned } = page(signInThen(() => tokens(options), options));
    const client = open();
    client.start();
    await client.signIn({ name: 'ada' });
    return warned;
  };

  it.each([-5, 5])('is that its clock differs: by %i minutes (C-68)', async (minutes) => {
    expect(await signedIn({ issuedAt: now + minutes * 60 * second })).toEqual(about(/clock.*differ by 5 minutes/));
  });

  it('is nothing for a clock that differs by a minute (C-68)', async () => {
    expect(await signedIn({ issuedAt: now + 60 * second })).toEqual([]);
  });

  it('is that access tokens live for more than an hour (C-68)', async () => {
    expect(await signedIn({ lifetimeS: 7200 })).toEqual(about(/lives for 120 minutes/));
  });
});

describe('misuse', () => {
  it.each(['subscribe', 'onUserLeft', 'onUserChanged', 'onEvent'] as const)(
    'of %s is refused at once, not when it is told of something (C-64)',
    (method) => {
      const client = page(nobody).open();
      expect(() => client[method](undefined as never)).toThrow(
        `\`${method}\` takes a function. It was given undefined.`,
      );
    },
  );

  it('is a sign-in with the form element itself, which would send `{}` (C-64)', async () => {
    const form = Object.defineProperty({}, Symbol.toStringTag, { value: 'HTMLFormElement' });
    const { open } = page(nobody);
    const client = open();
    client.start();
    await expect(client.signIn(form as never)).rejects.toThrow('Give it `new FormData(form)`');
  });
});
