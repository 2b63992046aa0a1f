import { createFixture } from '../../server/fixture.ts';
import { type Change, withBody, withCookies } from './server.ts';

const path = (request: Request): string => new URL(request.url).pathname;

/** Changes every answer. */
export const answers =
  (change: (answer: Response) => Response | Promise<Response>): Change =>
  async (request, handle) =>
    change(await handle(request));

/** Changes every cookie. */
export const cookies = (change: (cookie: string) => string): Change => answers((answer) => withCookies(answer, change));

/** Answers in place of the authority at a path. */
export const at =
  (where: string, answer: () => Response): Change =>
  (request, handle) =>
    path(request) === where && request.method === 'POST' ? Promise.resolve(answer()) : handle(request);

/** Sends the authority another request. */
export const asked =
  (change: (request: Request) => RequestInit & { headers?: Headers }): Change =>
  (request, handle) => {
    const { method = request.method, headers = request.headers } = change(request);
    const body = method === 'GET' || request.body === null ? null : request.body;
    return handle(new Request(request.url, { method, headers, body, ...(body && { duplex: 'half' }) }));
  };

export const withHeaders = (request: Request, more: Record<string, string>): Headers => {
  const headers = new Headers(request.headers);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return headers;
};

/** A server that takes a repeated key for theft. */
export const strictAboutKeys = (): Change => {
  const keys = new Set<string>();
  let spoilt = '';
  return async (request, handle) => {
    const key = request.headers.get('Idempotency-Key') ?? '';
    const cookie = request.headers.get('Cookie') ?? '';
    const sid = cookie.split(/[=.]/)[1] ?? 'none';
    if (path(request) === '/auth/refresh' && (sid === spoilt || (cookie !== '' && keys.has(key)))) {
      spoilt = sid;
      return asked(() => ({ headers: withHeaders(request, { Cookie: cookie.replace(/=.*/, '=stolen') }) }))(
        request,
        handle,
      );
    }
    keys.add(key);
    return handle(request);
  };
};

/** Cookies that a copy of the server's memory would say nothing about: the first one of a session stays. */
export const unrotated = (): Change => {
  const current = new Map<string, string>();
  const sidOf = (value: string): string => value.split('.')[0] ?? '';
  return async (request, handle) => {
    const headers = new Headers(request.headers);
    const given = /refresh=([^;]*)/.exec(headers.get('Cookie') ?? '')?.[1] ?? '';
    if (given !== '') headers.set('Cookie', `refresh=${current.get(sidOf(given)) ?? given}`);
    const answer = await asked(() => ({ headers }))(request, handle);
    return withCookies(answer, (cookie) => {
      const value = /refresh=([^;]*)/.exec(cookie)?.[1] ?? '';
      if (value === '') return cookie;
      current.set(sidOf(value), value);
      return cookie.replace(value, given === '' ? value : given);
    });
  };
};

/** Changes the JSON of every answer with tokens. */
export const bodies = (change: (body: Record<string, unknown>) => unknown): Change =>
  answers((it) => withBody(it, change));

/** Makes the cookie longer by so many bytes. */
export const padded =
  (bytes: number): Change =>
  async (request, handle) => {
    const headers = withHeaders(request, {});
    const cookie = headers.get('Cookie');
    if (cookie !== null) headers.set('Cookie', cookie.replace(/~+/, ''));
    const answer = await asked(() => ({ headers }))(request, handle);
    return withCookies(answer, (it) => it.replace(/^\w+=[^;]+/, (pair) => pair + '~'.repeat(bytes)));
  };

/** A load balancer before two processes that know nothing of each other's sessions. */
export const inTwoProcesses = (): Change => {
  const { authority } = createFixture({ cookie: { profile: 'dev' }, now: () => Date.now() });
  let count = 0;
  return (request, handle) => {
    count += 1;
    return count % 2 === 0 ? handle(request) : authority.handle(request);
  };
};

/** Answers 429 after so many refreshes. */
export const throttledAfter = (most: number): Change => {
  let count = 0;
  return (request, handle) => {
    if (path(request) === '/auth/refresh' && request.method === 'POST') count += 1;
    if (count <= most) return handle(request);
    return path(request) === '/auth/refresh'
      ? Promise.resolve(Response.json({ error: 'slow_down' }, { status: 429, headers: { 'Retry-After': '5' } }))
      : handle(request);
  };
};

const ownPaths: Readonly<Record<string, string>> = {
  POST: '/auth/login',
  PUT: '/auth/refresh',
  DELETE: '/auth/logout',
};

/**
 * The server of docs/own-backend.md: one path, a method for each endpoint, and names of its own. `get`: what it answers a
 * GET, which it refuses otherwise.
 */
export const inItsOwnWay =
  (get?: (asPut: () => Promise<Response>) => Response | Promise<Response>): Change =>
  async (request, handle) => {
    const answerTo = async (method: string): Promise<Response> => {
      const { body, headers } = request;
      const known = request.method === 'OPTIONS' ? '/auth/refresh' : ownPaths[method];
      if (path(request) !== '/session' || known === undefined) {
        return Response.json({ error: 'not_found' }, { status: path(request) === '/session' ? 405 : 404 });
      }
      const init = { method: request.method === 'OPTIONS' ? 'OPTIONS' : 'POST', headers, body };
      return handle(new Request(new URL(known, request.url), { ...init, ...(body && { duplex: 'half' }) }));
    };
    if (request.method === 'GET' && get !== undefined) return get(() => answerTo('PUT'));
    return withBody(await answerTo(request.method), ({ access_token, expires_in, sid, seq }) => ({
      jwt: `opaque-${String(access_token).slice(-40)}`,
      validFor: expires_in,
      issued: '2030-01-01T00:00:00Z',
      profile: { uuid: 'ann', name: 'Ann' },
      session: { key: sid, count: seq },
    }));
  };
