import { describe, expect, it } from 'vitest';
import { answers, asked } from './changes.ts';
import { type Change, CREDENTIALS, serve, withHeader } from './server.ts';

const AUTH = 'https://auth.example.com';
const APP = 'https://app.example.com';

/** The authority on another origin of the site, as behind a proxy that ends TLS. */
const crossOrigin = (change?: Change) =>
  serve({ cookie: { profile: 'host' }, origin: AUTH, allowedOrigins: [APP] }, change);

const header = (name: string, value: (given: string) => string | undefined): Change =>
  answers((answer) => {
    const given = answer.headers.get(name);
    return given === null ? answer : withHeader(answer, name, value(given));
  });

const without = (name: string): Change => header(name, () => undefined);
const allowing = (name: string): Change =>
  header('Access-Control-Allow-Headers', (given) => given.replace(`${name}, `, '').replace(`, ${name}`, ''));

/** Allows whatever origin asks. */
const reflecting: Change = async (request, handle) => {
  const answer = await handle(request);
  const headers = new Headers(answer.headers);
  headers.set('Access-Control-Allow-Origin', request.headers.get('Origin') ?? '');
  headers.set('Access-Control-Allow-Credentials', 'true');
  return new Response(answer.body, { status: answer.status, headers });
};

describe('doctor, for pages of another origin,', () => {
  it('finds nothing wrong with the authority', async () => {
    const server = await crossOrigin();
    const { problems, notChecked } = await server.report([...CREDENTIALS, '--origin', APP], AUTH);
    expect([problems, notChecked]).toEqual([[], []]);
  });

  it.each<readonly [string, string, Change]>([
    ['no Access-Control-Allow-Origin', 'error cors-allow-origin', without('Access-Control-Allow-Origin')],
    ['Access-Control-Allow-Origin: *', 'error cors-allow-origin', header('Access-Control-Allow-Origin', () => '*')],
    ['another origin', 'error cors-allow-origin', header('Access-Control-Allow-Origin', (it) => `${it}:8443`)],
    ['no credentials', 'error cors-allow-credentials', without('Access-Control-Allow-Credentials')],
    ['no X-Auth-Client', 'error cors-allow-x-auth-client', allowing('X-Auth-Client')],
    ['no Idempotency-Key', 'error cors-allow-idempotency-key', allowing('Idempotency-Key')],
    ['no Content-Type', 'error cors-allow-content-type', allowing('Content-Type')],
    ['no exposed headers', 'warning cors-expose-headers', without('Access-Control-Expose-Headers')],
    ['any origin', 'error cors-foreign-origin', reflecting],
    [
      'preflights that are refused',
      'error cors-preflight',
      (request, handle) =>
        request.method === 'OPTIONS' ? Promise.resolve(new Response(null, { status: 401 })) : handle(request),
    ],
    [
      'errors without CORS headers',
      'error cors-allow-origin',
      answers((it) => (it.status >= 400 ? withHeader(it, 'Access-Control-Allow-Origin', undefined) : it)),
    ],
  ])('finds %s, and nothing else', async (_what, problem, change) => {
    const server = await crossOrigin(change);
    expect((await server.report([...CREDENTIALS, '--origin', APP], AUTH)).problems).toEqual([problem]);
  });

  it('names each header that the preflight of an endpoint lacks', async () => {
    const server = await crossOrigin(without('Access-Control-Allow-Headers'));
    const { findings, problems } = await server.report([...CREDENTIALS, '--origin', APP], AUTH);
    expect(problems.map((it) => it.replace('error cors-allow-', ''))).toEqual([
      'x-auth-client',
      'content-type',
      'idempotency-key',
    ]);
    expect(findings.find(({ check }) => check === 'cors-allow-idempotency-key')?.seen).toBe(
      'Access-Control-Allow-Headers does not name Idempotency-Key on preflights of refresh',
    );
  });

  it('says when a server refuses requests of its own pages, as behind a proxy that changes Host (S-10)', async () => {
    const server = await serve({ cookie: { profile: 'host' } });
    expect((await server.report(CREDENTIALS, AUTH)).problems).toEqual(['error own-requests']);
  });

  it('says when the page is of another site, whose requests come without the cookie (S-9)', async () => {
    const origin = { Origin: AUTH, 'Sec-Fetch-Site': 'same-origin' };
    const server = await serve({ cookie: { profile: 'host' }, origin: AUTH }, async (request, handle) => {
      if (request.headers.get('Origin') !== 'https://app.other.example') return handle(request);
      const headers = new Headers(request.headers);
      for (const [name, value] of Object.entries(origin)) headers.set(name, value);
      const answer =
        request.method === 'OPTIONS'
          ? new Response(null, { status: 204 })
          : await asked(() => ({ headers }))(request, handle);
      const cors = new Headers(answer.headers);
      cors.set('Access-Control-Allow-Origin', 'https://app.other.example');
      cors.set('Access-Control-Allow-Credentials', 'true');
      cors.set('Access-Control-Allow-Headers', 'x-auth-client, idempotency-key, content-type');
      cors.set('Access-Control-Expose-Headers', 'Retry-After, Date, WWW-Authenticate');
      return new Response(answer.body, { status: answer.status, headers: cors });
    });
    const { problems } = await server.report([...CREDENTIALS, '--origin', 'https://app.other.example'], AUTH);
    expect(problems).toEqual(['error cookie-same-site']);
  });
});
