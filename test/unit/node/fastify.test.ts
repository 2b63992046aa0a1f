import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { authRoutes, clientAddress } from '../../../src/node/index.ts';
import { type AppFor, frameworks } from './frameworks.ts';
import { host } from './hosts.ts';

const json = { 'Content-Type': 'application/json' };
const credentials = JSON.stringify({ id: 'ann', password: 'right' });

const withHook =
  (prepare: (app: FastifyInstance) => void): AppFor =>
  (authority) =>
    frameworks.Fastify(authority, { prepare });

describe('in Fastify', () => {
  it('authRoutes() and requireAuth() keep the headers and cookies that plugins have set (S-13)', async () => {
    const { post } = await host(
      withHook((app) =>
        app.addHook('onRequest', async (_request, reply) => {
          reply.header('Strict-Transport-Security', 'max-age=1').header('Vary', 'Accept-Encoding');
          reply.header('Set-Cookie', 'locale=en').header('Set-Cookie', 'theme=dark');
        }),
      ),
    );
    const { headers } = await post('/auth/login', { body: credentials, headers: json });
    expect(headers.get('Strict-Transport-Security')).toBe('max-age=1');
    expect(headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['locale', 'theme', 'refresh']);
    expect(headers.get('Vary')).toBe('Accept-Encoding, Origin');
    const refused = await post('/api/me');
    expect([refused.status, refused.headers.get('Strict-Transport-Security')]).toEqual([401, 'max-age=1']);
  });

  it('what authRoutes() answers passes the hooks for replies (S-13)', async () => {
    const statuses: number[] = [];
    const { post } = await host(
      withHook((app) => {
        app.addHook('onSend', async (_request, reply) => void reply.header('X-Hook', 'onSend'));
        app.addHook('onResponse', async (_request, reply) => void statuses.push(reply.statusCode));
      }),
    );
    expect((await post('/auth/refresh')).headers.get('X-Hook')).toBe('onSend');
    expect((await post('/api/me')).headers.get('X-Hook')).toBe('onSend');
    await expect.poll(() => statuses).toEqual([204, 401]);
  });

  it('authRoutes() hands on to the error handler what is thrown (S-13)', async () => {
    const down = () => Promise.reject(new Error('down'));
    const { post } = await host((authority) => frameworks.Fastify({ ...authority, handle: down }));
    const answer = await post('/auth/refresh');
    expect([answer.status, await answer.text()]).toEqual([500, 'failed: down']);
  });

  it('authRoutes() takes a body of `null` for what was sent, and not for a body that is missing (S-13)', async () => {
    const { post } = await host(frameworks.Fastify);
    const answer = await post('/auth/logout', { body: 'null', headers: json });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
  });

  it('authRoutes() works below a prefix that `paths` names (S-13)', async () => {
    const paths = { signIn: '/v1/auth/login', refresh: '/v1/auth/refresh', signOut: '/v1/auth/logout' };
    const { post } = await host(
      async (authority) => {
        const app = fastify();
        await app.register(
          (below, _options, done) => {
            below.all('/auth/*', authRoutes(authority));
            done();
          },
          { prefix: '/v1' },
        );
        await app.ready();
        return (request, response) => app.routing(request, response);
      },
      { paths },
    );
    expect((await post('/v1/auth/login', { body: credentials, headers: json })).status).toBe(200);
    expect((await post('/v1/auth/refresh', { method: 'GET' })).status).toBe(405);
  });

  it('clientAddress() is what a trusted proxy says (S-13)', async () => {
    const seen: unknown[] = [];
    const { post } = await host(
      async (authority) => {
        const app = fastify({ trustProxy: 'loopback' });
        app.all('/auth/*', authRoutes(authority));
        await app.ready();
        return (request, response) => app.routing(request, response);
      },
      { verifyCredentials: (_credentials, request) => void seen.push(clientAddress(request)) },
    );
    await post('/auth/login', { body: '{}', headers: { ...json, 'X-Forwarded-For': '203.0.113.7' } });
    expect(seen).toEqual(['203.0.113.7']);
  });
});
