import { once } from 'node:events';
import { IncomingMessage, type RequestListener } from 'node:http';
import { connect, createServer, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect as connectSocket, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authRoutes, claimsOf, clientAddress, requireAuth, toRequest } from '../../../src/node/index.ts';
import { createFixture } from '../server/fixture.ts';
import { type Host, host } from './hosts.ts';

type Authority = Host['fixture']['authority'];

const json = { 'Content-Type': 'application/json' };
const credentials = JSON.stringify({ id: 'ann', password: 'right' });

/** The routes, `/api/me` behind the guard, and `/`, which says whose cookie it is. */
const app = (authority: Authority): RequestListener => {
  const routes = authRoutes(authority);
  const guard = requireAuth(authority);
  return (request, response) => {
    if (request.url === '/api/me') guard(request, response, () => response.end(claimsOf(request).sub));
    else if (request.url === '/')
      void authority
        .currentSession(toRequest(request))
        .then((session) => response.end(typeof session === 'object' ? session.userId : String(session)));
    else routes(request, response);
  };
};

describe('authRoutes(), node:http alone,', () => {
  it('signs in, refreshes and signs out (S-13)', async () => {
    const { post, signIn, fixture } = await host(app);
    const { sid, cookies, access_token } = await signIn();
    expect(await (await post('/auth/refresh', { cookies })).json()).toMatchObject({ sid, seq: 2 });
    const body = JSON.stringify({ sid });
    expect((await post('/auth/logout', { cookies, body, headers: json })).status).toBe(204);
    await expect(fixture.authority.verify(access_token)).rejects.toThrow();
  });

  it('answers every other request as well, since nobody else does (S-13)', async () => {
    const { post, fixture } = await host(app);
    expect(await (await post('/auth/other')).json()).toEqual({ error: 'not_found' });
    expect((await post('/auth/refresh', { method: 'GET' })).status).toBe(405);
    expect((await post('/auth/refresh', { method: 'HEAD' })).status).toBe(405);
    expect(fixture.events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'method' });
  });

  it('answers at a path that ends in a slash where `paths` has it so (S-13)', async () => {
    const { post } = await host(app, { paths: { refresh: '/auth/refresh/' } });
    expect((await post('/auth/refresh/')).status).toBe(204);
  });

  it.each([
    ['no Host header', 'POST /auth/refresh HTTP/1.0\r\n\r\n'],
    ['a Host with a path', 'POST /auth/refresh HTTP/1.1\r\nHost: a/auth/login?\r\nConnection: close\r\n\r\n'],
    ['a port that is none', 'POST /auth/refresh HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n'],
    ['an address that is none', 'POST /auth/refresh HTTP/1.1\r\nHost: 1.2.3.999\r\nConnection: close\r\n\r\n'],
    ['a user in the target', 'POST http://ann@a/auth/refresh HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['no host in the target', 'POST http:///auth/refresh HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a target of another kind', 'POST ftp://a/auth/refresh HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a method that Request forbids', 'TRACE /auth/refresh HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['no sound address at the guard', 'GET /api/me HTTP/1.0\r\n\r\n'],
  ])('answers 400 to %s, which no browser sends (S-13)', async (_name, bytes) => {
    const { send } = await host(app);
    expect(await send(bytes)).toMatch(/^HTTP\/1.1 400 .*{"error":"invalid_request"}/s);
  });

  it('takes a target with two slashes for a path, and not for another host (S-13)', async () => {
    const { send, fixture } = await host(app);
    expect(
      await send('POST //evil.example/auth/refresh HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1.1 404 /);
    expect(fixture.events).toEqual([expect.objectContaining({ reason: 'path' })]);
  });

  it('takes the root for the path of a target that has none (S-13)', async () => {
    const { send, fixture } = await host(app);
    for (const target of ['http://127.0.0.1', 'http://127.0.0.1?a=/auth/refresh']) {
      const bytes = `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
      expect(await send(bytes)).toMatch(/^HTTP\/1.1 404 /);
    }
    expect(fixture.events).toEqual([]);
  });

  it('lets a token in that comes with a whole URL as the target (S-13)', async () => {
    const { send, signIn, origin } = await host((authority) => {
      const guard = requireAuth(authority);
      const routes = authRoutes(authority);
      return (request, response) => {
        if (!request.url?.endsWith('/api/me')) routes(request, response);
        else guard(request, response, () => response.end(claimsOf(request).sub));
      };
    });
    const { access_token } = await signIn();
    const bytes = `GET ${origin}/api/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${access_token}\r\nConnection: close\r\n\r\n`;
    expect(await send(bytes)).toMatch(/^HTTP\/1.1 200 .*ann/s);
  });

  it('answers with a plain 500 where something throws (S-13)', async () => {
    const { post } = await host((authority) =>
      authRoutes({ ...authority, handle: () => Promise.reject(new Error('secret')) }),
    );
    const answer = await post('/auth/refresh');
    expect([answer.status, await answer.json()]).toEqual([500, { error: 'server_error' }]);
  });

  it('says so when it is not given an authority (S-13)', () => {
    expect(() => authRoutes({} as Authority)).toThrow(TypeError);
    expect(() => authRoutes({} as Authority)).toThrow('createAuthority() gives; found a value of type object without');
  });
});

/** The head of a request with a body of so many bytes, of which more follow. */
function head({ origin }: Host, length: number, path = '/auth/login'): string {
  const lines = [`POST ${path} HTTP/1.1`, `Host: ${origin.slice(7)}`, `Origin: ${origin}`, 'X-Auth-Client: 1'];
  return [...lines, 'Content-Type: application/json', `Content-Length: ${length}`, '', ''].join('\r\n');
}

describe('a body', () => {
  it('that is too long is answered with 413 before its end, and the connection is closed (S-13)', async () => {
    const server = await host(app);
    const answer = await server.send(head(server, 1_000_000) + ' '.repeat(70_000));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/^connection: close\r$/im);
  });

  it('of a refused request is not waited for (S-13)', async () => {
    const server = await host(app);
    const forged = head(server, 1000).replace('X-Auth-Client: 1', 'X-Other: 1');
    expect(await server.send(forged)).toMatch(/^HTTP\/1.1 403 /);
  });

  it('that does not arrive in time is answered with 408, and the connection is closed (S-13)', async () => {
    const server = await host(app, { requestTimeoutMs: 20 });
    const answer = await server.send(`${head(server, 100)}{"id":`);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toMatch(/^connection: close\r$/im);
  });

  it('that comes in pieces is put together (S-13)', async () => {
    const server = await host(app);
    const socket = connectSocket(Number(server.origin.split(':')[2]), '127.0.0.1');
    socket.write(`${head(server, credentials.length)}${credentials.slice(0, 5)}`);
    for (const letter of credentials.slice(5)) {
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(letter);
    }
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('of a client that hangs up half-way reaches no callback, and is no failure (S-13)', async () => {
    const seen: unknown[] = [];
    const server = await host(app, { verifyCredentials: (credentials) => void seen.push(credentials) });
    const socket = connectSocket(Number(server.origin.split(':')[2]), '127.0.0.1');
    socket.write(`${head(server, 100)}{"id":`);
    await new Promise((resolve) => socket.write('"ann"', resolve));
    socket.destroy();
    await once(socket, 'close');
    // Served after the one that has hung up.
    expect((await server.post('/auth/refresh')).status).toBe(204);
    expect([seen, server.fixture.events]).toEqual([[], []]);
  });

  it('of the next request on a connection follows the answer to the one before (S-13)', async () => {
    const server = await host(app);
    const wrong = JSON.stringify({ id: 'ann', password: 'wrong' });
    const two = `${head(server, wrong.length)}${wrong}${head(server, credentials.length)}${credentials}`;
    const answers = await server.send(two.replace(/(.*)X-Auth-Client: 1/s, '$1X-Auth-Client: 1\r\nConnection: close'));

    expect([...answers.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['401', '200']);
  });
});

describe('over HTTP/2', () => {
  async function ask(options: { path: string; body: string; headers?: object }) {
    const { authority } = createFixture({ cookie: { profile: 'dev' } });
    const server = createServer(app(authority) as never).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const session = connect(origin);
    onTestFinished(() => {
      session.close();
      server.close();
    });
    const send = async (path: string, body: string, headers: object = {}) => {
      const own = {
        ':method': 'POST',
        ':path': path,
        origin,
        'x-auth-client': '1',
        'content-type': 'application/json',
      };
      const stream = session.request({ ...own, ...headers });
      stream.end(body);
      const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      return { status: answer[':status'], cookies: answer['set-cookie'], body: await text(stream) };
    };
    return { send, first: await send(options.path, options.body, options.headers) };
  }

  it('signs in, and lets the token in at the guard (S-13)', async () => {
    const { first, send } = await ask({ path: '/auth/login', body: credentials });
    expect([first.status, first.cookies?.length]).toEqual([200, 1]);
    const { access_token } = JSON.parse(first.body) as { access_token: string };
    const authorization = `Bearer ${access_token}`;
    expect(await send('/api/me', '', { authorization })).toMatchObject({ status: 200, body: 'ann' });
    expect(await send('/api/me', 'x'.repeat(1000))).toMatchObject({ status: 401 });
  });

  it('answers 413 to a body that is too long, and the next request on the connection (S-13)', async () => {
    const { first, send } = await ask({ path: '/auth/login', body: ' '.repeat(200_000) });
    expect(first.status).toBe(413);
    expect(await send('/auth/refresh', '')).toMatchObject({ status: 204 });
  });
});

describe('requireAuth()', () => {
  it('says so when it is not given an authority, or is no middleware (S-13)', () => {
    const { authority } = createFixture();
    expect(() => requireAuth({} as typeof authority)).toThrow(
      'createAuthority() gives; found a value of type object without guard().',
    );
    expect(() => requireAuth(authority)(new IncomingMessage(new Socket()), {} as never)).toThrow(
      '`next` to call; found a value of type undefined.',
    );
  });
});

describe('claimsOf()', () => {
  it.each([{}, { auth: undefined }, { auth: { payload: {} } }])(
    'says so when requireAuth() was not asked: %j (S-13)',
    (request) => {
      expect(() => claimsOf(request)).toThrow(TypeError);
      expect(() => claimsOf(request)).toThrow(`found a value of type ${typeof request.auth} there. Use requireAuth()`);
    },
  );
});

describe('toRequest()', () => {
  it('lets a page be rendered for whoever the cookie names (S-13)', async () => {
    const { origin, signIn } = await host(app);
    const { cookies } = await signIn();
    expect(await (await fetch(origin, { headers: { Cookie: cookies.join('; ') } })).text()).toBe('ann');
    expect(await (await fetch(origin)).text()).toBe('undefined');
  });

  it.each([[undefined], [null], ['x'], [{}], [{ url: '/' }], [new Request('https://a.example')]])(
    'says so when it is given %j (S-13)',
    (request) => {
      expect(() => toRequest(request as never)).toThrow(TypeError);
      expect(() => toRequest(request as never)).toThrow(`or Fastify; found a value of type ${typeof request}.`);
    },
  );
});

describe('clientAddress()', () => {
  it('says whose socket a request came by, and nothing of other requests', async () => {
    const seen: unknown[] = [];
    const { post } = await host(app, {
      verifyCredentials: (_credentials, request) => void seen.push(clientAddress(request)),
    });
    await post('/auth/login', { body: '{}', headers: { ...json, 'X-Forwarded-For': '203.0.113.7' } });
    expect(seen).toEqual(['127.0.0.1']);
    expect(clientAddress(new Request('https://a.example'))).toBeUndefined();
  });
});

describe("an authority that is given Node's request", () => {
  it.each([
    ['guard', 'requireAuth(authority)'],
    ['handle', 'authRoutes(authority)'],
    ['currentSession', 'toRequest(req)'],
  ] as const)('says by %s to use %s of silent-refresh/node (S-13)', async (member, instead) => {
    const { authority } = createFixture();
    const request = Object.assign(new IncomingMessage(new Socket()), { url: '/api' });
    const outcome = authority[member](request as never);
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(/found an object\. .* use /);
    await expect(outcome).rejects.toThrow(`use ${instead} of silent-refresh/node`);
  });
});
