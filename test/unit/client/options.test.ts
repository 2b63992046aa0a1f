import { describe, expect, it } from 'vitest';
import { createWorld, signedInWorld } from './world.ts';

describe('options', () => {
  it('that are undefined have their defaults', async () => {
    const { client, platform, server } = createWorld({
      client: { endpoints: { refresh: undefined }, headers: { client: undefined } } as never,
    });
    client.start();
    await platform.advance(100);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it.each([
    [{ headers: { client: 'X Auth' } }, /headers/],
    [{ refreshWhenHidden: 'no' }, /refreshWhenHidden/],
    [{ allowedOrigins: 'https://a.example' }, /allowedOrigins/],
  ])('that are wrong are named: %j', (client, message) => {
    expect(() => createWorld({ client: client as never })).toThrow(message);
  });

  it('of getAccessToken are checked', async () => {
    const { client } = await signedInWorld();
    await expect(client.getAccessToken({ minValidityMs: Number.NaN })).rejects.toThrow(/minValidityMs/);
  });
});
