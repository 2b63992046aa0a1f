import { describe, expect, it } from 'vitest';
import { atExpiry, outcome, signedInWorld } from './world.ts';

const allowedOrigins = ['https://api.good.example', 'http://localhost:3000'];

/** A 401 that came by a redirect to `address`. */
const redirected = (address: string) => () =>
  Object.defineProperties(new Response(null, { status: 401 }), {
    redirected: { value: true },
    url: { value: address },
  });

describe('where a token goes', () => {
  it('BB-1 is not where a URL object is turned to while the call waits', async () => {
    const { client, platform, server } = await atExpiry();
    const url = new URL('https://app.example/api');
    const call = outcome(client.authFetch(url));
    url.host = 'evil.test';
    await platform.advance(100);
    await call;
    expect(server.calls().filter((asked) => asked.url.host !== 'app.example' && asked.token !== undefined)).toEqual([]);
  });

  it('BB-1 is not the address on another origin of a URL of another realm', async () => {
    const { client, server } = await signedInWorld();
    const foreign = { href: 'https://evil.test/', toString: () => 'https://evil.test/' } as URL;
    await outcome(client.authFetch(foreign));
    expect(server.calls().filter(({ token }) => token !== undefined)).toEqual([]);
  });

  it.each([
    '/api',
    'relative',
    '?query',
    'https://app.example/api',
    'HTTPS://APP.EXAMPLE:443/api',
    'https://api.good.example/v1',
    '//api.good.example/v1',
    'http://localhost:3000/x',
    'https://user:pass@api.good.example/x',
  ])('BB-1 goes to its own page’s origin and to those listed: %s', async (address) => {
    const { client, server } = await signedInWorld('ann', { client: { allowedOrigins } });
    await outcome(client.authFetch(address));
    const expected = address.includes('user:pass') ? 'TypeError' : 200;
    expect(server.calls().map(({ token }) => server.ownerOf(token))).toEqual(expected === 200 ? ['ann'] : []);
  });

  it.each([
    'https://evil.test/',
    'https://api.good.example.evil.test/',
    'https://api.good.example@evil.test/',
    'https://api.good.example:8443/',
    'http://api.good.example/',
    'http://app.example/',
    'https://app.example.evil.test/',
    'https://app.example@evil.test/',
    'https://xapp.example/',
    'https://app.examplex/',
    'https://sub.app.example/',
    'https://app.example./',
    'https://app.example:444/',
    '//evil.test/https://app.example/',
    '\\\\evil.test\\',
    '/\\evil.test/',
    'https:/\\evil.test/',
    '\t//evil.test',
    'https://аpp.example/',
    'https://evil.test/?https://app.example/',
    'https://evil.test/#@app.example/',
    'http://localhost:3001/',
    'http://localhost.evil.test:3000/',
  ])('BB-1 does not go to %s', async (address) => {
    const { client, server } = await signedInWorld('ann', { client: { allowedOrigins } });
    await outcome(client.authFetch(address));
    expect(server.calls().filter(({ request }) => request.headers.has('authorization'))).toEqual([]);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('is the own origin of a page that came by plain http, and no https beside it (C-23)', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.address = 'http://app.test/';
    await client.authFetch('http://app.test/api');
    await client.authFetch('https://app.test/api');
    expect(server.calls().map(({ token }) => server.ownerOf(token))).toEqual(['ann', undefined]);
  });

  it.each(['data:text/plain,x', 'blob:https://app.example/0', 'about:blank', 'https://'])(
    'BB-1 leaves it to `fetch` to make of %s what it will',
    async (address) => {
      const { client, server } = await signedInWorld();
      await outcome(client.authFetch(address));
      expect(server.log.map(({ token }) => token).filter((token) => token !== undefined)).toEqual([]);
    },
  );

  it('BB-1 leaves it to `fetch` to refuse what is no address', async () => {
    const { client } = await signedInWorld();
    await expect(client.authFetch('https://')).rejects.toMatchObject({ code: 'ERR_INVALID_URL' });
  });

  it('CSRF-11 is settled when the client is made: options that are changed later, and the page’s address, add nothing', async () => {
    const evil = 'https://evil.test';
    const listed = [...allowedOrigins];
    const endpoints = { refresh: '/auth/refresh' };
    const { client, platform, server } = await signedInWorld('ann', { client: { allowedOrigins: listed, endpoints } });
    listed.push(evil);
    endpoints.refresh = `${evil}/auth/refresh`;
    platform.address = `https://app.example/?url=${evil}#${evil}`;
    await client.authFetch(evil);
    await client.refresh();
    await client.authFetch('/api');
    expect(server.log.map(({ path, token }) => [path, server.ownerOf(token)])).toEqual([
      [`${evil}/`, undefined],
      ['/auth/refresh', undefined],
      ['/api', 'ann'],
    ]);
  });

  it('is not sent with a Request to another origin', async () => {
    const { client, server } = await signedInWorld();
    await client.authFetch(new Request('https://evil.test/'));
    await client.authFetch(new URL('https://evil.test/'));
    expect(server.calls().map(({ token }) => token)).toEqual([undefined, undefined]);
  });

  it('is not awaited by a call to another origin', async () => {
    const { client, server } = await atExpiry();
    expect(await outcome(client.authFetch('https://cdn.test/'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('is not refreshed for the 401 of another origin', async () => {
    const { client, server } = await signedInWorld();
    server.always('https://other.test/', () => new Response(null, { status: 401 }));
    expect(await outcome(client.authFetch('https://other.test/'))).toBe(401);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([1, 0]);
  });

  it('BB-2 is not refreshed for the 401 of another origin that the call was redirected to', async () => {
    const { client, server } = await signedInWorld();
    server.always('/api', redirected('https://other.test/x'));
    expect(await outcome(client.authFetch('/api'))).toBe(401);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([1, 0]);
  });

  it('BB-2 is refreshed for the 401 of its own origin that the call was redirected within', async () => {
    const { client, server } = await signedInWorld();
    server.next('/api', redirected('https://app.example/moved'));
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([2, 1]);
  });

  it('leaves a caller’s own Authorization alone, and its 401 to the caller', async () => {
    const { client, server } = await signedInWorld();
    const answers = [
      await outcome(client.authFetch('/api', { headers: { authorization: 'Basic eDp5' } })),
      await outcome(client.authFetch('/api', { headers: [['AUTHORIZATION', 'Bearer mine']] })),
      await outcome(
        client.authFetch(new Request('https://app.example/api', { headers: { Authorization: 'Digest z' } })),
      ),
    ];
    expect(answers).toEqual([401, 401, 401]);
    expect(server.calls().map(({ request }) => request.headers.get('authorization'))).toEqual([
      'Basic eDp5',
      'Bearer mine',
      'Digest z',
    ]);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('BB-3 is refused where it has characters that no header may have', async () => {
    const { client, platform, server } = await signedInWorld();
    for (const token of ['a b', 'a\r\nX-Evil: 1', 'ä', '']) {
      server.next('/auth/refresh', () => Response.json({ access_token: token, token_type: 'Bearer', expires_in: 60 }));
      const refreshed = outcome(client.refresh());
      await platform.advance(20_000);
      expect(await refreshed).toMatchObject({ status: 'authenticated' });
    }
    expect(platform.reported.length).toBe(4);
  });
});
