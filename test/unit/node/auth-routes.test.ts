import { once } from 'node:events';
import { connect, createServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authRoutes } from '../../../src/node/index.ts';
import { createFixture } from '../server/fixture.ts';
import { api, bodyParser, chain, type Host, host, mountedAt } from './hosts.ts';

type Authority = Host['fixture']['authority'];
const json = { 'Content-Type': 'application/json' };
const parseJson = bodyParser((bytes) => (bytes.length === 0 ? {} : JSON.parse(bytes.toString())));
const parseForm = bodyParser((bytes) => Object.fromEntries(new URLSearchParams(bytes.toString())));

const hosts: [name: string, listenerFor: (authority: Authority) => ReturnType<typeof chain>][] = [
  ['node:http alone', (authority) => authRoutes(authority)],
  ['without a prefix', (authority) => chain(authRoutes(authority), api(authority))],
  ['mounted at /auth', (authority) => chain(mountedAt('/auth', authRoutes(authority)), api(authority))],
  ['behind a JSON parser', (authority) => chain(parseJson, authRoutes(authority), api(authority))],
  ['at /auth behind a JSON parser', (authority) => chain(parseJson, mountedAt('/auth', authRoutes(authority)))],
  [
    'behind a parser that keeps the bytes',
    (authority) =>
      chain(
        bodyParser((bytes) => bytes),
        authRoutes(authority),
      ),
  ],
  ['behind a parser that keeps text', (authority) => chain(bodyParser(String), authRoutes(authority))],
];

describe.each(hosts)('authRoutes(), %s,', (_name, listenerFor) => {
  it('signs in, refreshes and signs out (S-13)', async () => {
    const { post, signIn, fixture } = await host(listenerFor);
    const { sid, cookies, access_token } = await signIn();
    const refreshed = await post('/auth/refresh', { cookies });
    expect(await refreshed.json()).toMatchObject({ sid, seq: 2 });
    const successor = refreshed.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
    const body = JSON.stringify({ sid });
    expect((await post('/auth/logout', { cookies: successor, body, headers: json })).status).toBe(204);
    await expect(fixture.authority.verify(access_token)).rejects.toThrow();
  });

  it('refuses as the authority does (S-13)', async () => {
    const { post, fixture } = await host(listenerFor);
    const wrong = JSON.stringify({ id: 'ann', password: 'guess' });
    expect((await post('/auth/login', { body: wrong, headers: json })).status).toBe(401);
    expect((await post('/auth/refresh', { headers: { Origin: 'https://evil.example' } })).status).toBe(403);
    expect((await post('/auth/refresh', { method: 'GET' })).status).toBe(405);
    expect(fixture.events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'method' });
  });
});

describe('authRoutes()', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'id=bob&id=ann&password=right'],
    ['a form in other case', 'Application/X-WWW-Form-Urlencoded; charset=utf-8', 'id=ann&password=right'],
  ])('reads %s, also behind a parser (S-13)', async (_name, type, body) => {
    for (const steps of [[], [parseForm]]) {
      const { post } = await host((authority) => chain(...steps, authRoutes(authority)));
      const answer = await post('/auth/login', { body, headers: { 'Content-Type': type } });
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
    }
  });

  it('reads the fields of a form that a parser has taken apart (S-13)', async () => {
    const fields = bodyParser(() => ({ id: ['bob', 'ann'], password: 'right' }));
    const { post, fixture } = await host((authority) => chain(fields, authRoutes(authority)));
    const body = new FormData();
    body.set('id', 'ann');
    expect((await post('/auth/login', { body })).status).toBe(200);
    expect(fixture.events.at(-1)).toMatchObject({ type: 'signed-in', userId: 'ann' });
  });

  it('says what is wrong where the body was read and not kept (S-13)', async () => {
    const { post } = await host((authority) =>
      chain(
        bodyParser(() => undefined),
        authRoutes(authority),
      ),
    );
    const answer = await post('/auth/login', { body: '{}', headers: json });
    expect([answer.status, await answer.text()]).toEqual([
      500,
      expect.stringContaining('mount authRoutes() before it'),
    ]);
  });

  it('leaves every other request to the app, and 404 to the authority where there is none (S-13)', async () => {
    const behind = await host((authority) => chain(authRoutes(authority), mountedAt('/api', authRoutes(authority))));
    for (const path of ['/', '/login', '/api/me', '/auth/other', '/auth/login/more']) {
      expect(await (await behind.post(path)).text()).toBe('none');
    }
    const alone = await host((authority) => authRoutes(authority));
    expect(await (await alone.post('/auth/other')).json()).toEqual({ error: 'not_found' });
  });

  it.each([
    ['/auth/login/', authRoutes],
    ['/api/auth/login', (authority: Authority) => mountedAt('/api', authRoutes(authority))],
    ['/auth/login/', (authority: Authority) => mountedAt('/auth', authRoutes(authority))],
  ])('has the authority tell of %s, which just misses (S-13, S-26)', async (path, stepFor) => {
    const { post, fixture } = await host((authority) => chain(stepFor(authority)));
    const answer = await post(path);
    expect(await answer.json()).toMatchObject({ error: 'not_found', error_description: expect.any(String) });
    expect(fixture.events).toEqual([expect.objectContaining({ type: 'request-refused', reason: 'path' })]);
  });

  it.each([
    ['/auth/login/', authRoutes],
    ['/api/auth/login', (authority: Authority) => mountedAt('/api', authRoutes(authority))],
  ])('leaves a GET of %s to the app, which may have a page there (S-13, S-26)', async (path, stepFor) => {
    const { post } = await host((authority) => chain(stepFor(authority)));
    expect(await (await post(path, { method: 'GET' })).text()).toBe('none');
  });

  it('answers at a path that ends in a slash where `paths` has it so (S-13)', async () => {
    const { post } = await host((authority) => chain(authRoutes(authority)), { paths: { refresh: '/auth/refresh/' } });
    expect((await post('/auth/refresh/')).status).toBe(204);
  });

  it('answers the preflight of a listed origin (S-13)', async () => {
    const listed = 'http://localhost:5173';
    const { post } = await host((authority) => chain(authRoutes(authority)), { allowedOrigins: [listed] });
    const answer = await post('/auth/refresh', { method: 'OPTIONS', headers: { Origin: listed } });
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([204, listed]);
  });

  it('keeps the cookies and Vary that were set before it (S-13)', async () => {
    const { post } = await host((authority) =>
      chain((_request, response, next) => {
        response.setHeader('Set-Cookie', 'locale=en').setHeader('Vary', 'Accept-Encoding');
        next();
      }, authRoutes(authority)),
    );
    const body = JSON.stringify({ id: 'ann', password: 'right' });
    const { headers } = await post('/auth/login', { body, headers: json });
    expect(headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['locale', 'refresh']);
    expect(headers.get('Vary')).toBe('Accept-Encoding, Origin');
  });

  it('believes the framework about TLS that ends at a proxy (S-13)', async () => {
    const { post, origin } = await host((authority) =>
      chain((request, _response, next) => {
        request.protocol = 'https';
        next();
      }, authRoutes(authority)),
    );
    expect((await post('/auth/refresh')).status).toBe(403);
    expect((await post('/auth/refresh', { headers: { Origin: origin.replace('http', 'https') } })).status).toBe(204);
  });

  it('answers 400 to a protocol that is none, whose words reach no error (S-13)', async () => {
    const { post } = await host((authority) =>
      chain((request, _response, next) => {
        request.protocol = 'https://evil.example/?secret';
        next();
      }, authRoutes(authority)),
    );
    const answer = await post('/auth/refresh');
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
  });

  it('answers 413 to a body that is too long, and does not wait for its end (S-13)', async () => {
    const { send, origin } = await host((authority) => authRoutes(authority));
    const head = ['POST /auth/login HTTP/1.1', `Host: ${origin.slice(7)}`, `Origin: ${origin}`, 'X-Auth-Client: 1'];
    const rest = ['Content-Type: application/json', 'Content-Length: 1000000', '', ' '.repeat(70_000)];
    expect(await send([...head, ...rest].join('\r\n'))).toMatch(/^HTTP\/1.1 413 /);
  });

  it.each([
    ['no Host header', 'POST /auth/refresh HTTP/1.0\r\n\r\n'],
    ['a Host with a path', 'POST /auth/refresh HTTP/1.1\r\nHost: a/auth/login?\r\nConnection: close\r\n\r\n'],
    ['a port that is none', 'POST /auth/refresh HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n'],
    ['an address that is none', 'POST /auth/refresh HTTP/1.1\r\nHost: 1.2.3.999\r\nConnection: close\r\n\r\n'],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a method that Request forbids', 'TRACE /auth/refresh HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ])('answers 400 to %s, which no browser sends (S-13)', async (_name, bytes) => {
    const { send } = await host((authority) => authRoutes(authority));
    expect(await send(bytes)).toMatch(/^HTTP\/1.1 400 .*{"error":"invalid_request"}/s);
  });

  it('takes a target with two slashes for a path, and not for another host (S-13)', async () => {
    const { send, fixture } = await host((authority) => authRoutes(authority));
    expect(
      await send('POST //evil.example/auth/refresh HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1.1 404 /);
    expect(fixture.events).toEqual([expect.objectContaining({ reason: 'path' })]);
  });

  it('answers over HTTP/2 (S-13)', async () => {
    const { authority } = createFixture({ cookie: { profile: 'dev' } });
    const server = createServer(authRoutes(authority)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const session = connect(origin);
    onTestFinished(() => {
      session.close();
      server.close();
    });
    const headers = { ':method': 'POST', ':path': '/auth/login', origin, 'x-auth-client': '1' };
    const stream = session.request({ ...headers, 'content-type': 'application/json' });
    stream.end(JSON.stringify({ id: 'ann', password: 'right' }));
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    expect([answer[':status'], answer['set-cookie']?.length]).toEqual([200, 1]);
    expect(JSON.parse(await text(stream))).toMatchObject({ token_type: 'Bearer' });
  });

  it('says so when it is not given an authority (S-13)', () => {
    expect(() => authRoutes({} as Authority)).toThrow(TypeError);
    expect(() => authRoutes({} as Authority)).toThrow('createAuthority()');
  });
});
