import { describe, expect, it } from 'vitest';
import { parseOrigin } from '../../../../src/requests/origins.ts';
import type { AuthorityOptions } from '../../../../src/server/index.ts';
import { AUTH_CLIENT_HEADER } from '../../../../src/server/index.ts';
import { createFixture, ORIGIN, type User } from '../fixture.ts';

const PATHS = ['/auth/login', '/auth/refresh', '/auth/logout'];
const body = JSON.stringify({ id: 'ann', password: 'right' });

/** Asks an authority, by default for a sign-in, as a page of an origin would. */
async function ask(
  options: Partial<AuthorityOptions<User>>,
  headers: Record<string, string>,
  { method = 'POST', url = `${ORIGIN}/auth/login` } = {},
) {
  const { authority, events } = createFixture(options);
  const sent = { [AUTH_CLIENT_HEADER]: '1', 'Content-Type': 'application/json', ...headers };
  const answer = await authority.handle(
    new Request(url, { method, headers: sent, ...(method === 'POST' && { body }) }),
  );
  return { answer, events, told: answer.status === 204 ? undefined : await answer.json() };
}

describe('allowedOrigins', () => {
  it.each([
    'https://admin.example',
    'http://localhost:5173',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://bundle',
    'app://.',
    'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
    'moz-extension://3c078156-979c-498b-8990-85f7987dd929',
  ])('takes %s as it is written (S-7)', async (origin) => {
    const { answer } = await ask({ allowedOrigins: [origin] }, { Origin: origin });
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([200, origin]);
  });

  it.each(['none', 'cross-site'])('serves an app whose pages have no site: Sec-Fetch-Site %s (S-7)', async (site) => {
    const origin = 'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb';
    const headers = { Origin: origin, 'Sec-Fetch-Site': site };
    expect((await ask({ allowedOrigins: [origin] }, headers)).answer.status).toBe(200);
    expect((await ask({ allowedOrigins: [origin] }, headers, { method: 'OPTIONS' })).answer.status).toBe(204);
    expect((await ask({ allowedOrigins: ['app://other'] }, headers)).answer.status).toBe(403);
  });

  it.each([
    ['https://*.a.example', 'found `https://*.a.example`'],
    ['*', 'wildcards'],
    ['https://a.example/', 'Write https://a.example.'],
    ['https://a.example:443', 'Write https://a.example.'],
    ['https://A.example', 'Write https://a.example.'],
    ['https://b\u00fccher.example', 'Write https://xn--bcher-kva.example.'],
    ['https://a.example?x', 'Write https://a.example.'],
    ['capacitor://localhost/', 'exact origins'],
    ['Capacitor://localhost', 'exact origins'],
    ['app://a\u00a0', 'exact origins'],
    ['app://user@a', 'found text of 12 characters'],
    ['app://', 'exact origins'],
    ['app://a, app://b', 'exact origins'],
    ['file://', 'exact origins'],
    ['file://a', 'exact origins'],
    ['ws://a.example', 'found `ws://a.example`'],
    ['null', 'exact origins'],
    ['', 'found empty text'],
    ['a.example', 'exact origins'],
    [undefined, 'found undefined'],
  ])('refuses %j, which would never match, and says what to write (S-7)', (origin, message) => {
    const options = { allowedOrigins: [origin as string] };
    expect(() => createFixture(options)).toThrow(TypeError);
    expect(() => createFixture(options)).toThrow('`allowedOrigins`');
    expect(() => createFixture(options)).toThrow(message);
  });

  it('refuses what is no list (S-7)', () => {
    expect(() => createFixture({ allowedOrigins: 'https://a.example' as never })).toThrow('`allowedOrigins`');
  });
});

describe('allowedHeaders', () => {
  const LISTED = 'https://admin.example';
  const allowed = async (allowedHeaders?: readonly string[]): Promise<string[]> => {
    const options = { allowedOrigins: [LISTED], ...(allowedHeaders && { allowedHeaders }) };
    const { answer } = await ask(options, { Origin: LISTED }, { method: 'OPTIONS' });
    return (answer.headers.get('Access-Control-Allow-Headers') ?? '').toLowerCase().split(', ');
  };

  it('are by default those of the client, of CSRF tokens and of tracing (S-8)', async () => {
    const sent = ['accept', 'content-type', 'idempotency-key', 'x-auth-client', 'x-csrf-token', 'x-xsrf-token'];
    const tracing = ['baggage', 'sentry-trace', 'traceparent', 'tracestate'];
    expect(await allowed()).toEqual([...sent, ...tracing]);
  });

  it('adds names of its own (S-8)', async () => {
    expect(await allowed(['X-Request-Id', 'x-b3-traceid'])).toEqual(
      expect.arrayContaining(['x-request-id', 'x-b3-traceid']),
    );
  });

  it.each([['*'], ['a b'], [''], ['a,b'], ['a\nb'], [1]])('refuses %j (S-8)', (name) => {
    expect(() => createFixture({ allowedHeaders: [name as string] })).toThrow(TypeError);
    expect(() => createFixture({ allowedHeaders: [name as string] })).toThrow('`allowedHeaders`');
  });

  it('lets a listed origin read the date of an answer (S-8)', async () => {
    const { answer } = await ask({ allowedOrigins: [LISTED] }, { Origin: LISTED });
    expect(answer.headers.get('Access-Control-Expose-Headers')?.split(', ')).toContain('Date');
  });
});

describe('a listed origin of another site', () => {
  const LISTED = 'https://app.other.example';

  it.each(['POST', 'OPTIONS'])('is refused alike by %s, with a reason of its own (S-9)', async (method) => {
    const headers = { Origin: LISTED, 'Sec-Fetch-Site': 'cross-site' };
    const { answer, events } = await ask({ allowedOrigins: [LISTED] }, headers, { method });
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([403, LISTED]);
    expect(events).toEqual([expect.objectContaining({ type: 'request-refused', reason: 'cross-site' })]);
  });

  it('reads what to do in the dev profile: localhost and 127.0.0.1 are two sites (S-9)', async () => {
    const origin = 'http://127.0.0.1:5173';
    const options: Partial<AuthorityOptions<User>> = { cookie: { profile: 'dev' }, allowedOrigins: [origin] };
    const headers = { Origin: origin, 'Sec-Fetch-Site': 'cross-site' };
    const { told } = await ask(options, headers, { url: 'http://localhost:3000/auth/login' });
    expect(told).toMatchObject({ error: 'request_refused', error_description: expect.stringContaining('127.0.0.1') });
  });
});

describe('origin', () => {
  const PUBLIC = 'https://app.example.com';

  it.each([
    ['ends TLS', 'http://app.example.com/auth/login'],
    ['changes the host', 'http://backend:3000/auth/login'],
  ])('is whose pages may call behind a proxy that %s (S-10)', async (_what, url) => {
    const headers = { Origin: PUBLIC, 'Sec-Fetch-Site': 'same-origin' };
    expect((await ask({ origin: PUBLIC }, headers, { url })).answer.status).toBe(200);
    expect((await ask({}, headers, { url })).answer.status).toBe(403);
  });

  it('takes the place of what the request says it was sent to (S-10)', async () => {
    const url = 'https://rebound.example/auth/login';
    const { answer, events } = await ask({ origin: PUBLIC }, { Origin: 'https://rebound.example' }, { url });
    expect([answer.status, events[0]]).toEqual([403, expect.objectContaining({ reason: 'origin' })]);
  });

  it('says where the dev profile answers (S-10)', async () => {
    const options: Partial<AuthorityOptions<User>> = { cookie: { profile: 'dev' }, origin: 'http://localhost:5173' };
    const url = 'http://backend:3000/auth/login';
    expect((await ask(options, { Origin: 'http://localhost:5173' }, { url })).answer.status).toBe(200);
    expect(() => createFixture({ ...options, origin: PUBLIC })).toThrow(
      '`cookie.profile`: `dev` works only on loopback',
    );
  });

  it.each(['https://app.example.com/', 'app.example.com', 'null', '*', 1])('refuses %j (S-10)', (origin) => {
    expect(() => createFixture({ origin: origin as string })).toThrow(TypeError);
    expect(() => createFixture({ origin: origin as string })).toThrow('`origin`');
  });

  it('is never null: a sandboxed frame is not a page of an app with a scheme of its own (S-10)', async () => {
    const url = 'app://bundle/auth/login';
    expect((await ask({}, { Origin: 'null' }, { url })).answer.status).toBe(403);
    expect((await ask({}, { Origin: 'app://bundle' }, { url })).answer.status).toBe(200);
  });
});

describe('the dev profile', () => {
  const dev: Partial<AuthorityOptions<User>> = { cookie: { profile: 'dev' } };

  it.each([
    'http://localhost:3000',
    'http://app.localhost',
    'http://a.b.localhost:5173',
    'http://127.0.0.1:8080',
    'http://127.3.2.1',
    'http://[::1]:3000',
  ])('answers on %s, where the client sends its token as well (S-10)', async (origin) => {
    expect((await ask(dev, { Origin: origin }, { url: `${origin}/auth/login` })).answer.status).toBe(200);
    expect(parseOrigin(origin)).toBe(origin);
  });

  it.each([
    'http://localhost.evil.test',
    'http://evillocalhost',
    'http://127.0.0.1.nip.io',
    'http://192.168.0.2',
    'http://app.test',
  ])('does not answer on %s, where the client keeps its token as well (S-10)', async (origin) => {
    expect((await ask(dev, { Origin: origin }, { url: `${origin}/auth/login` })).answer.status).toBe(500);
    expect(() => parseOrigin(origin)).toThrow(TypeError);
  });

  it.each([
    ['an origin that is not ours', { Origin: 'http://localhost:5173' }, '`origin`'],
    ['no header of the client', { [AUTH_CLIENT_HEADER]: '' }, 'X-Auth-Client'],
    ['a form', { 'Sec-Fetch-Mode': 'navigate' }, 'Sec-Fetch'],
  ])('says in the answer why it refuses %s, and production does not (S-10)', async (_what, headers, part) => {
    const origin = 'http://localhost:3000';
    const sent = { Origin: origin, ...headers };
    const { told } = await ask(dev, sent, { url: `${origin}/auth/login` });
    expect(told).toEqual({ error: 'request_refused', error_description: expect.stringContaining(part) });
    expect((await ask({}, sent, { url: `${origin}/auth/login` })).told).toEqual({ error: 'request_refused' });
  });
});

describe.each(PATHS)('an authority that is asked for %s elsewhere', (path) => {
  const LISTED = 'https://admin.example';

  it.each([
    ['below a prefix', `/api${path}`],
    ['with a slash at the end', `${path}/`],
    ['with two slashes', `/${path}//`],
    ['without its folder', path.replace('/auth', '')],
  ])('%s tells of it, and lets a listed origin read the answer (S-26)', async (_what, asked) => {
    for (const method of ['POST', 'OPTIONS']) {
      const url = ORIGIN + asked;
      const { answer, events, told } = await ask({ allowedOrigins: [LISTED] }, { Origin: LISTED }, { method, url });
      expect([answer.status, told]).toEqual([404, { error: 'not_found' }]);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(LISTED);
      expect(events).toEqual([expect.objectContaining({ type: 'request-refused', reason: 'path' })]);
    }
  });

  it('says in the dev profile what to set (S-26)', async () => {
    const options: Partial<AuthorityOptions<User>> = { cookie: { profile: 'dev' } };
    const { told } = await ask(options, { Origin: 'http://localhost' }, { url: `http://localhost/api${path}` });
    expect(told).toEqual({ error: 'not_found', error_description: expect.stringContaining('`paths`') });
  });

  it("is silent about what may be a page, or somebody else's (S-26)", async () => {
    const options = { allowedOrigins: [LISTED] };
    for (const [method, asked] of [
      ['GET', path.replace('/auth', '')],
      ['POST', `${path}/more`],
      ['POST', '/'],
      ['POST', `/x${path.slice(1)}`],
    ] as const) {
      const { answer, events } = await ask(options, { Origin: LISTED }, { method, url: ORIGIN + asked });
      expect([answer.status, events]).toEqual([404, []]);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(LISTED);
    }
  });
});
