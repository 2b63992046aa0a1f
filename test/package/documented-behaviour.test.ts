import { describe, expect, it } from 'vitest';
import * as server from '../../src/server/index.ts';
import { createFakeServer } from '../unit/client/fake-server.ts';
import { type Claims, createWorld, signedInWorld } from '../unit/client/world.ts';
import { type Given, runBlock } from './run-block.ts';

const origin = 'https://app.example.com';
const own = { Origin: origin, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  new Request(`${origin}${path}`, { method: 'POST', headers: { ...own, ...headers }, body: JSON.stringify(body) });

const claimsIn = async (response: Response): Promise<Record<string, unknown>> => {
  const { access_token } = await response.json();
  return JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString());
};

/** The options that a block gives to `createAuthClient`. */
const optionsOf = async (page: string, part: string, declared: Given['declared'] = {}) => {
  let options: Parameters<typeof signedInWorld>[1] = {};
  const createAuthClient = (client: NonNullable<typeof options>['client']) => {
    options = { ...options, ...(client && { client }) };
  };
  await runBlock(page, part, { modules: { 'silent-refresh': { createAuthClient } }, declared });
  return options;
};

describe('docs/own-backend.md', () => {
  it('signs in, refreshes and signs out at a server with other paths, methods and names', async () => {
    const backEnd = createFakeServer();
    const asked: string[] = [];
    backEnd.always('/session', ({ request }) => {
      asked.push(request.method);
      if (request.method === 'DELETE') return new Response(null, { status: 204 });
      if (!asked.includes('POST')) return Response.json({}, { status: 401 });
      return Response.json({ jwt: `opaque-${asked.length}`, validFor: 60, profile: { uuid: 'u-1', name: 'Ada' } });
    });
    const options = await optionsOf('docs/own-backend.md', "method: 'PUT'", { fetch: backEnd.fetch });
    const { client, platform } = createWorld({ ...options, at: backEnd });
    client.start();
    await platform.advance(1000);
    void client.signIn({ name: 'ada' });
    await platform.advance(1000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { name: 'Ada' } });
    await platform.advance(58_000);
    expect(await client.getAccessToken()).toBe('opaque-3');
    void client.signOut();
    await platform.advance(1000);
    expect(asked).toEqual(['PUT', 'POST', 'PUT', 'DELETE']);
  });

  it('ends the session at a 403 with the message that tutorials give, and at no other 403', async () => {
    const options = await optionsOf('docs/own-backend.md', 'classifyRefresh');
    const statusAfter = async (message: string) => {
      const { client, platform, server: backEnd } = await signedInWorld('ann', options);
      backEnd.always('/auth/refresh', () => Response.json({ message }, { status: 403 }));
      void client.refresh().catch(() => undefined);
      await platform.advance(10_000);
      return client.getSession().status;
    };
    expect(await statusAfter('Refresh token was expired. Please make a new signin request')).toBe('relogin-required');
    expect(await statusAfter('Request blocked')).toBe('authenticated');
  });

  it('refreshes and replays a call that is answered with 403 because its token has expired', async () => {
    const options = await optionsOf('docs/own-backend.md', 'isTokenRejected');
    const { client, platform, server: backEnd } = await signedInWorld('ann', options);
    let asked = 0;
    backEnd.always('/api/orders', () => {
      asked++;
      return asked === 1 ? new Response('jwt expired', { status: 403 }) : Response.json(['Tea']);
    });
    const response = client.authFetch('/api/orders');
    await platform.advance(1000);
    expect([(await response).status, asked, backEnd.count('/auth/refresh')]).toEqual([200, 2, 1]);
  });
});

describe('docs/roles.md', () => {
  it('has a new role in the claims after the next refresh', async () => {
    let roles = ['user'];
    const findUser = async () => ({ id: '7', roles });
    const { authority } = (await runBlock('docs/roles.md', 'roles: user.roles', {
      modules: { 'silent-refresh/server': server },
      declared: { findByPassword: findUser, findById: findUser },
    })) as { authority: server.Authority<unknown> };
    const signedIn = await authority.handle(post('/auth/login', {}));
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(await claimsIn(signedIn)).toMatchObject({ sub: '7', roles: ['user'] });
    roles = ['user', 'trial'];
    const refresh = new Request(`${origin}/auth/refresh`, { method: 'POST', headers: { ...own, cookie } });
    expect(await claimsIn(await authority.handle(refresh))).toMatchObject({ sub: '7', roles: ['user', 'trial'] });
  });

  it('refreshes once the server has given the role, and not if it has refused', async () => {
    type Page = { startTrial(auth: unknown): Promise<void> };
    const { startTrial } = (await runBlock('docs/roles.md', 'function startTrial', { modules: {} })) as Page;
    const { client, platform, server: backEnd } = await signedInWorld();
    const refreshesAfter = async (status: number) => {
      backEnd.always('/api/trial', () => Response.json({}, { status }));
      backEnd.forget();
      void startTrial(client);
      await platform.advance(1000);
      return backEnd.count('/auth/refresh');
    };
    expect([await refreshesAfter(403), await refreshesAfter(200)]).toEqual([0, 1]);
  });

  it('switches to an organisation that the user belongs to, and to no other', async () => {
    const given: Given = {
      modules: { 'silent-refresh/server': server },
      declared: {
        findUser: async (id: string) => ({ id, name: 'Ada' }),
        isMember: async (_userId: string, organisation: string) => organisation === 'acme',
      },
    };
    const page = (await runBlock('docs/roles.md', 'switchOrganisation', given)) as {
      authority: server.Authority<Claims>;
      switchOrganisation(request: Request, authority: server.Authority<Claims>): Promise<Response>;
    };
    const { authority, switchOrganisation } = page;
    const signedIn = await authority.signIn({ id: '7' }, post('/auth/login', {}));
    const { access_token } = await signedIn.json();
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const switchTo = (organisation: string) =>
      switchOrganisation(
        post('/api/organisation', { organisation }, { cookie, Authorization: `Bearer ${access_token}` }),
        authority,
      );
    expect((await switchTo('other')).status).toBe(403);
    expect(await claimsIn(await switchTo('acme'))).toMatchObject({ sub: '7', org_id: 'acme' });
  });
});

describe('docs/migration.md', () => {
  it('trades an old refresh token for a session, once, and only for a page of our own', async () => {
    const old = new Map([['old', { id: '7' }]]);
    const userOfOldToken = async (token: string) => {
      const user = old.get(token);
      old.delete(token);
      return user;
    };
    const page = (await runBlock('docs/migration.md', 'function carryOver', {
      modules: {},
      declared: { userOfOldToken },
    })) as { carryOver(request: Request, authority: server.Authority<{ id: string }>): Promise<Response> };
    const authority = server.createAuthority<{ id: string }>({
      issuer: origin,
      audience: origin,
      keys: await server.generateSigningKeys(),
      refreshSecret: new Uint8Array(32).fill(7),
      verifyCredentials: () => undefined,
      userId: (user) => user.id,
    });
    const foreign = new Request(`${origin}/auth/carry-over`, { method: 'POST', body: '{"refreshToken":"old"}' });
    expect((await page.carryOver(foreign, authority)).status).toBe(403);
    const trade = () => page.carryOver(post('/auth/carry-over', { refreshToken: 'old' }), authority);
    const response = await trade();
    expect(response.headers.getSetCookie().join()).toContain('__Host-refresh=');
    expect(await claimsIn(response)).toMatchObject({ sub: '7' });
    expect((await trade()).status).toBe(401);
  });

  it("gives Supabase's client the token of whoever is signed in, `null` for nobody, and an error while there is no telling", async () => {
    const { client, platform, server: backEnd } = await signedInWorld('ann');
    const { accessToken } = (await runBlock('docs/migration.md', 'function accessToken', {
      modules: { './auth': { auth: client } },
    })) as { accessToken(): Promise<string | null> };
    expect(await accessToken()).toBe(await client.getAccessToken());

    backEnd.always('/auth/refresh', () => new Response(null, { status: 503 }));
    await platform.advance(3_600_000);
    const failed = expect(accessToken()).rejects.toMatchObject({ name: 'RefreshUnavailableError' });
    await platform.advance(60_000);
    await failed;

    void client.signOut();
    await platform.advance(60_000);
    expect(await accessToken()).toBeNull();
  });
});
