import express5 from 'express';
import express4 from 'express4';
import { describe, expect, it } from 'vitest';
import { type AppFor, frameworks, type Parser } from './frameworks.ts';
import { host } from './hosts.ts';

const json = { 'Content-Type': 'application/json' };
const all = Object.entries(frameworks);
const withRouters = all.filter(([name]) => name !== 'Fastify');

const { 'Express 4': onExpress4, 'Express 5': onExpress5, Connect: onConnect } = frameworks;
const parsersOf = (express: Pick<typeof express5, 'json' | 'urlencoded'>) => [
  express.json(),
  express.urlencoded({ extended: true }),
];
const arrangements: [name: string, listenerFor: AppFor][] = [
  ...all,
  ...withRouters.map(([name, appFor]): [string, AppFor] => [
    `${name} mounted at /auth`,
    (authority) => appFor(authority, { mountedAt: '/auth' }),
  ]),
  ['Express 4 behind parsers', (authority) => onExpress4(authority, { parsers: parsersOf(express4) })],
  ['Express 5 behind parsers', (authority) => onExpress5(authority, { parsers: parsersOf(express5) })],
  ['Connect behind parsers', (authority) => onConnect(authority, { parsers: parsersOf(express5) })],
  [
    'Express 4 at /auth behind parsers',
    (authority) => onExpress4(authority, { mountedAt: '/auth', parsers: parsersOf(express4) }),
  ],
  [
    'Express 5 at /auth behind parsers',
    (authority) => onExpress5(authority, { mountedAt: '/auth', parsers: parsersOf(express5) }),
  ],
  [
    'Express 5 behind a parser that keeps the bytes',
    (authority) => onExpress5(authority, { parsers: [express5.raw({ type: () => true })] }),
  ],
  [
    'Express 5 behind a parser that keeps text',
    (authority) => onExpress5(authority, { parsers: [express5.text({ type: () => true })] }),
  ],
];

/** A refresh as it goes over the wire, from a page of this origin. */
const refreshOf = (target: string, hostHeader: string, from: string): string =>
  [
    `POST ${target} HTTP/1.1`,
    `Host: ${hostHeader}`,
    `Origin: ${from}`,
    'X-Auth-Client: 1',
    'Content-Length: 0',
    'Connection: close\r\n\r\n',
  ].join('\r\n');

describe.each(arrangements)('authRoutes(), %s,', (_name, listenerFor) => {
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
    expect(fixture.events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'origin' });
  });

  it('reads a form (S-13)', async () => {
    const { post, fixture } = await host(listenerFor);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await post('/auth/login', { body: 'id=bob&id=ann&password=right', headers })).status).toBe(200);
    expect(fixture.events.at(-1)).toMatchObject({ type: 'signed-in', userId: 'ann' });
  });

  it('leaves a page and a route of the same address to the app (S-13)', async () => {
    const { origin } = await host(listenerFor);
    const page = await fetch(`${origin}/auth/login`);
    expect([page.status, await page.text()]).toEqual([200, 'a page']);
    const head = await fetch(`${origin}/auth/login`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${origin}/auth/refresh`)).status).toBe(404);
    expect((await fetch(`${origin}/auth/refresh`, { method: 'DELETE' })).status).toBe(404);
  });

  it('answers the preflight of a listed origin (S-13)', async () => {
    const listed = 'http://localhost:5173';
    const { post } = await host(listenerFor, { allowedOrigins: [listed] });
    const answer = await post('/auth/refresh', { method: 'OPTIONS', headers: { Origin: listed } });
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([204, listed]);
  });

  it('works behind a proxy that rewrites Host, by `origin` (S-10, S-13)', async () => {
    const { post } = await host(listenerFor, { origin: 'http://app.localhost:8080' });
    expect((await post('/auth/refresh', { headers: { Origin: 'http://app.localhost:8080' } })).status).toBe(204);
    expect((await post('/auth/refresh')).status).toBe(403);
  });

  it('takes a whole URL as the target, and the origin from it and not from Host (S-10, S-13)', async () => {
    const { send, origin } = await host(listenerFor);
    const refresh = (target: string, hostHeader: string) =>
      send(refreshOf(`${target}/auth/refresh?a=b`, hostHeader, origin));
    const { host: own } = new URL(origin);
    expect(await refresh(origin, 'other.localhost')).toMatch(/^HTTP\/1.1 204 /);
    expect(await refresh(`HTTP://${own}`, own)).toMatch(/^HTTP\/1.1 204 /);
    expect(await refresh('http://other.localhost', own)).toMatch(/^HTTP\/1.1 403 /);
  });

  it('takes a whole URL as the target where `origin` says the origin (S-10, S-13)', async () => {
    const { send, origin } = await host(listenerFor, { origin: 'http://app.localhost:8080' });
    const refresh = (from: string) => send(refreshOf('http://internal.localhost/auth/refresh', 'internal', from));
    expect(await refresh('http://app.localhost:8080')).toMatch(/^HTTP\/1.1 204 /);
    expect(await refresh(origin)).toMatch(/^HTTP\/1.1 403 /);
  });

  it('answers 413 to a body that is too long, however it is sent (S-13)', async () => {
    const { post } = await host(listenerFor);
    const long = JSON.stringify({ id: 'ann', password: 'x'.repeat(70_000) });
    expect((await post('/auth/login', { body: long, headers: json })).status).toBe(413);
    const streamed = { body: new Blob([long]).stream(), duplex: 'half', headers: json } as RequestInit;
    expect((await post('/auth/login', streamed)).status).toBe(413);
  });
});

describe.each(withRouters)('authRoutes(), %s,', (_name, appFor) => {
  it('passes on what is not its own (S-13)', async () => {
    const { post } = await host(appFor);
    for (const path of ['/', '/login', '/auth/other', '/auth/login/more']) expect((await post(path)).status).toBe(404);
    expect((await post('/api/me')).status).toBe(401);
  });

  it.each([
    ['/auth/login/', '/'],
    ['/auth/login/', '/auth'],
    ['/api/auth/login', '/api'],
  ])('has the authority tell of %s below %s, which just misses (S-13, S-26)', async (path, mountedAt) => {
    const { post, fixture } = await host((authority) => appFor(authority, { mountedAt }));
    expect(await (await post(path)).json()).toMatchObject({
      error: 'not_found',
      error_description: expect.any(String),
    });
    expect(fixture.events).toEqual([expect.objectContaining({ type: 'request-refused', reason: 'path' })]);
  });

  it('publishes the keys where `paths.jwks` says, and passes other methods on (S-13)', async () => {
    const { origin } = await host(appFor, { paths: { jwks: '/.well-known/jwks.json' } });
    const answer = await fetch(`${origin}/.well-known/jwks.json`);
    expect([answer.status, await answer.json()]).toEqual([200, { keys: [expect.objectContaining({ kty: 'EC' })] }]);
    expect((await fetch(`${origin}/.well-known/jwks.json`, { method: 'POST' })).status).toBe(404);
  });

  it('hands on to the error handler what is thrown (S-13)', async () => {
    const down = () => Promise.reject(new Error('down'));
    const { post } = await host((authority) => appFor({ ...authority, handle: down }));
    const answer = await post('/auth/refresh');
    expect([answer.status, await answer.text()]).toEqual([500, 'failed: down']);
  });

  it('says what is wrong where the body was read and not kept (S-13)', async () => {
    const drain: Parser = (request, _response, next) => void request.resume().on('end', next);
    const { post } = await host((authority) => appFor(authority, { parsers: [drain] }));
    const answer = await post('/auth/login', { body: '{}', headers: json });
    expect([answer.status, await answer.text()]).toEqual([
      500,
      expect.stringContaining('mount authRoutes() before it'),
    ]);
  });

  it('keeps the cookies and Vary that were set before it (S-13)', async () => {
    const { post } = await host((authority) =>
      appFor(authority, {
        parsers: [
          (_request, response, next) => {
            response.setHeader('Set-Cookie', ['locale=en', 'theme=dark']);
            response.setHeader('Vary', 'Accept-Encoding');
            next();
          },
        ],
      }),
    );
    const body = JSON.stringify({ id: 'ann', password: 'right' });
    const { headers } = await post('/auth/login', { body, headers: json });
    expect(headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['locale', 'theme', 'refresh']);
    expect(headers.get('Vary')).toBe('Accept-Encoding, Origin');
  });
});

describe.each(all)('requireAuth(), %s,', (_name, appFor) => {
  it('lets a good token through, with its claims (S-13)', async () => {
    const { origin, signIn } = await host(appFor);
    const { access_token } = await signIn();
    const headers = { Authorization: `Bearer ${access_token}` };
    const answer = await fetch(`${origin}/api/me`, { headers });
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'ann' }]);
    expect((await fetch(`${origin}/api/me`, { method: 'HEAD', headers })).status).toBe(200);
  });

  it.each([
    ['no token', '', 401, 'Bearer realm="api"'],
    ['a bad one', 'Bearer a.b.c', 401, 'error="invalid_token"'],
    ['a malformed header', 'Bearer a b', 400, 'error="invalid_request"'],
  ])('answers %s as the guard does (S-13)', async (_name, Authorization, status, challenge) => {
    const { origin } = await host(appFor);
    const answer = await fetch(`${origin}/api/me`, { method: 'POST', body: 'x', headers: { Authorization } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('WWW-Authenticate')).toContain(challenge);
  });

  it('hands on to the error handler what goes wrong, and lets nobody in (S-13)', async () => {
    const down = () => Promise.reject(new Error('down'));
    const { origin } = await host((authority) => appFor({ ...authority, guard: down }));
    const answer = await fetch(`${origin}/api/me`);
    expect([answer.status, await answer.text()]).toEqual([500, 'failed: down']);
  });
});

describe.each(withRouters.filter(([name]) => name !== 'Connect'))('authRoutes(), %s,', (_name, appFor) => {
  const trusting: AppFor = (authority) =>
    appFor(authority, {
      prepare: (app: { set(name: string, value: unknown): void }) => app.set('trust proxy', 'loopback'),
    });

  it('believes the framework about TLS that ends at a proxy it trusts (S-13)', async () => {
    const { post, origin } = await host(trusting);
    const headers = { Origin: origin.replace('http', 'https'), 'X-Forwarded-Proto': 'https' };
    expect((await post('/auth/refresh', { headers })).status).toBe(204);
    const untrusting = await host(appFor);
    const same = { ...headers, Origin: untrusting.origin.replace('http', 'https') };
    expect((await untrusting.post('/auth/refresh', { headers: same })).status).toBe(403);
  });

  it('answers 400 to a protocol that is none, whose words reach no error (S-13)', async () => {
    const { post } = await host(trusting);
    const answer = await post('/auth/refresh', { headers: { 'X-Forwarded-Proto': 'https://evil.example/?secret' } });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
  });

  it('reads fields that a parser has made an object of, as it reads them itself (S-13)', async () => {
    const seen: unknown[] = [];
    const verifyCredentials = (credentials: unknown) => void seen.push(credentials);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    for (const parsers of [[], parsersOf(express5)]) {
      const { post } = await host((authority) => appFor(authority, { parsers }), { verifyCredentials });
      await post('/auth/login', { body: 'user[name]=ann&user[at][id]=7&password=right', headers });
    }
    expect(seen).toEqual([{ 'user[name]': 'ann', 'user[at][id]': '7', password: 'right' }, seen[0]]);
  });
});
