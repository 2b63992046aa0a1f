import { decodeJwt, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  createMemoryRevocationList,
  createMemoryStore,
  InvalidTokenError,
  type SigningKeys,
} from '../../../../src/server/index.ts';
import { createFixture, MINUTE, SECOND } from '../fixture.ts';
import {
  type Forgery,
  forge,
  forgeriesAt,
  keys,
  nextLetter,
  SECRET,
  unsigned,
  withOtherSignature,
} from '../forgery.ts';

describe('verify', () => {
  it('gives the claims of a good token', async () => {
    const fixture = createFixture({ keys });
    await expect(fixture.authority.verify(await forge(fixture))).resolves.toMatchObject({ sub: 'ann' });
  });

  it('JWT-1 takes the long spelling of the type too', async () => {
    const fixture = createFixture({ keys });
    const token = await forge(fixture, { header: { typ: 'application/at+jwt' } });
    await expect(fixture.authority.verify(token)).resolves.toBeDefined();
  });

  const now = Math.floor(createFixture().clock.now / 1000);
  const forgeries: [row: string, forgery: Forgery][] = [
    ...forgeriesAt(now),
    ['an id without a generation', { claims: { jti: 'j'.repeat(22) } }],
    ['an id with a generation that is no number', { claims: { jti: `x.${'j'.repeat(22)}` } }],
    ['an id in a list', { claims: { jti: [`1.${'j'.repeat(22)}`] as never } }],
    ['JWT-16 another user than the session has', { claims: { sub: 'bob' } }],
    ['a generation the session has not reached', { claims: { jti: `2.${'j'.repeat(22)}` } }],
    ['a session nobody knows', { claims: { sid: 'a'.repeat(22) } }],
  ];
  it.each(forgeries)('refuses %s', async (_row, forgery) => {
    const fixture = createFixture({ keys });
    const token = await forge(fixture, forgery);
    await expect(fixture.authority.verify(token)).rejects.toThrow(InvalidTokenError);
  });

  it.each(['none', 'nOnE', 'NONE', 'RS256'])('JWT-4 refuses the algorithm %s', async (alg) => {
    const fixture = createFixture({ keys });
    const { access_token } = await fixture.browser().signIn();
    const token = unsigned({ alg, kid: keys.current.kid, typ: 'at+jwt' }, decodeJwt(access_token));
    await expect(fixture.authority.verify(token)).rejects.toThrow(InvalidTokenError);
  });

  it('JWT-5 refuses a key under the algorithm of another', async () => {
    const mixed: SigningKeys = { ...keys, previous: [{ kid: 'old', alg: 'HS256', secret: SECRET }] };
    const fixture = createFixture({ keys: mixed });
    const good = await forge(fixture, { header: { alg: 'HS256', kid: 'old' }, key: SECRET });
    await expect(fixture.authority.verify(good)).resolves.toBeDefined();
    const swapped = await forge(fixture, { header: { kid: 'old' } });
    await expect(fixture.authority.verify(swapped)).rejects.toThrow(InvalidTokenError);
  });

  it('JWT-8 forgives the clock its tolerance and no more', async () => {
    const { authority, browser, clock } = createFixture({ clockToleranceMs: 30 * SECOND });
    const { access_token } = await browser().signIn();
    clock.now += 5 * MINUTE + 29 * SECOND;
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    clock.now += 2 * SECOND;
    await expect(authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
  });

  it('JWT-8 forgives a birth within the tolerance', async () => {
    const fixture = createFixture({ keys });
    await expect(fixture.authority.verify(await forge(fixture, { claims: { iat: now + 5 } }))).resolves.toBeDefined();
  });

  const spellings: [row: string, spell: (token: string) => string][] = [
    ['padding', (token) => `${token}==`],
    ['a line break inside the signature', (token) => `${token.slice(0, -5)}\n${token.slice(-5)}`],
    ['a line break behind', (token) => `${token}\n`],
    ['a space before', (token) => ` ${token}`],
    ['spare bits', (token) => `${token.slice(0, -1)}${nextLetter(token.at(-1) ?? '')}`],
    ['a fourth part', (token) => `${token}.a`],
    ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
    ['an empty signature', (token) => token.replace(/[^.]*$/, '')],
    ['nothing', () => ''],
    ['an object', () => '{}'],
    ['a JSON string', (token) => `"${token}"`],
    ['9 KiB', (token) => `${token}${'A'.repeat(9 * 1024)}`],
  ];
  it.each(spellings)('JWT-9 refuses a good token spelt with %s', async (_row, spell) => {
    const { authority, browser } = createFixture();
    const { access_token } = await browser().signIn();
    await expect(authority.verify(spell(access_token))).rejects.toThrow(InvalidTokenError);
  });

  it('JWT-10 refuses the other signature of a revoked token too', async () => {
    const { authority, browser } = createFixture({ keys });
    const page = browser();
    const { access_token } = await page.signIn();
    const twin = withOtherSignature(access_token);
    await expect(authority.verify(twin)).resolves.toBeDefined();
    await page.signOut();
    await expect(authority.verify(twin)).rejects.toThrow(InvalidTokenError);
  });

  it('JWT-11 never takes one kind of token for another', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    const { access_token } = await page.signIn();
    const refreshToken = page.jar.get('__Host-refresh') ?? '';
    await expect(authority.verify(refreshToken)).rejects.toThrow(InvalidTokenError);
    const headers = { Cookie: `__Host-refresh=${access_token}` };
    expect((await page.copy().post('/auth/refresh', { headers })).status).toBe(401);
  });

  it('JWT-15 says the same for every cause', async () => {
    const fixture = createFixture({ keys });
    const messages = new Set<string>();
    for (const [, forgery] of forgeries) {
      const token = await forge(fixture, forgery);
      await fixture.authority
        .verify(token)
        .catch((error: Error) => messages.add(JSON.stringify({ ...error, message: error.message })));
    }
    expect([...messages]).toEqual([expect.not.stringContaining('ey')]);
  });

  it('JWT-9 looks for no session, and asks no list, before the signature is good', async () => {
    const asked: string[] = [];
    const store = createMemoryStore();
    const { read } = store;
    store.read = (sid) => {
      asked.push('store');
      return read(sid);
    };
    const list = createMemoryRevocationList();
    const { has } = list;
    list.has = (ids) => {
      asked.push('list');
      return has(ids);
    };
    const fixture = createFixture({ keys, store, revocationList: list });
    const good = await forge(fixture);
    const [header, claims, signature] = good.split('.');
    asked.length = 0;
    const foreign = await forge(fixture, { key: (await generateKeyPair('ES256')).privateKey });
    for (const token of [
      foreign,
      `${header}.${claims}.${signature?.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))}`,
    ]) {
      await expect(fixture.authority.verify(token)).rejects.toThrow(InvalidTokenError);
    }
    expect(asked).toEqual([]);
    await fixture.authority.verify(good);
    expect(asked).toEqual(['store', 'list']);
  });

  it('REV-4 passes on that the store cannot be asked', async () => {
    const store = createMemoryStore();
    const { authority, browser } = createFixture({ store });
    const { access_token } = await browser().signIn();
    store.read = () => Promise.reject(new Error('down'));
    const failure = authority.verify(access_token);
    await expect(failure).rejects.not.toBeInstanceOf(InvalidTokenError);
  });
});
