import { describe, expect, it } from 'vitest';
import { type Interception, interceptionOf, readBody } from '../../../src/auth-server/classify-response.ts';

interface Given {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

const interceptionIn = async ({ status, body, headers = {} }: Given): Promise<Interception | undefined> => {
  const response = new Response(body ?? null, { status, headers });
  return interceptionOf(response, await readBody(response));
};

const html = { 'content-type': 'text/html; charset=utf-8' };

describe('an answer in place of the auth server', () => {
  it.each<[Interception, Given]>([
    ['proxy', { status: 401, headers: { 'www-authenticate': 'Basic realm="proxy"' } }],
    ['proxy', { status: 401, headers: { 'www-authenticate': 'Bearer, Negotiate' } }],
    ['proxy', { status: 401, headers: { 'www-authenticate': 'NTLM' }, body: '{"error":"invalid_grant"}' }],
    ['html', { status: 200, body: '<!doctype html>' }],
    ['html', { status: 403, body: '\n <html></html>', headers: { 'content-type': 'application/json' } }],
    ['html', { status: 401, body: 'Log in', headers: html }],
    ['redirect', { status: 302, headers: { location: '/login' } }],
    ['redirect', { status: 308 }],
  ])('is known as %s: %j (C-1)', async (interception, given) => {
    expect(await interceptionIn(given)).toBe(interception);
  });

  it('is known as a redirect if the browser hides its status (C-24)', () => {
    const redirect = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
    expect(interceptionOf(redirect, '')).toBe('redirect');
  });
});

describe('an answer of the auth server', () => {
  it.each<Given>([
    { status: 200, body: '{"access_token":"a"}' },
    { status: 204 },
    { status: 401 },
    { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    { status: 403, headers: { 'www-authenticate': 'Basic' } },
    { status: 503, body: 'Unavailable' },
    { status: 304 },
    { status: 401, body: '{"error":"invalid_grant"}', headers: html },
    { status: 401, headers: html },
    { status: 401, body: '\n', headers: html },
  ])('is not taken for another’s: %j (C-1)', async (given) => {
    expect(await interceptionIn(given)).toBeUndefined();
  });
});
