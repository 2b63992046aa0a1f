import { generateKeyPair } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  createMemoryRevocationList,
  createVerifier,
  type GuardEvent,
  generateSigningKeys,
  InvalidTokenError,
  UnavailableError,
  type VerifierOptions,
} from '../../../../src/server/index.ts';
import { apiCall, createFixture, MINUTE, SECOND } from '../fixture.ts';
import {
  AUDIENCE,
  forge,
  forgeriesAt,
  ISSUER,
  keys,
  nextLetter,
  SECRET,
  unsigned,
  withOtherSignature,
} from '../forgery.ts';
import { publish } from '../keys/published.ts';

const { current } = keys;
const publicKeys = [
  { kid: current.kid, alg: 'ES256' as const, publicKey: (current as { publicKey: CryptoKey }).publicKey },
];
const fixture = createFixture({ keys });
const at = Math.floor(fixture.clock.now / 1000);

function createTestVerifier(options: Partial<VerifierOptions> = {}) {
  const events: GuardEvent[] = [];
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    ...(options.jwks === undefined ? { keys: publicKeys } : {}),
    now: () => fixture.clock.now,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { ...verifier, events };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a verifier', () => {
  it('gives the claims of a good token, without asking the authority', async () => {
    await expect(createTestVerifier().verify(await forge(fixture))).resolves.toMatchObject({
      sub: 'ann',
      aud: AUDIENCE,
    });
  });

  it.each(forgeriesAt(at))('refuses %s', async (_row, forgery) => {
    const token = await forge(fixture, forgery);
    await expect(createTestVerifier().verify(token)).rejects.toThrow(InvalidTokenError);
  });

  it.each(['none', 'nOnE', 'NONE', 'RS256', 'HS256'])('JWT-4 refuses the algorithm %s', async (alg) => {
    const token = unsigned({ alg, kid: current.kid, typ: 'at+jwt' }, { iss: ISSUER, aud: AUDIENCE });
    await expect(createTestVerifier().verify(token)).rejects.toThrow(InvalidTokenError);
  });

  const spellings: [row: string, spell: (token: string) => string][] = [
    ['padding', (token) => `${token}==`],
    ['a line break inside the signature', (token) => `${token.slice(0, -5)}\n${token.slice(-5)}`],
    ['spare bits', (token) => `${token.slice(0, -1)}${nextLetter(token.at(-1) ?? '')}`],
    ['a fourth part', (token) => `${token}.a`],
    ['9 KiB', (token) => `${token}${'A'.repeat(9 * 1024)}`],
  ];
  it.each(spellings)('JWT-9 refuses a good token spelt with %s, and looks for no key', async (_row, spell) => {
    const published = await publish(fixture.authority.jwks);
    const verifier = createTestVerifier({ jwks: published.url });
    await expect(verifier.verify(spell(await forge(fixture)))).rejects.toThrow(InvalidTokenError);
    expect(published.asked).toBe(0);
  });

  it('wants the claims that it is told to want', async () => {
    const verifier = createTestVerifier({ requiredClaims: ['scope'] });
    await expect(verifier.verify(await forge(fixture))).rejects.toThrow(InvalidTokenError);
    await expect(verifier.verify(await forge(fixture, { claims: { scope: 'read' } }))).resolves.toBeDefined();
  });

  it('takes no algorithm but those it is told to take', async () => {
    const token = await forge(fixture);
    const both = [...publicKeys, { kid: 'shared', alg: 'HS256' as const, secret: SECRET }];
    const { verify } = createTestVerifier({ keys: both, algorithms: ['HS256'] });
    await expect(verify(token)).rejects.toThrow(InvalidTokenError);
    await expect(
      createTestVerifier({ keys: both, algorithms: ['HS256', 'ES256'] }).verify(token),
    ).resolves.toBeDefined();
  });

  it('JWT-5 refuses a key under the algorithm of another', async () => {
    const rs256 = await generateKeyPair('RS256');
    const mixed = [...publicKeys, { kid: 'rsa', alg: 'RS256' as const, publicKey: rs256.publicKey }];
    const verifier = createTestVerifier({ keys: mixed });
    await expect(verifier.verify(await forge(fixture, { header: { kid: 'rsa' } }))).rejects.toThrow(InvalidTokenError);
    await expect(
      verifier.verify(await forge(fixture, { header: { alg: 'RS256' }, key: rs256.privateKey })),
    ).rejects.toThrow(InvalidTokenError);
  });

  it.each(['ES256', 'Ed25519', 'RS256', 'HS256'] as const)('checks %s with the keys of the authority', async (alg) => {
    const own = await generateSigningKeys({ alg });
    const { browser, clock } = createFixture({ keys: own });
    const { access_token } = await browser().signIn();
    const verifier = createTestVerifier({ keys: own, now: () => clock.now });
    await expect(verifier.verify(access_token)).resolves.toMatchObject({ sub: 'ann' });
  });

  it('allows nothing when its clock gives no number', async () => {
    const { verify } = createTestVerifier({ now: () => Number.NaN });
    await expect(verify(await forge(fixture))).rejects.toThrow(TypeError);
  });

  const misuses: [option: string, options: object][] = [
    ['issuer', { issuer: '' }],
    ['audience', { audience: undefined }],
    ['jwks', { jwks: 'http://auth.example/jwks.json' }],
    ['jwks', { jwks: 'jwks.json' }],
    ['jwks', { keys: undefined }],
    ['jwks', { jwks: 'https://auth.example/jwks.json', keys: publicKeys }],
    ['jwks.timeoutMs', { jwks: { url: 'https://auth.example/jwks.json', timeoutMs: 0 } }],
    ['algorithms', { algorithms: ['none'] }],
    ['algorithms', { algorithms: [] }],
    ['algorithms', { jwks: 'https://auth.example/jwks.json', algorithms: ['ES256', 'HS256'] }],
    ['keys', { keys: [{ kid: 'a', alg: 'HS256', secret: new Uint8Array(31) }] }],
    ['keys', { keys: [] }],
    ['keys', { algorithms: ['RS256'] }],
    ['clockToleranceMs', { clockToleranceMs: 30_001 }],
    ['requiredClaims', { requiredClaims: 'scope' }],
    ['revocation', { revocation: {} }],
    ['now', { now: 5 }],
    ['onEvent', { onEvent: 'log' }],
  ];
  it.each(misuses)('throws a TypeError that names `%s` for %o', (option, options) => {
    expect(() => createTestVerifier(options)).toThrow(TypeError);
    expect(() => createTestVerifier(options)).toThrow(`\`${option}\``);
  });

  it.each([
    [{ jwks: 'jwks.json' }, '(http only on loopback); found text. Whoever'],
    [{ jwks: 'localhost:3000/jwks.json' }, '(http only on loopback); found text. Whoever'],
    [
      { jwks: 'http://user:pass@auth.example/jwks.json?a=b' },
      '(http only on loopback); found http://auth.example. Whoever',
    ],
    [{ jwks: 5 }, '(http only on loopback); found a number. Whoever'],
    [{ keys: undefined }, 'Give either `jwks` or `keys`; found neither.'],
    [{ jwks: 'https://auth.example/jwks.json', keys: publicKeys }, 'Give either `jwks` or `keys`; found both.'],
    [
      { algorithms: ['ES256', 'none'] },
      '`algorithms` must be a list of some of ES256, Ed25519, RS256 and HS256; found `none` in it.',
    ],
    [
      { algorithms: [] },
      '`algorithms` must be a list of some of ES256, Ed25519, RS256 and HS256; found an empty list.',
    ],
    [
      { algorithms: ['RS256'] },
      'at least one key for RS256 (`algorithms`), or every token would be refused; found ES256',
    ],
    [{ keys: [] }, '`keys` must have at least one key, or every token would be refused; found none.'],
    [
      { jwks: 'https://auth.example/jwks.json', algorithms: ['HS256'] },
      'could sign with it; found `jwks`. Leave HS256 out',
    ],
    [{ requiredClaims: 'scope' }, '`requiredClaims` must be a list of names of claims; found text.'],
    [{ requiredClaims: ['scope', ''] }, '`requiredClaims` must be a list of names of claims; found empty text in it.'],
    [{ revocation: {} }, '`revocation` must be a RevocationList, or a copy of one; found an object without has().'],
  ])('says what was expected and what was found: %o', (options, message) => {
    expect(() => createTestVerifier(options as object)).toThrow(message);
  });

  it('says what it was given in place of options', () => {
    expect(() => createVerifier(undefined as never)).toThrow('takes an object of options; found undefined.');
  });
});

describe('the guard of a verifier', () => {
  it('BB-4 answers as the guard of the authority does', async () => {
    const { authority } = createFixture({ keys });
    const verifier = createTestVerifier();
    const requests = [
      () => new Request('https://app.example/api'),
      () => new Request('https://app.example/api?access_token=a.b.c'),
      () => apiCall('a.b.c'),
      () => new Request('https://app.example/api', { headers: { Authorization: 'Bearer a b' } }),
      () => new Request('https://app.example/api', { headers: { Authorization: 'Basic YTpi' } }),
    ];
    for (const request of requests) {
      const [own, theirs] = [await verifier.guard(request()), await authority.guard(request())] as Response[];
      expect(own?.status).toBe(theirs?.status);
      expect([...(own?.headers ?? [])]).toEqual([...(theirs?.headers ?? [])]);
      expect(await own?.text()).toBe(await theirs?.text());
    }
  });

  it('gives the claims of a request, and emits refusals without a token (BB-16)', async () => {
    const { guard, events } = createTestVerifier();
    expect(await guard(apiCall(await forge(fixture)))).toMatchObject({ sub: 'ann' });
    await guard(apiCall(await forge(fixture, { claims: { exp: at - 60 } })));
    await guard(apiCall('a.b.c'));
    expect(events).toEqual([
      { type: 'token-refused', at: fixture.clock.now, reason: 'expired', sid: expect.any(String), userId: 'ann' },
      { type: 'token-refused', at: fixture.clock.now, reason: 'invalid' },
    ]);
  });
});

describe('a verifier with published keys', () => {
  it('fetches them once for all who wait, and then no more', async () => {
    const published = await publish(fixture.authority.jwks);
    const { verify } = createTestVerifier({ jwks: published.url });
    const token = await forge(fixture);
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    await verify(token);
    expect(published.asked).toBe(1);
  });

  it('does not ask again for a key that was not there before the cool-down is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const published = await publish(fixture.authority.jwks);
    const { verify } = createTestVerifier({ jwks: published.url });
    const token = await forge(fixture, { header: { kid: 'unknown' } });
    for (let i = 0; i < 10; i += 1) await expect(verify(token)).rejects.toThrow(InvalidTokenError);
    expect(published.asked).toBe(1);
    vi.setSystemTime(Date.now() + 31 * SECOND);
    for (let i = 0; i < 10; i += 1) await expect(verify(token)).rejects.toThrow(InvalidTokenError);
    expect(published.asked).toBe(2);
  });

  it.each([404, 500, 302])('answers 503, never yes and never 401, while they are answered with %i', async (status) => {
    const published = await publish(fixture.authority.jwks);
    published.status = status;
    const { guard, verify, events } = createTestVerifier({ jwks: published.url });
    const answer = (await guard(apiCall(await forge(fixture)))) as Response;
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    await expect(verify(await forge(fixture))).rejects.toThrow(UnavailableError);
    expect(events).toMatchObject([{ type: 'failed', endpoint: 'guard', error: { name: 'UnavailableError' } }]);
  });

  it('answers 503 while nobody listens there, or too slowly, or with something else', async () => {
    const token = await forge(fixture);
    const gone = createTestVerifier({ jwks: 'http://127.0.0.1:1/jwks.json' });
    expect(await gone.guard(apiCall(token))).toMatchObject({ status: 503 });
    const slow = await publish(fixture.authority.jwks);
    slow.delayMs = 2_000;
    const hurried = createTestVerifier({ jwks: { url: slow.url, timeoutMs: 50 } });
    expect(await hurried.guard(apiCall(token))).toMatchObject({ status: 503 });
    const odd = await publish(async () => ({ keys: 'none' }) as never);
    expect(await createTestVerifier({ jwks: odd.url }).guard(apiCall(token))).toMatchObject({ status: 503 });
  });

  it('tries again a second after a failure, and does not hammer in between', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const published = await publish(fixture.authority.jwks);
    published.status = 500;
    const { guard } = createTestVerifier({ jwks: published.url });
    const token = await forge(fixture);
    for (let i = 0; i < 10; i += 1) expect(await guard(apiCall(token))).toMatchObject({ status: 503 });
    expect(published.asked).toBe(1);
    published.status = 200;
    vi.setSystemTime(Date.now() + SECOND);
    expect(await guard(apiCall(token))).toMatchObject({ sub: 'ann' });
  });

  it('tries again, and finds new keys, however far the clock was set back', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const next = await generateSigningKeys();
    const successor = createFixture({ keys: next });
    let read = fixture.authority.jwks;
    const published = await publish(() => read());
    const { guard } = createTestVerifier({ jwks: published.url });
    published.status = 500;
    expect(await guard(apiCall(await forge(fixture)))).toMatchObject({ status: 503 });
    published.status = 200;
    vi.setSystemTime(Date.now() - 60 * MINUTE);
    expect(await guard(apiCall(await forge(fixture)))).toMatchObject({ sub: 'ann' });

    read = successor.authority.jwks;
    vi.setSystemTime(Date.now() - 60 * MINUTE);
    const { access_token } = await successor.browser().signIn();
    await guard(apiCall(access_token));
    await expect.poll(() => guard(apiCall(access_token))).toMatchObject({ sub: 'ann' });
    expect(published.asked).toBe(3);
  });

  it('fetches a new key at once beside one that cannot be used, however often a token names that one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const weak = await weakKey();
    const published = await publish(async () => ({ keys: [weak] }));
    const { guard } = createTestVerifier({ jwks: published.url });
    const naming = unsigned({ alg: 'RS256', kid: 'weak', typ: 'at+jwt' }, { iss: ISSUER });
    expect(await guard(apiCall(naming))).toMatchObject({ status: 503 });
    vi.setSystemTime(Date.now() + 31 * SECOND);
    expect(await guard(apiCall(naming))).toMatchObject({ status: 503 });
    expect(await guard(apiCall(await forge(fixture)))).toMatchObject({ status: 401 });
    expect(published.asked).toBe(2);
  });

  it('goes on by the keys it has while the authority is down, for as long as tokens live', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const published = await publish(fixture.authority.jwks);
    const { guard } = createTestVerifier({ jwks: published.url });
    const token = await forge(fixture);
    for (let minute = 0; minute < 30; minute += 1) {
      await guard(apiCall(token));
      await expect.poll(() => published.asked).toBe(1 + Math.floor(minute / 5));
      vi.setSystemTime(Date.now() + MINUTE);
    }
    published.status = 500;
    for (let minute = 0; minute < 5; minute += 1) {
      expect(await guard(apiCall(token))).toMatchObject({ sub: 'ann' });
      vi.setSystemTime(Date.now() + MINUTE);
    }
    vi.setSystemTime(Date.now() + 5 * MINUTE);
    expect(await guard(apiCall(token))).toMatchObject({ status: 503 });
  });

  it('takes no secret from there, whatever it says, and none of 1024 bits', async () => {
    const weak = await weakKey();
    const published = await publish(
      async () =>
        ({
          keys: [{ kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 'secret', alg: 'HS256' }, weak],
        }) as never,
    );
    const { guard } = createTestVerifier({ jwks: published.url });
    const symmetric = await forge(fixture, { header: { alg: 'HS256', kid: 'secret' }, key: SECRET });
    expect(await guard(apiCall(symmetric))).toMatchObject({ status: 401 });
    const short = unsigned({ alg: 'RS256', kid: 'weak', typ: 'at+jwt' }, { iss: ISSUER });
    expect(await guard(apiCall(short))).toMatchObject({ status: 503 });
  });
});

/** A key of 1024 bits, as it might be published. */
async function weakKey() {
  const { publicKey } = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  );
  const { n, e } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty: 'RSA', n: String(n), e: String(e), kid: 'weak', alg: 'RS256' };
}

describe('a verifier with a revocation list', () => {
  it('answers 503, never yes, while the list cannot be asked (REV-4)', async () => {
    const has = () => Promise.reject(new Error('down'));
    const { guard, verify } = createTestVerifier({ revocation: { has } });
    expect(await guard(apiCall(await forge(fixture)))).toMatchObject({ status: 503 });
    await expect(verify(await forge(fixture))).rejects.toThrow(UnavailableError);
    const odd = createTestVerifier({ revocation: { has: () => 0 as never } });
    expect(await odd.guard(apiCall(await forge(fixture)))).toMatchObject({ status: 503 });
  });

  it('JWT-10 refuses the other signature of a revoked token too', async () => {
    const revocationList = createMemoryRevocationList({ now: () => fixture.clock.now });
    const { authority, browser, clock } = createFixture({ keys, revocationList });
    const { verify } = createTestVerifier({ revocation: revocationList, now: () => clock.now });
    const { access_token } = await browser().signIn();
    const twin = withOtherSignature(access_token);
    await expect(verify(twin)).resolves.toBeDefined();
    await authority.revokeToken(access_token);
    await expect(verify(twin)).rejects.toThrow(InvalidTokenError);
  });
});
