import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import {
  copyRevocationList,
  createLogger,
  createMemoryRevocationList,
  createVerifier,
  generateSigningKeys,
} from '../../../src/server/index.ts';
import { createPostgresRevocationList, createPostgresStore } from '../../../src/server/stores/postgres.ts';
import { createRedisRevocationList, createRedisStore } from '../../../src/server/stores/redis.ts';
import { createSqliteRevocationList, createSqliteStore } from '../../../src/server/stores/sqlite.ts';
import { createFixture, ORIGIN } from './fixture.ts';

const keys = await generateSigningKeys();
const never = () => Promise.reject(new Error('not to be asked'));
const redis = { hmGet: never, eval: never };
const postgres = { query: never };
const sqlite = new DatabaseSync(':memory:');
const verify = (more: object) => createVerifier({ issuer: 'i', audience: 'a', ...more });
const jwks = (more: object) => verify({ jwks: { url: 'https://a.example/jwks', ...more } });
const request = () => new Request(`${ORIGIN}/callback`, { method: 'POST' });

// Each takes the object as its options, and nothing else is wrong.
const takers: [what: string, misspelt: string, meant: string, take: (options: object) => unknown][] = [
  ['createVerifier', 'revocations', 'revocation', (options) => verify({ keys, ...options })],
  [
    'createVerifier, in `jwks`',
    'jwks.maxAge',
    'jwks.maxAgeMs',
    (options) => jwks({ maxAge: Object.values(options)[0] }),
  ],
  ['createVerifier, in `keys`', 'keys.previus', 'keys.previous', () => verify({ keys: { ...keys, previus: [] } })],
  [
    'createAuthority, in `keys`',
    'keys.nexts',
    'keys.next',
    () => createFixture({ keys: { ...keys, nexts: [] } as never }),
  ],
  ['generateSigningKeys', 'extractible', 'extractable', (options) => generateSigningKeys(options)],
  ['copyRevocationList', 'maxAge', 'maxAgeMs', (options) => copyRevocationList(createMemoryRevocationList(), options)],
  ['createMemoryRevocationList', 'nov', 'now', (options) => createMemoryRevocationList(options)],
  ['createLogger', 'writes', 'write', (options) => createLogger(options)],
  ['createSqliteStore', 'tabel', 'table', (options) => createSqliteStore(sqlite, options)],
  ['createSqliteRevocationList', 'tabel', 'table', (options) => createSqliteRevocationList(sqlite, options)],
  ['createPostgresStore', 'tabel', 'table', (options) => createPostgresStore(postgres, options)],
  ['createPostgresRevocationList', 'tabel', 'table', (options) => createPostgresRevocationList(postgres, options)],
  ['createRedisStore', 'timeout', 'timeoutMs', (options) => createRedisStore(redis, options)],
  ['createRedisRevocationList', 'prefx', 'prefix', (options) => createRedisRevocationList(redis, options)],
  ['signIn', 'remeber', 'remember', (options) => createFixture().authority.signIn({}, request(), options)],
  ['endUserSessions', 'exept', 'except', (options) => createFixture().authority.endUserSessions('ann', options)],
];

describe('an option that nobody knows', () => {
  it.each(takers)('is a TypeError of %s that names `%s`, and `%s`', async (_what, misspelt, meant, take) => {
    const error: unknown = await (async () => take({ [misspelt]: undefined }))().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toBe(`TypeError: \`${misspelt}\` is not an option. Is it \`${meant}\`?`);
  });
});

describe('what is given in place of options', () => {
  // createVerifier() says by itself that it takes an object.
  const bags = takers.filter(([what]) => !what.startsWith('createVerifier') && !what.includes(','));
  it.each(bags.flatMap(([what, , , take]) => [null, 'text', 5, false, ['a']].map((given) => ({ what, given, take }))))(
    'is a TypeError of $what where it is $given',
    async ({ given, take }) => {
      const error: unknown = await (async () => take(given as object))().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(/object, like \{/);
    },
  );

  it.each([undefined, null, '', 7, { sid: 'x' }])('is a TypeError of endSession where it is %j', async (sid) => {
    await expect(createFixture().authority.endSession(sid as never)).rejects.toThrow(
      '`sid` must be a non-empty string; found ',
    );
  });
});

describe('an option of a call', () => {
  it.each([null, 'on', 0, ''])('is refused as `remember` when it is %j, and nobody is signed in', async (remember) => {
    const { authority } = createFixture();
    const signingIn = authority.signIn({ id: 'ann' }, request(), { remember } as object);
    await expect(signingIn).rejects.toThrow(/^`remember` must be true or false; found/);
    expect(await authority.listSessions('ann')).toEqual([]);
  });

  it.each([
    ['a `sid` by itself', 'sid', 'an object, like { except: … }; found text.'],
    ['null', null, 'an object, like { except: … }; found null.'],
    ['an empty `except`', { except: '' }, '`except` must be a non-empty string; found empty text.'],
    ['a list', { except: ['sid'] }, '`except` must be a non-empty string; found a list.'],
  ])('is refused as the session to keep when it is %s, and no session ends', async (_what, options, message) => {
    const { authority, browser } = createFixture();
    await browser().signIn();
    await expect(authority.endUserSessions('ann', options as object)).rejects.toThrow(message);
    expect(await authority.listSessions('ann')).toHaveLength(1);
  });
});
