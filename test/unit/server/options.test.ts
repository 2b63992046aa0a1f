import { generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAuthority, createMemoryStore, generateSigningKeys } from '../../../src/server/index.ts';
import { createFixture } from './fixture.ts';

const keys = await generateSigningKeys();
const ec = keys.current as Extract<typeof keys.current, { privateKey: unknown }>;
const p384 = await generateKeyPair('ES384');
const secret = new Uint8Array(32);

const misuses: [option: string, what: string, options: object][] = [
  ['issuer', 'empty', { issuer: '' }],
  ['audience', 'missing', { audience: undefined }],
  ['verifyCredentials', 'missing', { verifyCredentials: undefined }],
  ['userId', 'a string', { userId: 'id' }],
  ['loadUser', 'no function', { loadUser: true }],
  ['onEvent', 'no function', { onEvent: 'log' }],
  ['refreshSecret', 'short', { refreshSecret: new Uint8Array(31) }],
  ['refreshSecret', 'a string', { refreshSecret: 'x'.repeat(64) }],
  ['keys', 'missing', { keys: undefined }],
  ['keys', 'null inside', { keys: { current: null } }],
  ['keys', 'of algorithm none', { keys: { current: { ...ec, alg: 'none' } } }],
  ['keys', 'of algorithm RS256', { keys: { current: { ...ec, alg: 'RS256' } } }],
  ['keys', 'of another curve', { keys: { current: { kid: 'a', alg: 'ES256', ...p384 } } }],
  ['keys', 'of another algorithm than they say', { keys: { current: { ...ec, alg: 'Ed25519' } } }],
  ['keys', 'the wrong way round', { keys: { current: { ...ec, privateKey: ec.publicKey, publicKey: ec.privateKey } } }],
  ['keys', 'without a private key', { keys: { current: { ...ec, privateKey: undefined } } }],
  ['keys', 'a short secret', { keys: { current: { kid: 'a', alg: 'HS256', secret: secret.subarray(1) } } }],
  ['keys', 'badly named', { keys: { current: { ...ec, kid: '../a' } } }],
  ['keys', 'of one name', { keys: { current: ec, previous: [{ kid: ec.kid, alg: 'HS256', secret }] } }],
  ['paths', 'null', { paths: null }],
  ['cookie', 'null', { cookie: null }],
  ['paths.signIn', 'relative', { paths: { signIn: 'auth/login' } }],
  ['paths.signIn', 'no path of any URL', { paths: { signIn: '//' } }],
  ['paths.refresh', 'with a query', { paths: { refresh: '/refresh?x=1' } }],
  ['paths.signOut', 'equal', { paths: { signIn: '/auth', signOut: '/auth' } }],
  ['cookie.profile', 'unknown', { cookie: { profile: 'none' } }],
  [
    'cookie.profile',
    'for loopback and `origin` is elsewhere',
    { cookie: { profile: 'dev' }, origin: 'https://a.example' },
  ],
  ['cookie.name', 'not a name', { cookie: { name: 'a;b' } }],
  ['cookie.name', 'null', { cookie: { name: null } }],
  ['allowedOrigins', 'with a path', { allowedOrigins: ['https://a.example/'] }],
  ['allowedOrigins', 'a wildcard', { allowedOrigins: ['*'] }],
  ['allowedOrigins', 'null', { allowedOrigins: ['null'] }],
  ['accessTokenLifetimeMs', 'half a second', { accessTokenLifetimeMs: 500 }],
  ['accessTokenLifetimeMs', 'a fraction', { accessTokenLifetimeMs: 1_500 }],
  ['idleTimeoutMs', 'nothing', { idleTimeoutMs: 0 }],
  ['absoluteTimeoutMs', 'not a number', { absoluteTimeoutMs: Number.NaN }],
  ['graceMs', 'over a minute', { graceMs: 60_001 }],
  ['graceMs', 'negative', { graceMs: -1 }],
  ['retryWindowMs', 'negative', { retryWindowMs: -1 }],
  ['recoveryMs', 'endless', { recoveryMs: Number.POSITIVE_INFINITY }],
  ['recoveryMs', 'longer than the retry window over stateless APIs', { statelessAccess: true, recoveryMs: 60_001 }],
  ['statelessAccess', 'no boolean', { statelessAccess: 'yes' }],
  ['clockToleranceMs', 'over half a minute', { clockToleranceMs: 30_001 }],
  ['store', 'incomplete', { store: { read() {} } }],
  ['store', 'null', { store: null }],
];

describe('createAuthority', () => {
  it.each(misuses)('throws a TypeError that names `%s` when it is %s', (option, _what, options) => {
    expect(() => createFixture(options)).toThrow(TypeError);
    expect(() => createFixture(options)).toThrow(`\`${option}\``);
  });

  it.each([
    [{ issuer: '' }, '`issuer` must be a non-empty string; found empty text.'],
    [{ audience: Promise.resolve('a') }, '`audience` must be a non-empty string; found a Promise.'],
    [{ loadUser: 'secret' }, '`loadUser` must be a function; found text.'],
    [{ graceMs: 60_001 }, '`graceMs` must be a number of milliseconds from 0 to 60000; found 60001.'],
    [{ maxSessionsPerUser: '3' }, '`maxSessionsPerUser` must be a whole number, 1 or more; found text.'],
    [
      { accessTokenLifetimeMs: 300 },
      '`accessTokenLifetimeMs` must be whole seconds, in milliseconds, and at least 1000; found 300.',
    ],
    [
      { revocationList: { add() {} } },
      '`revocationList` must be a RevocationList; found an object without has(), entries().',
    ],
    [{ store: 'redis://user:pass@db' }, '`store` must be a SessionStore; found text.'],
    [
      { throttle: { account: {}, accountName() {} } },
      '`throttle.account` must be a rate limiter; found an object without consume(), reward(), delete().',
    ],
    [
      { throttle: { accountName: 'id' } },
      '`throttle.accountName` must be a function that tells `throttle.account` what to count; found text.',
    ],
    [{ statelessAccess: 'yes' }, '`statelessAccess` must be true or false; found text.'],
    [{ cookie: { profile: 'none' } }, '`cookie.profile` must be `host`, `path` or `dev`; found `none`.'],
    [
      { cookie: { name: 'a;b' } },
      '`cookie.name` must be 1 to 64 of A–Z, a–z, 0–9, `_` and `-`; found text of 3 characters.',
    ],
    [
      { cookie: { profile: 'dev' }, origin: 'https://a.example' },
      '`cookie.profile`: `dev` works only on loopback, such as http://localhost:3000; found `https://a.example` as `origin`. Leave `cookie.profile` out there.',
    ],
    [
      { paths: { signIn: 'auth/login' } },
      '`paths.signIn` must be an absolute path without query, like /auth/login; found `auth/login`.',
    ],
    [
      { paths: { signIn: '/auth', signOut: '/auth' } },
      '`paths.signOut` must differ from `paths.signIn`; found `/auth` for both.',
    ],
    [
      { allowedHeaders: ['X-Id', '*'] },
      '`allowedHeaders` must be a list of header names, such as X-Request-Id, without wildcards; found `*` in it.',
    ],
    [
      { allowedHeaders: ['X-Key:secret'] },
      '`allowedHeaders` must be a list of header names, such as X-Request-Id, without wildcards; found text in it.',
    ],
    [{ revocationList: new Set() }, '`revocationList` must be a RevocationList; found a Set.'],
    [
      { cookie: { profile: 'dev' }, origin: 'app://a:b' },
      '`cookie.profile`: `dev` works only on loopback, such as http://localhost:3000; found `app://a:b` as `origin`. Leave `cookie.profile` out there.',
    ],
    [{ allowedOrigins: 'https://a.example' }, '`allowedOrigins` must be a list of origins; found text.'],
    [
      { origin: 'https://a.example/' },
      '`origin` takes exact origins; found `https://a.example/`. Write https://a.example.',
    ],
    [
      { previousRefreshSecrets: [1, 2, 3, 4, 5] },
      '`previousRefreshSecrets` must be a list of at most 4 secrets; found a list of 5.',
    ],
    [{ previousRefreshSecrets: 'old' }, '`previousRefreshSecrets` must be a list of at most 4 secrets; found text.'],
    [{ accessTokens: 'random' }, '`accessTokens` must be `jwt` or `opaque`; found `random`.'],
    [
      { accessTokens: 'opaque', statelessAccess: true },
      '`accessTokens`: nobody but the authority can check opaque tokens; found `statelessAccess` as well. Leave it out, or use `jwt`.',
    ],
  ])('says what was expected and what was found: %j', (options, message) => {
    expect(() => createFixture(options as object)).toThrow(new TypeError(message));
  });

  it.each([
    ['a text as long as a secret', 'x'.repeat(43), 'text of 43 characters'],
    ['an address with a password', 'https://user:pass@a.example', 'text of 27 characters'],
    ['a control character', 'a\nb', 'text of 3 characters'],
    ['a header with its value', 'Bearer abc', 'text of 10 characters'],
    ['a cookie', 'refresh=abc', 'text of 11 characters'],
    ['the query of an address', 'a?token=secret', '`a?…`'],
    ['its fragment', 'a#token=secret', '`a#…`'],
  ])('does not quote %s', (_what, profile, found) => {
    const message = `\`cookie.profile\` must be \`host\`, \`path\` or \`dev\`; found ${found}.`;
    expect(() => createFixture({ cookie: { profile: profile as never } })).toThrow(new TypeError(message));
  });

  it('takes a revocation list whose class extends Set', () => {
    class Listed extends Set {}
    expect(() => createFixture({ revocationList: new Listed() as never })).not.toThrow();
  });

  it('takes the time and the defaults from outside nothing but the runtime', async () => {
    const authority = createAuthority<{ id: string }>({
      issuer: 'i',
      audience: 'a',
      keys,
      refreshSecret: secret,
      verifyCredentials: () => ({ id: 'ann' }),
      userId: ({ id }) => id,
    });
    const headers = { Origin: 'https://a.example', 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
    const request = new Request('https://a.example/auth/login', { method: 'POST', headers, body: '{}' });
    const { access_token } = await (await authority.handle(request)).json();
    const { iat, exp } = await authority.verify(access_token);
    expect(Math.abs(iat * 1000 - Date.now())).toBeLessThan(5_000);
    expect([300, 301]).toContain(exp - iat);
  });

  it('keeps secrets of its own, safe from later changes to the bytes given', async () => {
    const store = createMemoryStore();
    const signing = new Uint8Array(32).fill(1);
    const refreshSecret = new Uint8Array(32).fill(2);
    const options = { store, refreshSecret, keys: { current: { kid: 'a', alg: 'HS256' as const, secret: signing } } };
    const same = createFixture({
      store,
      refreshSecret: refreshSecret.slice(),
      keys: { current: { kid: 'a', alg: 'HS256', secret: signing.slice() } },
    });
    const page = createFixture(options).browser();
    for (const bytes of [signing, refreshSecret]) bytes.fill(0);
    const { access_token } = await page.signIn();
    await expect(same.authority.verify(access_token)).resolves.toBeDefined();
    const other = same.browser();
    for (const [name, value] of page.jar) other.jar.set(name, value);
    expect((await other.refresh()).status).toBe(200);
  });

  it('CK-12 knows no refresh token that was made with another secret', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const other = createFixture({ refreshSecret: new Uint8Array(32).fill(9) }).browser();
    for (const [name, value] of page.jar) other.jar.set(name, value);
    expect((await other.refresh()).status).toBe(401);
  });

  it('calls the callbacks as members of the options', async () => {
    class Options {
      prefix = 'u-';
      userId({ id }: { id: string }): string {
        return this.prefix + id;
      }
    }
    const options = Object.assign(new Options(), {
      issuer: 'i',
      audience: 'a',
      keys,
      refreshSecret: secret,
      verifyCredentials: () => ({ id: 'ann' }),
    });
    const authority = createAuthority(options);
    const headers = { Origin: 'https://a.example', 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
    const request = new Request('https://a.example/auth/login', { method: 'POST', headers, body: '{}' });
    const { access_token } = await (await authority.handle(request)).json();
    await expect(authority.verify(access_token)).resolves.toMatchObject({ sub: 'u-ann' });
  });
});

describe('a name that is no option', () => {
  it.each([
    ['refreshSecrets', '', { refreshSecrets: [] }, '`refreshSecret`'],
    ['verifyCredential', '', { verifyCredential: () => null }, '`verifyCredentials`'],
    ['cookies', '', { cookies: {} }, '`cookie`'],
    ['graceSeconds', '', { graceSeconds: 10 }, 'The options are: '],
    ['login', 'paths.', { paths: { login: '/login' } }, 'The options are: signIn, refresh, signOut'],
    ['signin', 'paths.', { paths: { signin: '/login' } }, '`paths.signIn`'],
    ['Name', 'cookie.', { cookie: { Name: 'a' } }, '`cookie.name`'],
    ['accounts', 'throttle.', { throttle: { accounts: {} } }, '`throttle.account`'],
  ])('is a TypeError that names `%s` and the nearest option (C-63)', (name, path, options, nearest) => {
    expect(() => createFixture(options as object)).toThrow(TypeError);
    expect(() => createFixture(options as object)).toThrow(`\`${path}${name}\` is not an option. `);
    expect(() => createFixture(options as object)).toThrow(nearest);
  });

  it('is for the app to choose in an object of a class', () => {
    class Paths {
      readonly signIn = '/login';
      readonly prefix = '/v1';
    }
    expect(createFixture({ paths: new Paths() }).authority.paths.signIn).toBe('/login');
  });
});
