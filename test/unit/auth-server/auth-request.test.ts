import { describe, expect, it, vi } from 'vitest';
import { type AuthRequest, type AuthRequestHeaders, createAuthRequest } from '../../../src/auth-server/auth-request.ts';
import type { Endpoint } from '../../../src/auth-server/endpoint.ts';
import { createFakePlatform } from '../fake-platform.ts';

const names: Required<AuthRequestHeaders> = { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' };

const asked = async (
  question: Partial<AuthRequest> = {},
  changes: AuthRequestHeaders = {},
  endpoint: Endpoint = '/auth/refresh',
) => {
  const sent: { input: unknown; init: RequestInit }[] = [];
  const platform = createFakePlatform(async (input, init = {}) => {
    sent.push({ input, init });
    return new Response();
  });
  await createAuthRequest(platform, { ...names, ...changes })(endpoint, {
    name: 'refresh',
    keepalive: true,
    ...question,
  });
  return sent[0] as { input: unknown; init: RequestInit & { headers: Record<string, string> } };
};

describe('a request to the auth server', () => {
  it('TOK-14 is a POST with the cookie, never cached, never redirected, without referrer', async () => {
    const { input, init } = await asked();
    expect(input).toBe('https://app.example/auth/refresh');
    expect(init).toEqual({
      method: 'POST',
      headers: { Accept: 'application/json', 'X-Auth-Client': '1' },
      credentials: 'include',
      cache: 'no-store',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      keepalive: true,
    });
  });

  it('has its idempotency key', async () => {
    const { init } = await asked({ key: 'k1' });
    expect(init.headers['Idempotency-Key']).toBe('k1');
  });

  it('has a body if it has one, and a text is JSON', async () => {
    const { init } = await asked({ body: '{}', keepalive: false });
    expect(init).toMatchObject({ body: '{}', keepalive: false });
    expect(init.headers['Content-Type']).toBe('application/json');
  });

  it('leaves the content type of a form to `fetch`', async () => {
    const { init } = await asked({ body: new URLSearchParams('a=1') });
    expect(init.headers['Content-Type']).toBeUndefined();
  });

  it('has no member for what is absent', async () => {
    const { init } = await asked({ body: undefined });
    expect(Object.keys(init)).not.toContain('body');
    expect(Object.keys(init)).not.toContain('signal');
    expect(Object.keys(init.headers)).toEqual(['Accept', 'X-Auth-Client']);
  });

  it('reads no cookie if none is to be repeated', async () => {
    const platform = createFakePlatform(async () => new Response());
    const read = vi.spyOn(platform.page, 'cookies');
    await createAuthRequest(platform, names)('/auth/refresh', { name: 'refresh', keepalive: true });
    expect(read).not.toHaveBeenCalled();
  });

  it.each([
    {
      name: 'its page’s own origin, wherever a base element points',
      origin: 'https://app.example',
      address: 'https://cdn.test/assets/',
    },
    { name: 'where a sandboxed frame is, which has no origin', origin: 'null', address: 'https://app.example/shop/' },
  ])('goes to $name', async ({ origin, address }) => {
    const asked: unknown[] = [];
    const platform = createFakePlatform(async (input) => {
      asked.push(input);
      return new Response();
    });
    const page = { ...platform.page, origin: () => origin, address: () => address };
    await createAuthRequest({ ...platform, page }, names)('/auth/refresh', { name: 'refresh', keepalive: true });
    expect(asked).toEqual(['https://app.example/auth/refresh']);
  });

  it('leaves out each header that is switched off', async () => {
    const { init } = await asked({ key: 'k1' }, { client: false, idempotencyKey: false });
    expect(init.headers).toEqual({ Accept: 'application/json' });
  });

  it('names its headers as configured', async () => {
    const { init } = await asked({ key: 'k1' }, { client: 'X-App', idempotencyKey: 'X-Key' });
    expect(init.headers).toMatchObject({ 'X-App': '1', 'X-Key': 'k1' });
  });

  it('goes to a function in place of fetch', async () => {
    const inits: RequestInit[] = [];
    const sent = await asked({ key: 'k1' }, {}, async (init) => {
      inits.push(init);
      return new Response();
    });
    expect(sent).toBeUndefined();
    expect(inits).toMatchObject([{ method: 'POST', headers: { 'Idempotency-Key': 'k1' }, credentials: 'include' }]);
  });

  it('rejects if a function in place of fetch throws', async () => {
    const endpoint = () => {
      throw new Error('no route');
    };
    await expect(asked({}, {}, endpoint)).rejects.toThrow('no route');
  });
});
