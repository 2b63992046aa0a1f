import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  exportSigningKeys,
  generateSigningKeys,
  importSigningKeys,
} from '../../../../src/server/index.ts';
import { createFixture } from '../fixture.ts';

const text = await exportSigningKeys(await generateSigningKeys({ extractable: true }));

describe('exported signing keys', () => {
  it.each(['ES256', 'Ed25519', 'RS256', 'HS256'] as const)(
    'of %s keep access tokens and sessions good over a restart',
    async (alg) => {
      const keys = await generateSigningKeys({ alg, extractable: true });
      const store = createMemoryStore();
      const page = createFixture({ keys, store }).browser();
      const { access_token } = await page.signIn();
      const restarted = createFixture({ keys: importSigningKeys(await exportSigningKeys(keys)), store });
      await expect(restarted.authority.verify(access_token)).resolves.toMatchObject({ sub: 'ann' });
      const after = restarted.browser();
      for (const [name, value] of page.jar) after.jar.set(name, value);
      expect((await after.refresh()).status).toBe(200);
    },
  );

  it('are one word without quotes, for an .env file', () => {
    expect(text).toMatch(/^[\w-]+$/);
  });

  it('keep the other keys, and of those that only check no more than that', async () => {
    const { current } = await generateSigningKeys({ extractable: true });
    const { publicKey } = await generateKeyPair('Ed25519');
    const old = { kid: 'old', alg: 'Ed25519' as const, publicKey };
    const soon = { kid: 'soon', alg: 'HS256' as const, secret: new Uint8Array(32) };
    const keys = importSigningKeys(await exportSigningKeys({ current, next: [soon], previous: [old] }));
    expect(keys).toMatchObject({
      current: { kid: current.kid, privateKey: { d: expect.any(String) } },
      next: [{ kid: 'soon', secret: { kty: 'oct' } }],
      previous: [{ kid: 'old', publicKey: { kty: 'OKP' } }],
    });
    const { keys: published } = await createFixture({ keys }).authority.jwks();
    expect(published.map(({ kid }) => kid)).toEqual([current.kid, 'old']);
  });

  it('may be a single private JWK, as JSON', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const keys = importSigningKeys(JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'mine', alg: 'ES256' }));
    await expect(createFixture({ keys }).browser().signIn()).resolves.toBeDefined();
  });

  it('cannot be had of a key that is not extractable, or is with a key service', async () => {
    await expect(exportSigningKeys(await generateSigningKeys())).rejects.toThrow(/extractable: true/);
    const { publicKey } = await generateKeyPair('ES256');
    const current = { kid: 'kms', alg: 'ES256' as const, publicKey, sign: () => new Uint8Array() };
    await expect(exportSigningKeys({ current })).rejects.toThrow(/`kms` cannot be exported/);
  });

  const unreadable: [what: string, text: unknown][] = [
    ['a variable that is not set', undefined],
    ['empty text', ''],
    ['half of the text', text.slice(0, 100)],
    ['JSON that is no object', '7'],
    ['JSON without keys', '{}'],
    ['keys without an algorithm', '{"current":{"kty":"oct","kid":"a","k":"hunter2"}}'],
    ['lists that are none', '{"current":{"kty":"oct","kid":"a","alg":"HS256"},"next":{}}'],
  ];
  it('are asked for with the usual cause when a variable is not set: Node was not told of the .env file', () => {
    expect(() => importSigningKeys(undefined)).toThrow('Node reads an .env file only with --env-file=.env.');
    expect(() => importSigningKeys('{}')).not.toThrow('--env-file');
  });

  it.each(unreadable)('are refused as %s, with advice and without a quote (BB-16)', (_what, given) => {
    const act = () => importSigningKeys(given as string);
    expect(act).toThrow(TypeError);
    expect(act).toThrow(/Is the variable set, and whole\?/);
    try {
      act();
    } catch (error) {
      const { message, cause } = error as Error;
      expect([cause, message]).toEqual([undefined, expect.not.stringMatching(/hunter2|eyJ/)]);
    }
  });
});
