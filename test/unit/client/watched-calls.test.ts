import { describe, expect, it } from 'vitest';
import { signedInWorld, signedOutWorld } from './world.ts';

const foreign = 'https://other.example/items';
const refusing = (): never => {
  throw new Error('not readable');
};

describe('a call that the development build looks at', () => {
  it.each([
    ['headers that no request may have', foreign, { headers: { 'no name': 'x' } }],
    ['options that throw when they are read', foreign, Object.defineProperty({}, 'auth', { get: refusing })],
    ['an address that throws when it is read', { toString: refusing }, undefined],
    ['an address that is a symbol', Symbol('items'), undefined],
  ])('rejects and does not throw: %s', async (_, input, init) => {
    const { client } = await signedInWorld();
    let call: Promise<Response> | undefined;
    expect(() => {
      call = client.authFetch(input as never, init as never);
    }).not.toThrow();
    await expect(call).rejects.toThrow();
  });

  it('is sent with the headers of an iterator that can be read once', async () => {
    const { client, server } = await signedInWorld();
    function* headers(): Generator<[string, string]> {
      yield ['x-page', '7'];
    }
    await client.authFetch(foreign, { headers: headers() as never });
    expect(server.calls()[0]?.request.headers.get('x-page')).toBe('7');
  });
});

describe('misuse', () => {
  const kinds = {
    Map: new Map([['user', 'ann']]),
    Blob: new Blob(['ann']),
    Event: new Event('submit'),
    Promise: Promise.resolve({ user: 'ann' }),
  };

  it.each(Object.entries(kinds))('is a sign-in with a %s, which would send `{}`', async (kind, credentials) => {
    const { client, server } = await signedOutWorld();
    const signedIn = client.signIn(credentials as never);
    await expect(signedIn).rejects.toThrow(
      new TypeError(
        `\`signIn\` was given a value of the kind ${kind}. Give it an object, FormData or URLSearchParams.`,
      ),
    );
    expect(server.count('/auth/login')).toBe(0);
  });

  it('is `completeSignIn` with a promise: it says to await it', async () => {
    const { client } = await signedOutWorld();
    const given = Promise.resolve(Response.json({ access_token: 'abc' }));
    await expect(client.completeSignIn(given)).rejects.toThrow(/promise.*`await` it/);
    await expect(client.completeSignIn(given)).rejects.toThrow(TypeError);
  });
});
