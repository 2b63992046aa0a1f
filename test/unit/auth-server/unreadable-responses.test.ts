import { describe, expect, it } from 'vitest';
import { createAuthRequest } from '../../../src/auth-server/auth-request.ts';
import { readObtainedTokens, sendSignIn, signInBody } from '../../../src/auth-server/sign-in.ts';
import { sendSignOut } from '../../../src/auth-server/sign-out.ts';
import { createFakePlatform } from '../fake-platform.ts';

const createFixture = (response: Response) => {
  const platform = createFakePlatform(async () => response);
  const sendAuthRequest = createAuthRequest(platform, { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' });
  return {
    signIn: () => sendSignIn(platform, sendAuthRequest, '/auth/login', signInBody({ name: 'ann' }), undefined),
    signOut: () =>
      sendSignOut(
        sendAuthRequest,
        '/auth/logout',
        (request) => request(),
        's1',
        () => true,
      ),
  };
};

const opaque = () => Object.defineProperty(Response.error(), 'type', { value: 'opaque' });

describe('a response that script may not read', () => {
  it.each([
    ['opaque', opaque],
    ['of a network error', () => Response.error()],
  ])('has judged no credentials: %s', async (_, response) => {
    const unavailable = { code: 'sign_in_unavailable', status: undefined };
    await expect(createFixture(response()).signIn()).rejects.toMatchObject(unavailable);
    await expect(readObtainedTokens(response(), 0, undefined)).rejects.toMatchObject(unavailable);
    await expect(readObtainedTokens(response(), 0, undefined)).rejects.toThrow("`mode: 'no-cors'`");
  });
});

describe('a response whose body cannot be let go of', () => {
  it.each([
    ['that never ends', () => new Promise<void>(() => {})],
    ['with an error', () => Promise.reject(new TypeError('busy'))],
  ])('confirms a sign-out all the same: %s', async (_, cancel) => {
    const response = Object.defineProperty(new Response(null, { status: 204 }), 'body', {
      value: new ReadableStream({ cancel }),
    });
    await expect(createFixture(response).signOut()).resolves.toEqual({ is: 'confirmed' });
  });
});

describe('a form of another frame', () => {
  it.each([FormData, URLSearchParams])('is sent as the form that it is: %o', (Form) => {
    const form = new Form();
    form.append('name', 'ann');
    // It is no instance of this frame's class.
    const foreign = Object.setPrototypeOf(
      { [Symbol.iterator]: () => form[Symbol.iterator]() },
      {
        [Symbol.toStringTag]: Form.name,
      },
    ) as typeof form;
    const body = signInBody(foreign);
    expect(body).toBeInstanceOf(Form);
    expect([...(body as typeof form)]).toEqual([['name', 'ann']]);
  });
});
