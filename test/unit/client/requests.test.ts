import { describe, expect, it } from 'vitest';
import type { AuthClientOptions, CallOptions } from '../../../src/client/options.ts';
import { replayStreams } from '../../../src/requests/replay/replay-streams.ts';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { networkError, never } from './fake-server.ts';
import { type Claims, createWorld, credentials, outcome, reloaded, signedInWorld } from './world.ts';

const keysOf = (world: Awaited<ReturnType<typeof signedInWorld>>) =>
  world.server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));

describe('the refresh request', () => {
  it('RT-12 RT-14 TOK-14 is a POST without body that outlives its page, is never cached nor redirected', async () => {
    const { client, server } = await signedInWorld();
    await client.refresh();
    const [{ request } = {}] = server.asked('/auth/refresh');
    expect(request).toMatchObject({
      method: 'POST',
      body: null,
      keepalive: true,
      credentials: 'include',
      cache: 'no-store',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
    });
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'application/json',
      'x-auth-client': '1',
      'idempotency-key': expect.stringMatching(/^[\w-]{36}$/),
    });
  });

  it('bears a new key each time it has been answered, and the same one while it has not', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', networkError, networkError);
    const refreshed = client.refresh();
    await platform.advance(5000);
    await refreshed;
    await client.refresh();
    const keys = server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));
    expect([keys.length, new Set(keys.slice(0, 3)).size, new Set(keys).size]).toEqual([4, 1, 2]);
  });

  it('RT-20 bears the key of the refresh that a reload has interrupted', async () => {
    const world = await signedInWorld();
    world.server.next('/auth/refresh', never);
    void outcome(world.client.refresh());
    await world.platform.advance(200);
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    const keys = world.server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
    expect(next.client.getSession().claims?.sub).toBe('ann');
  });

  it('bears a new key when the interrupted refresh is more than 60 s old', async () => {
    const world = await signedInWorld();
    world.server.next('/auth/refresh', never);
    void outcome(world.client.refresh());
    await world.platform.advance(200);
    const next = reloaded(world);
    next.platform.setWall(61_000);
    next.client.start();
    await next.platform.advance(1000);
    const keys = world.server.asked('/auth/refresh').map(({ request }) => request.headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(2);
  });
});

describe('the idempotency key', () => {
  it('of a user’s failed refresh is not that of the next user’s', async () => {
    const world = await signedInWorld('ann');
    const { client, platform, server } = world;
    server.next('/auth/refresh', networkError);
    void outcome(client.refresh());
    await platform.advance(10);
    await client.signOut();
    await client.signIn(credentials('bob'));
    const refreshed = client.refresh();
    await platform.advance(2000);
    await refreshed;
    const keys = keysOf(world);
    expect([keys.length, new Set(keys).size]).toEqual([2, 2]);
  });

  it('of a hanging refresh is not used for a user who has signed in elsewhere', async () => {
    const world = await signedInWorld('ann');
    world.server.next('/auth/refresh', () => new Promise<Response>(() => {}));
    void outcome(world.client.refresh());
    await world.platform.advance(10_000);
    const page = reloaded(world);
    page.client.start();
    await page.platform.advance(1000);
    await page.client.signIn(credentials('bob'));
    world.server.attach(world.platform.clock);
    const [first] = keysOf(world);
    world.server.forget();
    world.platform.happen('visible');
    await world.platform.advance(5000);
    expect(world.client.getSession().claims?.sub).toBe('bob');
    expect(keysOf(world)).not.toContain(first);
  });
});

describe('the options `headers` and `endpoints`', () => {
  it('rename the headers, or leave them out', async () => {
    const { client, server } = await signedInWorld('ann', {
      client: { headers: { client: 'X-App', idempotencyKey: false } },
    });
    await client.refresh();
    expect([...(server.asked('/auth/refresh')[0]?.request.headers.keys() ?? [])]).toEqual(['accept', 'x-app']);
  });

  it('take functions in the place of addresses', async () => {
    const inits: RequestInit[] = [];
    const { client, platform, server } = createWorld({
      client: {
        sessionName: 'mine',
        endpoints: {
          refresh: async (init) => {
            inits.push(init);
            return server.tokensFor('ann');
          },
          signIn: async () => server.tokensFor('bob'),
          signOut: async () => new Response(null, { status: 204 }),
        },
      },
    });
    client.start();
    await platform.advance(1000);
    expect(client.getSession().claims?.sub).toBe('ann');
    expect(inits).toEqual([expect.objectContaining({ method: 'POST', keepalive: true, credentials: 'include' })]);
    await client.signIn({});
    expect(client.getSession().claims?.sub).toBe('bob');
    expect(await client.signOut()).toEqual({ confirmed: true });
    expect(server.log).toHaveLength(0);
  });

  it('take a function that throws for a network that fails', async () => {
    const { client, platform } = createWorld({
      client: {
        sessionName: 'mine',
        endpoints: {
          refresh: () => {
            throw new Error('no');
          },
        },
      },
    });
    client.start();
    await platform.advance(100);
    expect(client.getSession()).toMatchObject({ status: 'loading', problem: { kind: 'network' } });
  });

  it('show a function that gives no Response for an answer that cannot be read, and report it once (C-34)', async () => {
    const { client, platform } = createWorld({
      client: { sessionName: 'app', endpoints: { refresh: async () => ({ access_token: 'x' }) as never } },
    });
    client.start();
    await platform.advance(60_000);
    expect(client.getSession()).toMatchObject({ status: 'loading', problem: { kind: 'malformed' } });
    expect(platform.reported).toHaveLength(1);
  });
});

describe('`classifyRefresh`', () => {
  it.each([
    ['rejected', 'relogin-required'],
    ['anonymous', 'relogin-required'],
    ['transient', 'authenticated'],
    [undefined, 'authenticated'],
  ] as const)('overrides the rule: a 403 that is %s is `%s`', async (classification, expected) => {
    const { client, platform, server } = await signedInWorld('ann', {
      client: { classifyRefresh: ({ status }) => (status === 403 ? classification : undefined) },
    });
    server.always('/auth/refresh', () => Response.json({ error: 'forbidden' }, { status: 403 }));
    const refreshed = outcome(client.refresh());
    await platform.advance(10_000);
    await refreshed;
    expect(client.getSession().status).toBe(expected);
  });
});

describe('an option that is wrong', () => {
  it.each<[string, AuthClientOptions<Claims> | Record<string, unknown>]>([
    ['allowedOrigins', { allowedOrigins: ['https://api.example.com/path'] }],
    ['allowedOrigins', { allowedOrigins: ['http://api.example.com'] }],
    ['allowedOrigins', { allowedOrigins: ['https://*.example.com'] }],

    ['allowedOrigins', { allowedOrigins: ['api.example.com'] }],
    ['allowedOrigins', { allowedOrigins: 'https://api.example.com' }],
    ['refreshTimeoutMs', { refreshTimeoutMs: 0 }],
    ['refreshTimeoutMs', { refreshTimeoutMs: 60_001 }],
    ['refreshTimeoutMs', { refreshTimeoutMs: Number.NaN }],
    ['refreshTimeoutMs', { refreshTimeoutMs: '10' }],
    ['maxBytes', { streams: replayStreams({ maxBytes: -1 }) }],
    ['streams', { streams: 1024 }],
    ['relogin', { relogin: 'hold' }],
    ['timeoutMs', { relogin: holdCalls({ timeoutMs: 0 }) }],
    ['timeoutMs', { relogin: holdCalls({ timeoutMs: 3_600_001 }) }],
    ['max', { relogin: holdCalls({ max: 0 }) }],
    ['max', { relogin: holdCalls({ max: 1001 }) }],
    ['csrf', { csrf: {} }],
    ['headers', { headers: { csrf: 'x' } }],
    ['headers.client', { headers: { client: 'a b' } }],
    ['token', { token: 'always' }],
    ['sessionName', { sessionName: '' }],
    ['sessionName', { sessionName: 7 }],
    ['endpoints.refresh', { endpoints: { refresh: 7 } }],
    ['endpoints.signIn', { endpoints: { signIn: '' } }],
    ['endpoints.logout', { endpoints: { logout: '/x' } }],
    ['endpoints.signIn', { endpoints: { signin: '/x' } }],
    ['headers.idempotencyKey', { headers: { idempotency: 'X-Key' } }],
    ['allowedOrigins', { allowedOrigin: ['https://api.example.com'] }],
    ['refreshTimeoutMs', { refreshTimeout: 1000 }],
    ['sessionName', { sesionname: 'app' }],
    ['The options are: endpoints, allowedOrigins', { holdTimeoutMs: 1000 }],
    ['parseClaims', { parseClaims: 'sub' }],
    ['userId', { userId: 'sub' }],
    ['readTokens', { readTokens: {} }],
    ['classifyRefresh', { classifyRefresh: true }],
    ['isTokenRejected', { isTokenRejected: 401 }],
  ])('is a TypeError that names `%s`: %j', (name, client) => {
    expect(() => createWorld({ client })).toThrow(TypeError);
    expect(() => createWorld({ client })).toThrow(name);
  });

  it('`hold` of a call is a TypeError where the client has no `holdCalls()`: the call would be lost', async () => {
    const { client } = await signedInWorld();
    const auth = { relogin: 'hold' } as const;
    const expected = /createAuthClient\(\{ relogin: holdCalls\(\) \}\)/;
    expect(() => client.fetchWith(auth)).toThrow(TypeError);
    expect(() => client.fetchWith(auth)).toThrow(expected);
    await expect(client.authFetch('/api', { auth })).rejects.toThrow(expected);
    await expect(client.getAccessToken(auth)).rejects.toThrow(expected);
  });

  it('of a call is a TypeError that names it, too', async () => {
    const { client } = await signedInWorld();
    expect(() => client.fetchWith({ token: 'maybe' as 'none' })).toThrow(/`token`/);
    await expect(client.authFetch('/api', { auth: { token: 'maybe' as 'none' } })).rejects.toThrow(/`token`/);
    const misspelt = { tokens: 'none' } as CallOptions;
    await expect(client.authFetch('/api', { auth: misspelt })).rejects.toThrow(
      '`auth.tokens` is not an option. Is it `auth.token`?',
    );
  });
});
