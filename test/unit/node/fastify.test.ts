import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { authRoutes, claimsOf, requireAuth } from '../../../src/node/index.ts';
import { host } from './hosts.ts';

type Route = (request: object, reply: object) => void;

/** What Fastify hands to a route: its own request and reply around Node's, the body parsed, headers set by plugins. */
function fastify(route: Route): RequestListener {
  return async (raw: IncomingMessage, rawReply: ServerResponse) => {
    const body = await text(raw);
    const headers = { 'strict-transport-security': 'max-age=1', 'set-cookie': 'locale=en', vary: 'Accept-Encoding' };
    const request = { raw, protocol: 'http', body: body === '' ? undefined : JSON.parse(body) };
    route(request, { raw: rawReply, hijack: () => undefined, getHeaders: () => headers });
  };
}

const json = { 'Content-Type': 'application/json' };

describe('in Fastify', () => {
  it('authRoutes() signs in, refreshes and signs out (S-13)', async () => {
    const { post, signIn } = await host((authority) => fastify(authRoutes(authority) as Route));
    const { sid, cookies } = await signIn();
    expect(await (await post('/auth/refresh', { cookies })).json()).toMatchObject({ sid, seq: 2 });
    const body = JSON.stringify({ sid });
    expect((await post('/auth/logout', { cookies, body, headers: json })).status).toBe(204);
  });

  it('authRoutes() keeps the headers that plugins have set (S-13)', async () => {
    const { post } = await host((authority) => fastify(authRoutes(authority) as Route));
    const body = JSON.stringify({ id: 'ann', password: 'right' });
    const { headers } = await post('/auth/login', { body, headers: json });
    expect(headers.get('Strict-Transport-Security')).toBe('max-age=1');
    expect(headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['locale', 'refresh']);
    expect(headers.get('Vary')).toBe('Accept-Encoding, Origin');
  });

  it('requireAuth() is a preHandler (S-13)', async () => {
    const { post, signIn, origin } = await host((authority) =>
      fastify((request, reply) => {
        const { raw } = request as { raw: IncomingMessage };
        const { raw: rawReply } = reply as { raw: ServerResponse };
        if (raw.url !== '/api/me') return authRoutes(authority)(request as never, reply as never);
        requireAuth(authority)(request as never, reply as never, () => rawReply.end(claimsOf(request).sub));
      }),
    );
    const { access_token } = await signIn();
    const answer = await fetch(`${origin}/api/me`, { headers: { Authorization: `Bearer ${access_token}` } });
    expect(await answer.text()).toBe('ann');
    const refused = await post('/api/me');
    expect([refused.status, refused.headers.get('Strict-Transport-Security')]).toEqual([401, 'max-age=1']);
  });
});
