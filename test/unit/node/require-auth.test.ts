import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { authRoutes, claimsOf, requireAuth, toRequest } from '../../../src/node/index.ts';
import { createFixture } from '../server/fixture.ts';
import { api, chain, host } from './hosts.ts';

const app = () => host((authority) => chain(authRoutes(authority), api(authority)));

describe('requireAuth()', () => {
  it('lets a good token through, with its claims (S-13)', async () => {
    const { origin, signIn } = await app();
    const { access_token } = await signIn();
    const answer = await fetch(`${origin}/api/me`, { headers: { Authorization: `Bearer ${access_token}` } });
    expect([answer.status, await answer.text()]).toEqual([200, 'ann']);
  });

  it.each([
    ['no token', '', 401, 'Bearer realm="api"'],
    ['a bad one', 'Bearer a.b.c', 401, 'error="invalid_token"'],
    ['a malformed header', 'Bearer a b', 400, 'error="invalid_request"'],
  ])('answers %s as the guard does (S-13)', async (_name, Authorization, status, challenge) => {
    const { origin } = await app();
    const answer = await fetch(`${origin}/api/me`, { method: 'POST', body: 'x', headers: { Authorization } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('WWW-Authenticate')).toContain(challenge);
  });

  it('answers 400 to a request without a sound address (S-13)', async () => {
    const { send } = await app();
    expect(await send('GET /api/me HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('hands on to the error handler what goes wrong, and lets nobody in (S-13)', async () => {
    const failing = { guard: () => Promise.reject(new Error('down')) };
    const { origin } = await host(() => chain(requireAuth(failing), (_request, response) => response.end('in')));
    const answer = await fetch(origin);
    expect([answer.status, await answer.text()]).toEqual([500, 'failed: down']);
  });

  it('says so when it is not given an authority, or is no middleware (S-13)', async () => {
    const { authority } = createFixture();
    expect(() => requireAuth({} as typeof authority)).toThrow('createAuthority()');
    expect(() => requireAuth(authority)(new IncomingMessage(new Socket()), {} as never)).toThrow('`next`');
  });
});

describe('claimsOf()', () => {
  it.each([{}, { auth: undefined }, { auth: { payload: {} } }])(
    'says so when requireAuth() was not asked: %j (S-13)',
    (request) => {
      expect(() => claimsOf(request)).toThrow(TypeError);
      expect(() => claimsOf(request)).toThrow('requireAuth()');
    },
  );
});

describe('toRequest()', () => {
  it('lets a page be rendered for whoever the cookie names (S-13)', async () => {
    const { origin, signIn } = await app();
    const { cookies } = await signIn();
    expect(await (await fetch(origin, { headers: { Cookie: cookies.join('; ') } })).text()).toBe('ann');
    expect(await (await fetch(origin)).text()).toBe('undefined');
  });

  it.each([[undefined], [null], ['x'], [{}], [{ url: '/' }], [new Request('https://a.example')]])(
    'says so when it is given %j (S-13)',
    (request) => {
      expect(() => toRequest(request as never)).toThrow(TypeError);
      expect(() => toRequest(request as never)).toThrow('silent-refresh/node takes requests of');
    },
  );
});

describe("an authority that is given Node's request", () => {
  it.each([
    ['guard', 'requireAuth(authority)'],
    ['handle', 'authRoutes(authority)'],
    ['readSession', 'toRequest(req)'],
  ] as const)('says by %s to use %s of silent-refresh/node (S-13)', async (member, instead) => {
    const { authority } = createFixture();
    const request = Object.assign(new IncomingMessage(new Socket()), { url: '/api' });
    const outcome = authority[member](request as never);
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(`use ${instead} of silent-refresh/node`);
  });
});
