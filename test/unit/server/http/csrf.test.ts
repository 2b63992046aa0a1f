import { describe, expect, it } from 'vitest';
import { AUTH_CLIENT_HEADER } from '../../../../src/server/index.ts';
import { createFixture, ORIGIN, tokens } from '../fixture.ts';

const LISTED = 'https://admin.example';
const endpoints = ['/auth/login', '/auth/refresh', '/auth/logout'];
const good = { Origin: ORIGIN, [AUTH_CLIENT_HEADER]: '1', 'Sec-Fetch-Site': 'same-origin' };

const forged: [row: string, headers: Record<string, string | undefined>][] = [
  ['CSRF-3 no custom header', { [AUTH_CLIENT_HEADER]: undefined }],
  ['CSRF-3 an empty custom header', { [AUTH_CLIENT_HEADER]: '' }],
  ['CSRF-4 a foreign origin', { Origin: 'https://evil.example' }],
  ['CSRF-4 the origin null', { Origin: 'null' }],
  ['CSRF-4 an origin that begins like ours', { Origin: `${ORIGIN}.evil.test` }],
  ['CSRF-4 an origin that ends like ours', { Origin: `https://evil-app.example` }],
  ['CSRF-4 our host by another scheme', { Origin: ORIGIN.replace('https', 'http') }],
  ['CSRF-4 our host on another port', { Origin: `${ORIGIN}:8443` }],
  ['CSRF-4 no origin and no Fetch Metadata', { Origin: undefined, 'Sec-Fetch-Site': undefined }],
  ['CSRF-4 no origin from a sibling', { Origin: undefined, 'Sec-Fetch-Site': 'same-site' }],
  ['CSRF-2 a sibling subdomain', { Origin: 'https://evil.app.example', 'Sec-Fetch-Site': 'same-site' }],
  ['CSRF-5 our origin in a same-site request', { 'Sec-Fetch-Site': 'same-site' }],
  ['CSRF-5 a cross-site request', { 'Sec-Fetch-Site': 'cross-site' }],
  ['CSRF-5 a cross-site request of a listed origin', { Origin: LISTED, 'Sec-Fetch-Site': 'cross-site' }],
  ['CSRF-5 a request of the address bar', { 'Sec-Fetch-Site': 'none' }],
  ['CSRF-5 a form', { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }],
  ['CSRF-5 a fetch without CORS', { 'Sec-Fetch-Mode': 'no-cors' }],
  ['CSRF-5 an image', { 'Sec-Fetch-Dest': 'image' }],
];

const genuine: [row: string, headers: Record<string, string | undefined>][] = [
  ['our own page', {}],
  ['our own page without Fetch Metadata', { 'Sec-Fetch-Site': undefined }],
  ['our own page with all of it', { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' }],
  ['our own page that sends no Origin', { Origin: undefined }],
  ['a site value of a later standard', { 'Sec-Fetch-Site': 'same-universe' }],
  ['a listed sibling', { Origin: LISTED, 'Sec-Fetch-Site': 'same-site' }],
  ['a listed origin without Fetch Metadata', { Origin: LISTED, 'Sec-Fetch-Site': undefined }],
];

async function attempt(path: string, changes: Record<string, string | undefined>, method = 'POST') {
  const { authority, browser, events } = createFixture({ allowedOrigins: [LISTED] });
  const victim = browser();
  await victim.signIn();
  events.length = 0;
  const headers = new Headers({ Cookie: `__Host-refresh=${victim.jar.get('__Host-refresh')}` });
  for (const [name, value] of Object.entries({ ...good, ...changes })) {
    if (value !== undefined) headers.set(name, value);
  }
  headers.set('Content-Type', 'application/json');
  const body = path === '/auth/login' ? JSON.stringify({ id: 'bob', password: 'right' }) : null;
  const init = method === 'POST' ? { method, headers, body } : { method, headers };
  return { answer: await authority.handle(new Request(`${ORIGIN}${path}`, init)), victim, events };
}

describe.each(endpoints)('CSRF-1 REV-12 %s', (path) => {
  it.each(forged)('refuses %s and changes nothing', async (_row, changes) => {
    const { answer, victim, events } = await attempt(path, changes);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ error: 'request_refused' });
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(events).toEqual([expect.objectContaining({ type: 'request-refused' })]);
    expect((await tokens(await victim.refresh())).seq).toBe(2);
  });

  it.each(genuine)('lets %s in', async (_row, changes) => {
    expect((await attempt(path, changes)).answer.ok).toBe(true);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('CSRF-6 answers 405 to %s and changes nothing', async (method) => {
    const { answer, victim } = await attempt(path, {}, method);
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST, OPTIONS']);
    expect((await tokens(await victim.refresh())).seq).toBe(2);
  });

  it('CSRF-7 answers the preflight of a listed origin', async () => {
    const { answer } = await attempt(path, { Origin: LISTED, [AUTH_CLIENT_HEADER]: undefined }, 'OPTIONS');
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': LISTED,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': expect.stringContaining(AUTH_CLIENT_HEADER),
      vary: 'Origin',
    });
  });

  it.each(['https://evil.example', 'null', `${LISTED}.evil.test`])(
    'CSRF-7 refuses the preflight of %s, without CORS headers',
    async (origin) => {
      const { answer, events } = await attempt(path, { Origin: origin }, 'OPTIONS');
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect([answer.status, await answer.json()]).toEqual([403, { error: 'request_refused' }]);
      expect(events).toEqual([expect.objectContaining({ type: 'request-refused', reason: 'origin' })]);
    },
  );

  it('CSRF-8 lets a listed origin read the answer and the headers it needs', async () => {
    const { answer } = await attempt(path, { Origin: LISTED, 'Sec-Fetch-Site': 'same-site' });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(LISTED);
    expect(answer.headers.get('Access-Control-Expose-Headers')).toBe('Date, Retry-After, WWW-Authenticate');
  });

  it('CSRF-7 sends our own page no CORS headers and always varies by origin', async () => {
    const { answer } = await attempt(path, {});
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(answer.headers.get('Vary')).toBe('Origin');
  });
});
