import { getResponse, HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAuthority } from '../../../src/testing/index.ts';

const authority = createTestAuthority({ api: { 'GET /api/me': ({ claims }) => Response.json(claims.sub) } });
const server = setupServer(
  ...authority.handlers(http),
  http.get(
    '*/api/orders',
    authority.guard(({ claims }) => HttpResponse.json([claims.sub])),
  ),
  http.get('*/api/orders/:id', async ({ request, params }) => {
    const claims = await authority.guard(request);
    return claims instanceof Response ? claims : HttpResponse.json([claims.sub, params.id]);
  }),
  http.post('*/old/auth/login', () => new HttpResponse('old sign-in')),
  http.get('*/old/api/me', () => new HttpResponse('old API')),
  http.post('*/api/me', () => new HttpResponse(null, { status: 201 })),
);

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterAll(() => server.close());

const at = (path: string) => `https://shop.example${path}`;
const signIn = () =>
  fetch(at('/auth/login'), {
    method: 'POST',
    headers: { 'X-Auth-Client': '1', 'Content-Type': 'application/json' },
    body: '{}',
  });

/** The header of a call by somebody who has signed in. */
const authorization = async () => {
  const { access_token } = (await (await signIn()).json()) as { access_token: string };
  return { headers: { Authorization: `Bearer ${access_token}` } };
};

describe('a test authority behind msw', () => {
  it('signs in, and keeps the cookie for the refresh', async () => {
    expect((await signIn()).status).toBe(200);
    const refreshed = await fetch(at('/auth/refresh'), { method: 'POST', headers: { 'X-Auth-Client': '1' } });
    expect(await refreshed.json()).toMatchObject({ token_type: 'Bearer' });
  });

  it('answers its API, and guards the handlers of the app', async () => {
    const init = await authorization();
    expect(await (await fetch(at('/api/me'), init)).json()).toBe('1');
    expect(await (await fetch(at('/api/orders/7'), init)).json()).toEqual(['1', '7']);
    expect(await (await fetch(at('/api/orders'), init)).json()).toEqual(['1']);
    for (const path of ['/api/me', '/api/orders', '/api/orders/7']) expect((await fetch(at(path))).status).toBe(401);
  });

  it('leaves other methods of a path to other handlers', async () => {
    expect((await fetch(at('/api/me'), { method: 'POST' })).status).toBe(201);
  });

  it('leaves longer paths that end the same to other handlers', async () => {
    expect(await (await fetch(at('/old/auth/login'), { method: 'POST' })).text()).toBe('old sign-in');
    expect(await (await fetch(at('/old/api/me'))).text()).toBe('old API');
  });

  it('has no handler for other methods of a route, so that msw tells of them', async () => {
    const routes = createTestAuthority({ api: { 'GET /api/me': () => new Response() } }).handlers(http);
    const request = new Request(at('/api/me'), { method: 'DELETE' });
    expect(await getResponse(routes, request)).toBeUndefined();
    expect(await Promise.all(routes.map((route) => route.test({ request })))).not.toContain(true);
  });

  it('loses an answer as a network does', async () => {
    authority.loseNextAnswer();
    await expect(signIn()).rejects.toThrow(TypeError);
  });

  it('says what it takes', () => {
    expect(() => authority.handlers(undefined as never)).toThrow("import { http } from 'msw'");
  });
});
