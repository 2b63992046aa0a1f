import { describe, expect, it } from 'vitest';
import { type Answer, status } from './fake-server.ts';
import { createWorld, signedInWorld } from './world.ts';

describe('a refresh that is answered', () => {
  it('with a lower `seq` than before, by a server that counts anew, is taken: nobody refreshes for ever', async () => {
    const { client, platform, server } = await signedInWorld();
    const countedAnew: Answer = async (asked) => {
      const response = await server.usual(asked);
      return Response.json({ ...((await response.json()) as object), seq: 0 });
    };
    server.always('/auth/refresh', countedAnew);
    await platform.advance(310_000);
    expect(server.count('/auth/refresh')).toBe(1);
    expect((await client.authFetch('/api')).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['JSON', '{"error":"invalid_grant"}'],
  ])('401 with %s, by a server that labels everything as HTML, has ended the session', async (_, body) => {
    const { client, platform, server } = createWorld();
    server.always('/auth/refresh', status(401, body, { 'Content-Type': 'text/html; charset=utf-8' }));
    client.start();
    await platform.advance(1000);
    expect(client.getSession()).toEqual({ status: 'unauthenticated', reason: 'anonymous' });
    expect(server.count('/auth/refresh')).toBe(1);
  });
});

describe('an access token that holds tokens of others', () => {
  it('shows none of them in the claims', async () => {
    const { client, platform, server } = createWorld();
    const claims = { sub: 'ann', idp_access_token: 'SECRET', plan: 'pro', idp: { refresh_token: 'SECRET' } };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    server.always('/auth/refresh', status(200, { access_token: `e30.${payload}.c2ln`, expires_in: 300 }));
    client.start();
    await platform.advance(1000);
    expect(client.getSession()).toEqual({ status: 'authenticated', claims: { sub: 'ann', plan: 'pro', idp: {} } });
  });
});
