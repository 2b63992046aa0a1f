import { describe, expect, it } from 'vitest';
import { networkError, refused, status } from './fake-server.ts';
import { leaksIn } from './secrets.ts';
import { createWorld, credentials, outcome, reloaded, type ServerForm, signedInWorld } from './world.ts';

describe('the checker itself', () => {
  const secret = 'a.secret-7';
  it.each([
    ['a message', new Error(`token ${secret}`)],
    ['a cause', new Error('x', { cause: new Error(secret) })],
    ['a field', Object.assign(new Error('x'), { token: secret })],
    ['a hidden field', Object.defineProperty(new Error('x'), 'token', { value: secret })],
    ['a toJSON', { toJSON: () => ({ secret }) }],
    ['a map', new Map([['key', JSON.stringify({ secret })]])],
    ['a key', { [secret]: 1 }],
    ['a list', [[{ deep: [secret] }]]],
    ['an address', [`https://x.test/?t=${encodeURIComponent(secret)}`]],
  ])('finds a secret in %s', (_, readable) => {
    expect(leaksIn([secret], readable)).toEqual([secret]);
  });

  it('finds none where there is none', () => {
    expect(leaksIn([secret], [new Error('fine'), { a: 1 }, new Map()])).toEqual([]);
  });
});

describe('BB-16 no token, password or cookie can be read', () => {
  it('in what `parseClaims` is given of an answer that `readTokens` has read', async () => {
    const seen: unknown[] = [];
    const { client, platform, server } = createWorld({
      client: {
        readTokens: (body) => ({ accessToken: (body as { jwt: string }).jwt }),
        parseClaims: (_, response) => {
          seen.push(response);
          return {};
        },
      },
    });
    server.always('/auth/refresh', () => Response.json({ jwt: 'custom-secret-1', name: 'Ann' }));
    client.start();
    await platform.advance(100);
    expect(JSON.stringify(seen)).not.toContain('custom-secret-1');
  });

  it('in sessions, events, errors, reports or storage, whatever happens', async () => {
    const world = await signedInWorld('ann');
    const { client, platform, server, leaks, errors } = world;
    const go = async (promise: Promise<unknown>) => {
      const result = outcome(promise);
      await platform.advance(15_000);
      return result;
    };
    client.subscribe(() => {
      throw new Error('a listener’s');
    });
    server.next('/api', refused);
    await go(client.authFetch('/api'));
    server.next('/api', networkError);
    await go(client.authFetch('/api'));
    const echo = (asked: { token: string | undefined }) => Response.json({ error: asked.token }, { status: 400 });
    server.next('/auth/login', status(401), status(422, { echo: 1 }), status(503), networkError, status(200, '<html>'));
    for (const _ of [1, 2, 3, 4, 5]) await go(client.signIn(credentials('bob')));
    server.next('/auth/refresh', status(503), networkError, echo, status(200, { access_token: 'bad token-secret' }));
    server.secrets.add('bad token-secret');
    await go(client.refresh());
    await go(client.completeSignIn({ access_token: 'bad token-secret', refresh_token: 'refresh-secret' }));
    server.secrets.add('refresh-secret');
    server.end('reused');
    await go(client.authFetch('/api'));
    await go(client.signIn(credentials('bob')));
    server.always('/auth/logout', networkError);
    await go(client.signOut());
    await go(client.getAccessToken());
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(errors.length).toBeGreaterThan(8);
    expect([...leaks(), ...next.leaks()]).toEqual([]);
  });

  it('in what `parseClaims` and `userId` are given', async () => {
    const seen: unknown[] = [];
    const { client, server } = await signedInWorld('ann', {
      client: {
        parseClaims: (raw, response) => {
          seen.push(raw, response);
          return raw;
        },
        userId: (raw, response) => {
          seen.push(raw, response);
          return raw.sub as string;
        },
      },
    });
    await client.completeSignIn({ data: await server.tokensFor('ann').json(), refresh_token: 'kept nowhere' });
    server.secrets.add('kept nowhere');
    expect(seen.length).toBeGreaterThan(3);
    expect(leaksIn(server.secrets, seen)).toEqual([]);
  });

  it('in a client that is looked at', async () => {
    const { client, server } = await signedInWorld();
    expect(leaksIn(server.secrets, client)).toEqual([]);
  });
});

describe.each<ServerForm>(['jwt', 'opaque', 'garbage'])('TOK-9 a token that is %s', (form) => {
  it('works throughout: calls, refreshes, replays, ends', async () => {
    const { client, platform, server } = await signedInWorld('ann', {
      server: { form },
      client: { userId: (_, { user }) => (user as { id: string }).id },
    });
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    server.revokeTokens();
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    await platform.advance(250_000);
    expect(server.count('/auth/refresh')).toBe(2);
    expect(await client.signIn(credentials('bob'))).toMatchObject({ claims: { user: { id: 'bob' } } });
    server.end('revoked');
    await platform.advance(1000);
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', reason: 'revoked' });
  });
});
