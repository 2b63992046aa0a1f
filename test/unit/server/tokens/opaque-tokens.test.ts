import { describe, expect, it } from 'vitest';
import { type AuthorityOptions, createMemoryStore, InvalidTokenError } from '../../../../src/server/index.ts';
import { apiCall, createFixture, MINUTE, SECOND, type User } from '../fixture.ts';

const createOpaque = (options: Partial<AuthorityOptions<User>> = {}) =>
  createFixture({ accessTokens: 'opaque', ...options });

describe('an opaque access token', () => {
  it('says nothing of its user, and is good for the guard, with the claims of the others', async () => {
    const { authority, browser } = createOpaque();
    const { access_token, sid } = await browser().signIn();
    expect(access_token).toMatch(/^[\w-]{22}\.1\.[\w-]{22}\.\d+\.\d+\.[\w-]{43}$/);
    const claims = await authority.guard(apiCall(access_token));
    const jwt = createFixture();
    const { access_token: other } = await jwt.browser().signIn();
    const others = await jwt.authority.verify(other);
    expect(claims).toEqual({ ...others, sid, jti: expect.stringMatching(/^1\.[\w-]{22}$/) });
  });

  it('needs no signing keys, and publishes none', async () => {
    const { authority, browser } = createFixture({ accessTokens: 'opaque', keys: undefined } as object);
    const { access_token } = await browser().signIn();
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    expect(await authority.jwks()).toEqual({ keys: [] });
    expect(() => createFixture({ keys: undefined } as object)).toThrow('`keys`');
  });

  it('has the further claims of its user as they are now, and is refused if there is no such user any more', async () => {
    const users = new Map([['ann', { id: 'ann', name: 'Ann' }]]);
    const { authority, browser } = createOpaque({
      loadUser: (id) => users.get(id),
      claims: ({ name }) => ({ name }),
    });
    const { access_token } = await browser().signIn();
    await expect(authority.verify(access_token)).resolves.toMatchObject({ name: 'Ann' });
    users.set('ann', { id: 'ann', name: 'Anna' });
    await expect(authority.verify(access_token)).resolves.toMatchObject({ name: 'Anna' });
    users.delete('ann');
    await expect(authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
  });

  it.each(['jwt', 'opaque'] as const)('are good where there are no further claims for this user (%s)', async (kind) => {
    const { authority, browser } = createFixture({
      accessTokens: kind,
      loadUser: (id) => ({ id, name: id }),
      claims: () => undefined as never,
    });
    const { access_token } = await browser().signIn();
    expect(await authority.guard(apiCall(access_token))).toMatchObject({ sub: 'ann' });
  });

  it('asks for no user where there are no further claims', async () => {
    let asked = 0;
    const { authority, browser } = createOpaque({
      loadUser: (id) => {
        asked += 1;
        return { id, name: id };
      },
    });
    const { access_token } = await browser().signIn();
    await authority.verify(access_token);
    expect(asked).toBe(0);
  });

  it('is answered with 503 while its user cannot be loaded', async () => {
    const { authority, browser } = createOpaque({
      loadUser: () => Promise.reject(new Error('down')),
      claims: () => ({}),
    });
    const { access_token } = await browser().signIn();
    expect(await authority.guard(apiCall(access_token))).toMatchObject({ status: 503 });
  });

  it('expires, and not before `expires_in` is over (JWT-8)', async () => {
    const { authority, browser, clock } = createOpaque();
    const { access_token, expires_in } = await browser().signIn();
    clock.now += expires_in * SECOND;
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    clock.now += 7 * SECOND;
    await expect(authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
    clock.now -= MINUTE * 10;
    await expect(authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
  });

  it('is refused once its session has ended, or when it is revoked by itself (REV-1)', async () => {
    const { authority, browser } = createOpaque();
    const [one, two] = [browser(), browser()];
    const first = await one.signIn();
    const second = await two.signIn();
    await one.signOut();
    await authority.revokeToken(second.access_token);
    for (const { access_token } of [first, second]) {
      await expect(authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
    }
    await expect(authority.verify((await (await two.refresh()).json()).access_token)).resolves.toBeDefined();
  });

  it('proves by its use that the answer with it arrived, as the others do', async () => {
    const { authority, browser, clock } = createOpaque();
    const page = browser();
    await page.signIn();
    const lost = page.copy();
    const { access_token } = await (await page.refresh()).json();
    await authority.verify(access_token);
    clock.now += MINUTE;
    expect(await (await lost.refresh()).json()).toMatchObject({ reason: 'reused' });
  });

  it('stays good while `refreshSecret` rolls over (S-17)', async () => {
    const [spring, summer] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const store = createMemoryStore();
    const { access_token } = await createOpaque({ store, refreshSecret: spring }).browser().signIn();
    const after = createOpaque({ store, refreshSecret: summer, previousRefreshSecrets: [spring] });
    await expect(after.authority.verify(access_token)).resolves.toBeDefined();
    const much = createOpaque({ store, refreshSecret: summer });
    await expect(much.authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
  });

  it('is good at no other authority or API with the same secret and store (JWT-7)', async () => {
    const store = createMemoryStore();
    const { access_token } = await createOpaque({ store }).browser().signIn();
    for (const other of [{ issuer: 'https://other.example' }, { audience: 'https://other.example' }]) {
      await expect(createOpaque({ store, ...other }).authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
    }
  });

  it('JWT-11 is never taken for another kind of token, nor another for it', async () => {
    const store = createMemoryStore();
    const { authority, browser } = createOpaque({ store });
    const page = browser();
    const { access_token } = await page.signIn();
    const refreshToken = page.jar.get('__Host-refresh') ?? '';
    const jwts = createFixture({ store });
    const { access_token: jwt } = await jwts.browser().signIn();
    for (const token of [refreshToken, jwt]) await expect(authority.verify(token)).rejects.toThrow(InvalidTokenError);
    await expect(jwts.authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
    const headers = { Cookie: `__Host-refresh=${access_token}` };
    expect((await page.copy().post('/auth/refresh', { headers })).status).toBe(401);
  });

  it('JWT-9 has one spelling, of which no part can be changed', async () => {
    const { authority, browser } = createOpaque();
    const { access_token: token } = await browser().signIn();
    const parts = token.split('.');
    const changed = parts.map((part, index) =>
      parts.with(
        index,
        /^\d+$/.test(part) ? String(Number(part) + 1) : `${part[0] === 'A' ? 'B' : 'A'}${part.slice(1)}`,
      ),
    );
    const respelt = [
      parts.with(3, `0${parts[3]}`),
      parts.with(5, `${parts[5]}=`),
      parts.with(5, `${parts[5]?.slice(0, -1)}${parts[5]?.endsWith('A') ? 'B' : 'A'}`),
      [...parts, 'a'],
      parts.slice(0, -1),
    ];
    for (const spelling of [...changed, ...respelt].map((list) => list.join('.'))) {
      if (spelling !== token) await expect(authority.verify(spelling)).rejects.toThrow(InvalidTokenError);
    }
    for (const other of [`${token}\n`, ` ${token}`, '', '{}', `${token}${'A'.repeat(10_000)}`]) {
      await expect(authority.verify(other)).rejects.toThrow(InvalidTokenError);
    }
    await expect(authority.verify(undefined as never)).rejects.toThrow(InvalidTokenError);
  });
});

describe('`accessTokens`', () => {
  const misuses: [what: string, options: object][] = [
    ['an unknown kind', { accessTokens: 'random' }],
    ['opaque with published keys', { accessTokens: 'opaque', paths: { jwks: '/jwks.json' } }],
    ['opaque with APIs that check by themselves', { accessTokens: 'opaque', statelessAccess: true }],
    ['opaque with claims of a user who cannot be loaded', { accessTokens: 'opaque', claims: () => ({}) }],
  ];
  it.each(misuses)('throws a TypeError for %s', (_what, options) => {
    expect(() => createFixture(options)).toThrow(TypeError);
    expect(() => createFixture(options)).toThrow('`accessTokens`');
  });
});
