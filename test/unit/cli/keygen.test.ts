import { parseEnv } from 'node:util';
import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { importSigningKeys } from '../../../src/server/index.ts';
import { createFixture } from '../server/fixture.ts';

/** What a command line prints, and its exit status. */
async function runs(...args: string[]) {
  const printed = { out: '', err: '' };
  const status = await run(args, {
    env: {},
    write(text) {
      printed.out += text;
    },
    warn(text) {
      printed.err += text;
    },
    askSecret: async () => undefined,
  });
  return { ...printed, status };
}

describe('silent-refresh keygen', () => {
  it.each([
    [[], 'ES256'],
    [['--alg', 'Ed25519'], 'Ed25519'],
    [['--alg=RS256'], 'RS256'],
    [['--alg', 'HS256'], 'HS256'],
  ])('with %j prints an .env file that an authority works with', async (args, alg) => {
    const { out, err, status } = await runs('keygen', ...args);
    expect([err, status]).toEqual(['', 0]);
    const { SIGNING_KEYS = '', REFRESH_SECRET = '', ...others } = parseEnv(out);
    expect(others).toEqual({});
    const options = { keys: importSigningKeys(SIGNING_KEYS), refreshSecret: Buffer.from(REFRESH_SECRET, 'base64url') };
    const page = createFixture(options).browser();
    expect(decodeProtectedHeader((await page.signIn()).access_token)).toMatchObject({ alg });
    expect((await page.refresh()).status).toBe(200);
  });

  it('prints other secrets each time (JWT-12)', async () => {
    const [one, two] = [await runs('keygen'), await runs('keygen')].map(({ out }) => parseEnv(out));
    expect(one?.SIGNING_KEYS).not.toBe(two?.SIGNING_KEYS);
    expect(one?.REFRESH_SECRET).not.toBe(two?.REFRESH_SECRET);
  });

  it.each([
    ['--alg', 'none'],
    ['--size', '4096'],
    ['now', 'please'],
  ])('is refused with %s %s, and prints no secret', async (...args) => {
    const { out, err, status } = await runs('keygen', ...args);
    expect([out, status]).toEqual(['', 2]);
    expect(err).toMatch(/--alg/);
    expect(err).toMatch(/npx silent-refresh keygen --help/);
  });

  it('is in the list of commands, and explains itself', async () => {
    expect(await runs('--help')).toMatchObject({
      status: 0,
      out: expect.stringMatching(/keygen +prints new signing keys/),
    });
    expect(await runs('keygen', '--help')).toMatchObject({
      status: 0,
      out: expect.stringMatching(/--alg <algorithm>/),
    });
  });
});
