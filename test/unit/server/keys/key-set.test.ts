import { createLocalJWKSet, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SigningKeys } from '../../../../src/server/index.ts';
import { createFixture, MINUTE, ORIGIN } from '../fixture.ts';

const PATH = '/.well-known/jwks.json';
const es256 = await generateKeyPair('ES256', { extractable: true });
const ed25519 = await generateKeyPair('Ed25519');
const rs256 = await generateKeyPair('RS256', { extractable: true });
const secret = new Uint8Array(32).fill(1);
const keys: SigningKeys = {
  current: { kid: 'now', alg: 'ES256', ...es256 },
  next: [{ kid: 'soon', alg: 'Ed25519', publicKey: ed25519.publicKey }],
  previous: [
    { kid: 'old', alg: 'RS256', ...rs256 },
    { kid: 'oldest', alg: 'HS256', secret },
  ],
};

function ask(authority: { handle(request: Request): Promise<Response> }, method = 'GET', headers = {}) {
  return authority.handle(new Request(`${ORIGIN}${PATH}`, { method, headers }));
}

describe('the published keys', () => {
  it('are the public halves of all keys, and never a secret or a private member (JWT-12)', async () => {
    const { keys: published } = await createFixture({ keys }).authority.jwks();
    expect(published).toEqual([
      { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), kid: 'now', alg: 'ES256', use: 'sig' },
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: 'soon', alg: 'Ed25519', use: 'sig' },
      { kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: 'old', alg: 'RS256', use: 'sig' },
    ]);
  });

  it('check the tokens of the authority, by any library', async () => {
    const { authority, browser, clock } = createFixture({ keys });
    const { access_token } = await browser().signIn();
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(await authority.jwks()), {
      currentDate: new Date(clock.now),
    });
    expect(payload.sub).toBe('ann');
  });

  it('are none where all keys are secrets', async () => {
    const { authority } = createFixture({ keys: { current: { kid: 'a', alg: 'HS256', secret } } });
    expect(await authority.jwks()).toEqual({ keys: [] });
  });

  it('reject, by its name, a key that cannot be exported', async () => {
    const spki = await crypto.subtle.exportKey('spki', es256.publicKey);
    const ec = { name: 'ECDSA', namedCurve: 'P-256' };
    const publicKey = await crypto.subtle.importKey('spki', spki, ec, false, ['verify']);
    const { authority } = createFixture({ keys: { current: { kid: 'shy', alg: 'ES256', ...es256, publicKey } } });
    await expect(authority.jwks()).rejects.toThrow(/`shy` cannot be published/);
  });
});

describe('`paths.jwks`', () => {
  it('answers GET with the keys, to anybody, to be cached for five minutes', async () => {
    const { authority } = createFixture({ keys, paths: { jwks: PATH } });
    const answer = await ask(authority);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(await authority.jwks());
    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    const foreign = await ask(authority, 'GET', { Origin: 'https://other.example', 'Sec-Fetch-Site': 'cross-site' });
    expect(foreign.status).toBe(200);
  });

  it('answers HEAD without a body, OPTIONS for preflights, and nothing else', async () => {
    const { authority } = createFixture({ keys, paths: { jwks: PATH } });
    const head = await ask(authority, 'HEAD');
    expect([head.status, await head.text(), head.headers.get('Cache-Control')]).toEqual([
      200,
      '',
      'public, max-age=300',
    ]);
    const preflight = await ask(authority, 'OPTIONS');
    expect([preflight.status, preflight.headers.get('Access-Control-Allow-Methods')]).toEqual([204, 'GET, HEAD']);
    const post = await ask(authority, 'POST');
    expect([post.status, post.headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('publishes nothing unless it is set', async () => {
    const { authority } = createFixture({ keys });
    expect((await ask(authority)).status).toBe(404);
    expect(Object.keys(authority.paths)).toEqual(['signIn', 'refresh', 'signOut']);
  });

  it('leaves the other paths as they are, and the path of the cookie too', async () => {
    const { authority, browser } = createFixture({ keys, paths: { jwks: PATH }, cookie: { profile: 'path' } });
    expect(authority.paths.jwks).toBe(PATH);
    const headers = { 'Content-Type': 'application/json' };
    const answer = await browser().post('/auth/login', { body: '{"id":"ann","password":"right"}', headers });
    expect(answer.headers.getSetCookie()).toContainEqual(expect.stringContaining('Path=/auth'));
  });

  it('makes access stateless, so that recovery is no longer than retries (S-22)', async () => {
    expect(() => createFixture({ keys, paths: { jwks: PATH }, recoveryMs: 60_001 })).toThrow(
      /`recoveryMs`.*`paths.jwks`/,
    );
    createFixture({ keys, paths: { jwks: PATH }, recoveryMs: 60_001, statelessAccess: false });
    const { browser, clock } = createFixture({ keys, paths: { jwks: PATH } });
    const page = browser();
    await page.signIn();
    const thief = page.copy();
    await page.refresh();
    clock.now += MINUTE;
    expect(await (await thief.refresh()).json()).toMatchObject({ reason: 'reused' });
  });

  it('is refused where there is nothing to publish', () => {
    const paths = { jwks: PATH };
    expect(() => createFixture({ keys: { current: { kid: 'a', alg: 'HS256', secret } }, paths })).toThrow(
      /`paths.jwks`/,
    );
    expect(() => createFixture({ paths: { jwks: '/auth/login' } })).toThrow(/`paths.jwks` must differ from/);
  });

  it('answers 500 and tells the listener if a key cannot be imported', async () => {
    const privateKey = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';
    const { authority, events } = createFixture({
      keys: { current: { kid: 'bad', alg: 'ES256', privateKey } },
      paths: { jwks: PATH },
    });
    const answer = await ask(authority);
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([500, 'no-store']);
    expect(events).toMatchObject([
      { type: 'failed', endpoint: 'key-set', error: { message: expect.stringContaining('`bad`') } },
    ]);
  });
});
