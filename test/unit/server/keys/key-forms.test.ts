import { createPrivateKey, createPublicKey, createSign, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { decodeProtectedHeader, exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateSigningKeys, type SigningKey, type SigningKeys } from '../../../../src/server/index.ts';
import { createFixture } from '../fixture.ts';

type PairAlgorithm = 'ES256' | 'Ed25519' | 'RS256';
const ALGORITHMS: readonly PairAlgorithm[] = ['ES256', 'Ed25519', 'RS256'];

async function signsIn(keys: SigningKeys): Promise<string> {
  const { authority, browser } = createFixture({ keys });
  const { access_token } = await browser().signIn();
  await expect(authority.verify(access_token)).resolves.toMatchObject({ sub: 'ann' });
  return access_token;
}

const forms: [form: string, make: (pair: CryptoKeyPair) => Promise<object>][] = [
  ['CryptoKeys', async (pair) => pair],
  ['an extractable private CryptoKey alone', async ({ privateKey }) => ({ privateKey })],
  ['a private JWK alone', async ({ privateKey }) => ({ privateKey: await exportJWK(privateKey) })],
  [
    'JWKs',
    async ({ privateKey, publicKey }) => ({
      privateKey: await exportJWK(privateKey),
      publicKey: await exportJWK(publicKey),
    }),
  ],
  ['private PEM alone', async ({ privateKey }) => ({ privateKey: await exportPKCS8(privateKey) })],
  [
    'PEM',
    async ({ privateKey, publicKey }) => ({
      privateKey: await exportPKCS8(privateKey),
      publicKey: await exportSPKI(publicKey),
    }),
  ],
  [
    'PEM without line breaks, as in an .env file',
    async ({ privateKey }) => ({ privateKey: (await exportPKCS8(privateKey)).replaceAll('\n', '\\n') }),
  ],
];

describe('a signing key', () => {
  for (const alg of ALGORITHMS) {
    it.each(forms)(`of ${alg} may be given as %s`, async (_form, make) => {
      const pair = await generateKeyPair(alg, { extractable: true });
      const current = { kid: 'a', alg, ...(await make(pair)) } as SigningKey;
      expect(decodeProtectedHeader(await signsIn({ current }))).toEqual({ alg, kid: 'a', typ: 'at+jwt' });
    });
  }

  it('may be an HS256 secret as bytes, as a JWK or as a CryptoKey', async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const usages: KeyUsage[] = ['sign', 'verify'];
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, usages);
    for (const form of [secret, { kty: 'oct', k: Buffer.from(secret).toString('base64url') }, key]) {
      await signsIn({ current: { kid: 'a', alg: 'HS256', secret: form } });
    }
  });

  it.each(ALGORITHMS)('of %s may be with a key service, which signs bytes', async (alg) => {
    const options = alg === 'ES256' ? { namedCurve: 'P-256' } : { modulusLength: 2048 };
    const type = { ES256: 'ec', Ed25519: 'ed25519', RS256: 'rsa' }[alg];
    const { privateKey, publicKey } = generateKeyPairSync(type as 'ec', options as { namedCurve: string });
    const digest = alg === 'Ed25519' ? null : 'sha256';
    const key = {
      kid: 'kms',
      alg,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
      sign: async (bytes: Uint8Array) => sign(digest, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    };
    expect(decodeProtectedHeader(await signsIn({ current: key }))).toEqual({ alg, kid: 'kms', typ: 'at+jwt' });
  });

  it('may be with a key service that gives ECDSA signatures in DER, whatever their length', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { authority, browser } = createFixture({
      keys: {
        current: {
          kid: 'kms',
          alg: 'ES256',
          publicKey: publicKey.export({ format: 'jwk' }) as JsonWebKey & { kty: string },
          sign: (bytes) => createSign('sha256').update(bytes).sign(privateKey),
        },
      },
    });
    const page = browser();
    // A half of one signature in 128 is shorter than its 32 bytes.
    await page.signIn();
    for (let i = 0; i < 400; i += 1) {
      const { access_token } = await (await page.refresh()).json();
      await expect(authority.verify(access_token)).resolves.toBeDefined();
    }
  });

  it('of a key service that signs with another key than it shows gives nobody a token', async () => {
    const one = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { browser, events } = createFixture({
      keys: {
        current: {
          kid: 'kms-spring',
          alg: 'ES256',
          publicKey: one.publicKey.export({ type: 'spki', format: 'pem' }) as string,
          sign: (bytes) => sign('sha256', bytes, other.privateKey),
        },
      },
    });
    await expect(browser().signIn()).rejects.toThrow('500');
    expect(events).toMatchObject([{ type: 'failed', error: { message: expect.stringContaining('`kms-spring`') } }]);
  });

  it('of a key service gives nobody a token any more once the service has another key', async () => {
    const [shown, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    let privateKey: KeyObject = shown.privateKey;
    const key: SigningKey = {
      kid: 'kms',
      alg: 'Ed25519',
      publicKey: shown.publicKey.export({ type: 'spki', format: 'pem' }) as string,
      sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
    };
    const { browser, events } = createFixture({ keys: { current: key } });
    const page = browser();
    await page.signIn();
    privateKey = other.privateKey;
    expect((await page.refresh()).status).toBe(500);
    expect(events.at(-1)).toMatchObject({ type: 'failed', endpoint: 'refresh' });
    privateKey = shown.privateKey;
    expect((await page.refresh()).status).toBe(200);
  });

  it('of a key service is not needed for checking: tokens stay good while the service is down', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    let isDown = false;
    const key = {
      kid: 'kms',
      alg: 'ES256' as const,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
      sign(bytes: Uint8Array) {
        if (isDown) throw new Error('down');
        return sign('sha256', bytes, privateKey);
      },
    };
    const { authority, browser } = createFixture({ keys: { current: key } });
    const page = browser();
    const { access_token } = await page.signIn();
    isDown = true;
    const restarted = createFixture({ keys: { current: key } });
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    const refused = await page.refresh();
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
    await expect(restarted.authority.jwks()).resolves.toMatchObject({ keys: [{ kid: 'kms' }] });
    isDown = false;
    expect((await page.refresh()).status).toBe(200);
  });

  const pkcs1 = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const rsa1024 = pkcs1.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const rejections: [what: string, key: object, message: RegExp][] = [
    ['RS256 with 1024 bits', { alg: 'RS256', privateKey: rsa1024 }, /at least 2048 bits; it has 1024/],
    [
      'PEM in PKCS #1',
      { alg: 'RS256', privateKey: pkcs1.privateKey.export({ type: 'pkcs1', format: 'pem' }) },
      /found BEGIN RSA PRIVATE KEY\. `openssl pkcs8/,
    ],
    ['text that is no PEM', { alg: 'ES256', privateKey: 'hunter2' }, /must begin with BEGIN PRIVATE KEY; found text/],
    ['PEM that is cut off', { alg: 'ES256', privateKey: rsa1024.slice(0, 80) }, /`a` cannot be read as one for ES256/],
    ['PEM of another algorithm', { alg: 'Ed25519', privateKey: rsa1024 }, /`a` cannot be read as one for Ed25519/],
    ['a JWK of another type', { alg: 'ES256', privateKey: { kty: 'RSA', d: 'x' } }, /`kty` EC and `crv` P-256/],
    [
      'a JWK that says another algorithm',
      { alg: 'ES256', privateKey: { kty: 'EC', crv: 'P-256', alg: 'ES384', d: 'x' } },
      /One key serves one algorithm/,
    ],
    ['a public JWK', { alg: 'ES256', privateKey: { kty: 'EC', crv: 'P-256' } }, /has no `d`/],
    ['of no algorithm', { alg: undefined }, /`alg` must be ES256, Ed25519, RS256 or HS256; found undefined\.$/],
    ['with an unsafe name', { kid: '../a' }, /`kid` must be 1 to 64 of A–Z, a–z, 0–9, `_` and `-`; found text\.$/],
    ['a number', { alg: 'ES256', privateKey: 7 }, /CryptoKey, a JWK or PEM text; found a number/],
    ['a secret of 31 bytes', { alg: 'HS256', secret: new Uint8Array(31) }, /found 31 bytes\. Make one with crypto/],
    ['a secret as text', { alg: 'HS256', secret: 'x'.repeat(64) }, /found text/],
    ['a short secret as a JWK', { alg: 'HS256', secret: { kty: 'oct', k: 'AAAA' } }, /found 3 bytes/],
    ['a key without its signing half', { alg: 'ES256', publicKey: { kty: 'EC', crv: 'P-256' } }, /able to sign/],
  ];
  it.each(rejections)('is refused as %s, with advice', async (_what, key, message) => {
    const start = async () => createFixture({ keys: { current: { kid: 'a', ...key } as SigningKey } }).authority.jwks();
    await expect(start()).rejects.toThrow(TypeError);
    await expect(start()).rejects.toThrow(message);
  });

  it('needs its public half beside a private one that does not show it', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(() => createFixture({ keys: { current: { kid: 'a', alg: 'ES256', privateKey } } })).toThrow(
      /give the `publicKey` of `a` as well/,
    );
  });

  it('quotes nothing of a key in an error (BB-16)', async () => {
    const { d: secret = '', ...jwk } = await exportJWK(
      (await generateKeyPair('ES256', { extractable: true })).privateKey,
    );
    const { authority } = createFixture({
      keys: { current: { kid: 'a', alg: 'ES256', privateKey: { ...jwk, d: `${secret}!` } } },
    });
    const error = await authority.jwks().catch((thrown: Error) => thrown);
    expect(JSON.stringify([error, (error as Error).message, String((error as Error).cause)])).not.toContain(
      secret.slice(0, 12),
    );
  });
});

describe('generateSigningKeys', () => {
  it.each(['ES256', 'Ed25519', 'RS256', 'HS256'] as const)('makes a key for %s', async (alg) => {
    expect(decodeProtectedHeader(await signsIn(await generateSigningKeys({ alg })))).toMatchObject({ alg });
  });

  it('makes ES256 keys that cannot be exported, unless it is told otherwise', async () => {
    const { current } = await generateSigningKeys();
    expect(current).toMatchObject({ alg: 'ES256', privateKey: { extractable: false } });
    expect(await generateSigningKeys({ extractable: true })).toMatchObject({
      current: { privateKey: { extractable: true } },
    });
  });

  it('makes RS256 keys of 2048 bits', async () => {
    const { current } = await generateSigningKeys({ alg: 'RS256', extractable: true });
    const { privateKey } = current as { privateKey: CryptoKey };
    const key = createPrivateKey(await exportPKCS8(privateKey));
    expect(createPublicKey(key).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
  });
});
