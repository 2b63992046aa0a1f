import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAuthClient } from '../../../src/index.ts';

afterEach(() => vi.unstubAllGlobals());

const clientIn = (globals: Readonly<Record<string, unknown>>) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  return createAuthClient();
};

const calls = ['ready', 'refresh', 'getAccessToken', 'authFetch', 'signIn', 'completeSignIn'] as const;

describe.each([
  ['a worker', { importScripts: () => {} }, /this is a worker.*start the client in a page.*getAccessToken/],
  [
    'React Native',
    { window: {}, navigator: { product: 'ReactNative' } },
    /this is React Native.*browsers and web views/,
  ],
])('in %s', (_, globals, words) => {
  it('refuses to start, and says what to do (C-36)', () => {
    const client = clientIn(globals);
    expect(() => client.start()).toThrow(TypeError);
    expect(() => client.start()).toThrow(words);
  });

  it.each(calls)('rejects %s() at once, for the same reason (C-36)', async (name) => {
    const client = clientIn(globals);
    const call = client[name] as (given: unknown) => Promise<unknown>;
    await expect(call({})).rejects.toThrow(words);
    await expect(call({})).rejects.toBeInstanceOf(TypeError);
  });

  it('has signed nobody out, and does not say so (C-36)', async () => {
    await expect(clientIn(globals).signOut()).resolves.toEqual({ confirmed: false });
  });
});

describe('on a server', () => {
  it.each([
    ['Node', {}],
    [
      'a server that calls itself a worker',
      { WorkerGlobalScope: class {}, navigator: { userAgent: 'Cloudflare-Workers' } },
    ],
  ])('starts and rests: %s (C-36)', (_, globals) => {
    const client = clientIn(globals);
    expect(() => client.start()()).not.toThrow();
    expect(client.getSession()).toEqual({ status: 'loading' });
  });
});
