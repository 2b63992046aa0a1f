import { base64url, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  generateSigningKeys,
  InvalidTokenError,
  type SigningKeys,
} from '../../../../src/server/index.ts';
import { apiCall, createFixture, SECOND } from '../fixture.ts';
import { AUDIENCE, forge, ISSUER, keys, SECRET, unsigned } from '../forgery.ts';

describe('the access token', () => {
  it('JWT-1 JWT-2 says what it is, for whom, and of which sign-in', async () => {
    const { browser, clock } = createFixture({ keys });
    const { access_token, sid } = await browser().signIn();
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'ES256', kid: keys.current.kid, typ: 'at+jwt' });
    const iat = Math.floor(clock.now / 1000);
    expect(decodeJwt(access_token)).toEqual({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'ann',
      iat,
      exp: iat + 301,
      jti: expect.stringMatching(/^1\.[\w-]{22}$/),
      sid,
    });
  });

  it('lives no shorter than expires_in, whatever the fraction of the second', async () => {
    for (const fraction of [0, 1, 250, 500, 999]) {
      const { authority, browser, clock } = createFixture({ accessTokenLifetimeMs: 5 * SECOND, clockToleranceMs: 0 });
      clock.now += fraction;
      const { access_token, expires_in } = await browser().signIn();
      clock.now += expires_in * SECOND - 1;
      await expect(authority.verify(access_token)).resolves.toBeDefined();
    }
  });

  it('JWT-12 has ids of 128 bits that never repeat', async () => {
    const { browser } = createFixture();
    const ids = new Set<unknown>();
    for (let n = 0; n < 20; n += 1) {
      const { jti, sid } = decodeJwt((await browser().signIn()).access_token);
      for (const id of [jti, sid]) {
        expect(base64url.decode(String(id).split('.').at(-1) ?? '')).toHaveLength(16);
        ids.add(id);
      }
    }
    expect(ids.size).toBe(40);
  });

  it.each(['ES256', 'Ed25519', 'RS256', 'HS256'] as const)('is signed and checked with %s', async (alg) => {
    const pair = alg === 'HS256' ? { secret: SECRET } : await generateKeyPair(alg);
    const { authority, browser } = createFixture({ keys: { current: { kid: 'a', alg, ...pair } as never } });
    const { access_token } = await browser().signIn();
    expect(decodeProtectedHeader(access_token).alg).toBe(alg);
    await expect(authority.verify(access_token)).resolves.toMatchObject({ sub: 'ann' });
  });

  it('is refused, by the name of its key, while the halves of that are no pair (S-16)', async () => {
    for (const alg of ['ES256', 'Ed25519'] as const) {
      const { privateKey } = await generateKeyPair(alg);
      const { publicKey } = await generateKeyPair(alg);
      const { authority, browser, events } = createFixture({
        keys: { current: { kid: 'spring-key', alg, privateKey, publicKey } },
      });
      const body = '{"id":"ann","password":"right"}';
      for (const _ of [1, 2]) {
        const answer = await browser().post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } });
        expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([500, null]);
      }
      const claims = { iss: ISSUER, aud: AUDIENCE };
      const token = unsigned({ alg, kid: 'spring-key', typ: 'at+jwt' }, claims);
      expect(await authority.guard(apiCall(token))).toMatchObject({ status: 503 });
      await expect(authority.verify(token)).rejects.toThrow(/`spring-key` are no pair/);
      const error = expect.objectContaining({ message: expect.stringContaining('`spring-key`') });
      expect(events).toEqual([
        expect.objectContaining({ type: 'failed', endpoint: 'sign-in', error }),
        expect.objectContaining({ type: 'failed', endpoint: 'sign-in', error }),
        expect.objectContaining({ type: 'failed', endpoint: 'guard', error }),
      ]);
    }
  });

  it('JWT-14 stays good after a key rollover', async () => {
    const fixture = createFixture({ keys });
    const token = await forge(fixture);
    const next: SigningKeys = { ...(await generateSigningKeys()), previous: [keys.current] };
    const store = createMemoryStore();
    const before = createFixture({ keys, store });
    const { access_token } = await before.browser().signIn();
    const after = createFixture({ keys: next, store });
    await expect(after.authority.verify(access_token)).resolves.toBeDefined();
    await expect(after.authority.verify(token)).rejects.toThrow(InvalidTokenError);
    expect(decodeProtectedHeader((await after.browser().signIn()).access_token).kid).toBe(next.current.kid);
  });
});
