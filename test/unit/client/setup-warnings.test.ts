import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/create-client.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';

const redirect = () => new Response(null, { status: 302, headers: { Location: '/sign-in' } });

const started = async (address: string, answer: () => Response) => {
  const platform = createFakePlatform(async () => answer());
  platform.address = address;
  const client = createClient({}, platform);
  client.start()();
  client.start();
  await flush();
  await platform.advance(60_000);
  return { warned: platform.warned };
};

const nobody = () => new Response(null, { status: 204 });

describe('the development build', () => {
  it.each(['http://192.168.0.5:5173/', 'http://app.test/'])(
    'says once that plain http is not safe, on %s (C-23)',
    async (address) => {
      const { warned } = await started(address, nobody);
      expect(warned).toEqual([expect.stringMatching(/^\[silent-refresh\] This page was loaded over plain http/)]);
    },
  );

  it.each(['https://app.example/', 'http://localhost:5173/', 'http://app.localhost/', 'http://127.0.0.1/'])(
    'says nothing on %s (C-23)',
    async (address) => {
      expect((await started(address, nobody)).warned).toEqual([]);
    },
  );

  it('says once what to set where the refresh endpoint answers with a redirect, however often it is asked (C-24)', async () => {
    const { warned } = await started('https://app.example/', redirect);
    expect(warned).toEqual([
      expect.stringMatching(/^\[silent-refresh\] The refresh endpoint answers with a redirect.*401 or 204/),
    ]);
  });
});
