import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/create-client.ts';
import { createFakePlatform } from '../fake-platform.ts';
import { createFakeServer, refused } from './fake-server.ts';
import { createWorld, credentials, outcome, signedInWorld, times, type World } from './world.ts';

type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

const later = () => Promise.resolve().then(() => {});
const made = (input: RequestInfo | URL, init?: RequestInit): Request =>
  new Request(input instanceof Request ? input : new URL(String(input), 'https://app.example/'), init);

/** What may stand in the place of the global `fetch`, and lead to `authFetch`. */
const replacements: Record<string, (authFetch: Fetch) => Fetch> = {
  'authFetch itself': (authFetch) => authFetch,
  'a wrapper': (authFetch) => (input, init) => authFetch(input, init),
  'a wrapper that copies': (authFetch) => (input, init) => authFetch(input, { ...init }),
  'a wrapper that makes a Request': (authFetch) => (input, init) => authFetch(made(input, init)),
  'a wrapper that takes its time': (authFetch) => async (input, init) => {
    await later();
    return authFetch(input, init);
  },
  'a wrapper that takes its time and copies': (authFetch) => async (input, init) => {
    await later();
    return authFetch(input, { ...init });
  },
  'a wrapper that takes its time, copies and adds to the query': (authFetch) => async (input, init) => {
    await later();
    const url = new URL(made(input).url);
    url.searchParams.set('v', '1');
    return authFetch(input instanceof Request ? new Request(url, input) : url, init && { ...init });
  },
  'a wrapper that takes its time and makes a Request': (authFetch) => async (input, init) => {
    await later();
    return authFetch(made(input, init));
  },
};

const replaced = async (name: string, world: Promise<World> | World = signedInWorld()): Promise<World> => {
  const started = await world;
  started.platform.replacement = replacements[name]?.(started.client.authFetch);
  return started;
};

describe.each(Object.keys(replacements))('where %s stands in the place of `fetch`', (name) => {
  it('a call of anybody has the token, and is sent once (C-21)', async () => {
    const { platform, server } = await replaced(name);
    expect(await outcome(platform.fetch('/api'))).toBe(200);
    expect(server.calls().map(({ token }) => server.ownerOf(token))).toEqual(['ann']);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('a call to another origin is sent there once, without a token (C-21)', async () => {
    const { platform, server } = await replaced(name);
    const calls = times(2, () => platform.fetch('https://cdn.example/lib.js', { headers: { 'X-A': '1' } }));
    for (const call of calls) expect(await (await call).json()).toEqual({ foreign: true });
    expect(server.calls().map(({ token, request }) => [token, request.headers.get('x-a')])).toEqual([
      [undefined, '1'],
      [undefined, '1'],
    ]);
  });

  it('a token that is refused is refreshed once, and the call replayed (C-21)', async () => {
    const { platform, server } = await replaced(name);
    server.next('/api', refused);
    const call = outcome(platform.fetch('/api', { method: 'POST', body: 'kept' }));
    await platform.advance(1000);
    expect(await call).toBe(200);
    expect([server.count('/api'), server.count('/auth/refresh')]).toEqual([2, 1]);
    expect(await server.calls()[1]?.request.text()).toBe('kept');
  });

  it('the client starts, signs in and signs out (C-21)', async () => {
    const { client, platform, server } = await replaced(name, createWorld());
    client.start();
    await platform.advance(1000);
    expect(client.getSession().status).toBe('unauthenticated');
    expect(await client.signIn(credentials('ann'))).toMatchObject({ status: 'authenticated' });
    const refreshed = client.refresh();
    await platform.advance(1000);
    expect(await refreshed).toMatchObject({ status: 'authenticated' });
    expect(await client.signOut()).toMatchObject({ confirmed: true });
    expect(server.log.map(({ path, token }) => [path, token])).toEqual([
      ['/auth/refresh', undefined],
      ['/auth/login', undefined],
      ['/auth/refresh', undefined],
      ['/auth/logout', undefined],
    ]);
  });

  it('many calls at one time go out once each (C-21)', async () => {
    const { client, platform, server } = await replaced(name);
    server.revokeTokens();
    const calls = [
      ...times(10, () => platform.fetch('/api')),
      ...times(10, () => client.authFetch('/api')),
      ...times(10, () => platform.fetch('https://cdn.example/lib.js')),
    ];
    await platform.advance(1000);
    for (const call of calls) expect((await call).status).toBe(200);
    expect([server.count('/api'), server.count('https://cdn.example/lib.js')]).toEqual([40, 10]);
    expect(server.count('/auth/refresh')).toBe(1);
  });
});

describe('where authFetch stands in the place of `fetch`', () => {
  it.each(['authFetch itself', 'a wrapper', 'a wrapper that takes its time'])(
    'a call that is to have no token gets none: %s (C-21)',
    async (name) => {
      const { client, server } = await replaced(name);
      expect(await outcome(client.fetchWith({ token: 'none' })('/api'))).toBe(401);
      expect(server.calls().map(({ token }) => token)).toEqual([undefined]);
    },
  );

  it('a call with a token of its own is sent once, as it is (C-21)', async () => {
    const { platform, server } = await replaced('a wrapper that takes its time');
    await platform.fetch('/api', { headers: { Authorization: 'Bearer mine' } });
    expect(server.calls().map(({ token }) => token)).toEqual(['mine']);
  });

  it('a wrapper sees what the client sends, and may answer it (C-21)', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.replacement = async () => new Response('mocked');
    expect(await (await client.authFetch('/api')).text()).toBe('mocked');
    expect(server.calls()).toEqual([]);
  });

  it('a wrapper may make calls of its own on the way (C-21)', async () => {
    const { client, platform, server } = await signedInWorld();
    const logged: Promise<Response>[] = [];
    platform.replacement = (input, init) => {
      if (String(input).endsWith('/api')) logged.push(client.authFetch('/log'));
      return client.authFetch(input, init);
    };
    expect(await outcome(platform.fetch('/api'))).toBe(200);
    await Promise.all(logged);
    // The wrapper sees the call twice: as it is made, and as the client sends it.
    expect(server.asked('/log').map(({ token }) => server.ownerOf(token))).toEqual(['ann', 'ann']);
    expect(server.count('/api')).toBe(1);
  });

  it('a wrapper that throws is what the call rejects with, and leaves nothing behind (C-21)', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.replacement = () => {
      throw new RangeError('my bug');
    };
    expect(await outcome(client.authFetch('/api'))).toBe('RangeError');
    platform.replacement = client.authFetch;
    expect(await outcome(platform.fetch('/api'))).toBe(200);
    expect(server.calls()).toHaveLength(1);
  });

  it('before the client was created, that is said, and nothing runs for ever (C-21)', async () => {
    const server = createFakeServer();
    const platform = createFakePlatform(server.fetch);
    platform.nativeFetch = (input, init) => client.authFetch(input, init);
    platform.fetch = platform.nativeFetch;
    const client = createClient({}, platform);
    client.start();
    await platform.advance(100);
    expect(platform.reported[0]).toEqual(
      expect.objectContaining({ message: expect.stringMatching(/Create the client first/) }),
    );
    await expect(client.authFetch('https://cdn.example/')).rejects.toThrow(/Create the client first/);
    expect(server.log).toEqual([]);
  });
});

describe('where the authFetch of another client stands in the place of `fetch`', () => {
  const elsewhere = { signIn: '/other/login', refresh: '/other/refresh', signOut: '/other/logout' };
  const behind = [
    'authFetch itself',
    'a wrapper',
    'a wrapper that copies',
    'a wrapper that takes its time and copies',
  ].flatMap((name) => [
    { name, since: 'before' },
    { name, since: 'after' },
  ]);

  it.each(behind)('$since this client was created, as $name, this one asks without a token (C-21)', async (way) => {
    const other = await signedInWorld();
    const through = replacements[way.name]?.(other.client.authFetch) as Fetch;
    const platform = createFakePlatform(way.since === 'before' ? through : other.server.fetch);
    const client = createClient({ endpoints: elsewhere }, platform);
    if (way.since === 'after') platform.replacement = through;
    const seen: string[] = [];
    for (const path of Object.values(elsewhere)) {
      other.server.always(path, ({ request }) => {
        seen.push(`${path} ${request.headers.get('authorization')}`);
        return Response.json({ access_token: `token-of-${path}`, expires_in: 300 });
      });
    }
    client.start();
    await platform.advance(1000);
    await client.signIn({ user: 'bob' });
    await client.signOut();
    expect(seen).toEqual(['/other/refresh null', '/other/login null', '/other/logout null']);
  });
});

describe('the option `fetch`', () => {
  it('is what everything is sent by (C-21)', async () => {
    const server = createFakeServer();
    const seen: string[] = [];
    const fetch: Fetch = (input, init) => {
      seen.push(new URL(String(input), 'https://app.example').pathname);
      return server.fetch(input, init);
    };
    const world = createWorld({ at: server, client: { fetch } });
    world.platform.replacement = world.client.authFetch;
    server.enter('ann');
    world.client.start();
    await world.platform.advance(1000);
    expect(await outcome(world.client.authFetch('/api'))).toBe(200);
    expect(await outcome(world.client.authFetch('https://cdn.example/lib.js'))).toBe(200);
    await world.client.signOut();
    expect(seen).toEqual(['/auth/refresh', '/api', '/lib.js', '/auth/logout']);
  });

  it('may lead back to the client (C-21)', async () => {
    let toClient: Fetch | undefined;
    const fetch: Fetch = (input, init) => (toClient as Fetch)(input, init);
    const world = createWorld({ client: { fetch } });
    toClient = world.client.authFetch;
    world.server.enter('ann');
    world.client.start();
    await world.platform.advance(1000);
    expect(await outcome(world.client.authFetch('/api'))).toBe(200);
    expect(world.server.log.map(({ path }) => path)).toEqual(['/auth/refresh', '/api']);
  });

  it.each([null, 'fetch', {}])('is a function: %j (C-21)', (fetch) => {
    expect(() => createWorld({ client: { fetch: fetch as never } })).toThrow(/`fetch` takes a function/);
  });
});
