import { describe, expect, it } from 'vitest';
import { createAsk } from '../../../src/refresh/ask.ts';
import { askToSignIn, type Credentials, readGivenTokens, signInBody } from '../../../src/refresh/sign-in.ts';
import { createFakePlatform } from '../fake-platform.ts';

const createFixture = (answer: (init: RequestInit) => Response | Promise<Response>) => {
  const sent: RequestInit[] = [];
  const platform = createFakePlatform(async (_, init = {}) => {
    sent.push(init);
    return answer(init);
  });
  const ask = createAsk(platform, { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' });
  const signIn = (credentials: Credentials = { name: 'ann' }, readsTokens = false) =>
    askToSignIn(platform, ask, '/auth/login', signInBody(credentials), readsTokens);
  return { platform, sent, signIn };
};

const tokens = () => Response.json({ access_token: 'abc' });

describe('a sign-in', () => {
  it('sends an object as JSON, and not beyond the page', async () => {
    const { signIn, sent } = createFixture(tokens);
    await signIn({ name: 'ann', password: 'p' });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      body: '{"name":"ann","password":"p"}',
      keepalive: false,
      credentials: 'include',
    });
    expect(sent[0]?.headers).toMatchObject({ 'Content-Type': 'application/json', 'X-Auth-Client': '1' });
  });

  it.each([
    ['FormData', FormData],
    ['URLSearchParams', URLSearchParams],
  ])('sends %s as such, and as they were when it was called', async (_, Form) => {
    const { signIn, sent } = createFixture(tokens);
    const credentials = new Form();
    for (const role of ['reader', 'writer']) credentials.append('role', role);
    credentials.set('password', 'p & q');
    const given = [...credentials];
    const signedIn = signIn(credentials);
    credentials.delete('password');
    await signedIn;
    const [{ body, headers } = {}] = sent;
    expect(body).toBeInstanceOf(Form);
    expect([...(body as typeof credentials)]).toEqual(given);
    expect(headers).not.toHaveProperty('Content-Type');
  });

  it('sends a file of FormData whole, under its name', () => {
    const credentials = new FormData();
    credentials.set('key', new File(['of ann'], 'key.pem', { type: 'text/plain' }));
    const { body } = signInBody(credentials);
    expect((body as FormData).get('key')).toEqual(credentials.get('key'));
    expect((body as FormData).get('key')).toHaveProperty('name', 'key.pem');
  });

  it.each([undefined, null, 'ann', 7])('with %j is refused by a TypeError that names it', (credentials) => {
    expect(() => signInBody(credentials as never)).toThrow(TypeError);
    expect(() => signInBody(credentials as never)).toThrow('`signIn` takes');
  });

  it('gives the answer, and when it was asked for', async () => {
    const { signIn, platform } = createFixture(tokens);
    const obtainedAt = platform.clock.now();
    await expect(signIn()).resolves.toEqual({ body: { access_token: 'abc' }, obtainedAt });
  });

  it.each([
    [400, { error: 'invalid_request' }],
    [401, { error: 'invalid_grant' }],
    [403, { error: 'mfa_required' }],
    [404, {}],
    [409, {}],
    [422, { fields: { name: 'too short' } }],
    [429, {}],
  ])('that is answered %i is rejected, with the answer unread', async (status, body) => {
    const { signIn } = createFixture(() => Response.json(body, { status }));
    const error = await signIn().catch((fault: unknown) => fault as { response: Response });
    expect(error).toMatchObject({ code: 'sign_in_rejected', status, error: (body as { error?: string }).error });
    expect(error).toHaveProperty('retryAt', undefined);
    await expect((error as { response: Response }).response.json()).resolves.toEqual(body);
  });

  it('that is answered 429 says when to try again', async () => {
    const { signIn, platform } = createFixture(
      () => new Response(null, { status: 429, headers: { 'retry-after': '30' } }),
    );
    await expect(signIn()).rejects.toMatchObject({ retryAt: platform.clock.now().wallAt + 30_000 });
  });

  it.each([408, 419, 425, 500, 502, 503, 504])(
    'that is answered %i says nothing about the credentials',
    async (status) => {
      const { signIn } = createFixture(() => new Response(null, { status }));
      await expect(signIn()).rejects.toMatchObject({ code: 'sign_in_unavailable' });
    },
  );

  it('that gets no answer is unavailable, with the cause', async () => {
    const cause = new TypeError('Failed to fetch');
    const { signIn } = createFixture(() => Promise.reject(cause));
    await expect(signIn()).rejects.toMatchObject({ code: 'sign_in_unavailable', cause });
  });

  it('whose answer breaks off is unavailable', async () => {
    const { signIn } = createFixture(
      () => new Response(new ReadableStream({ start: (c) => c.error(new TypeError('broken')) })),
    );
    await expect(signIn()).rejects.toMatchObject({ code: 'sign_in_unavailable' });
  });

  it('that is answered well but without a token asks for something more', async () => {
    const { signIn } = createFixture(() => Response.json({ mfa: 'totp' }));
    const error = await signIn().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 200 });
    await expect((error as { response: Response }).response.json()).resolves.toEqual({ mfa: 'totp' });
  });

  it('leaves it to readTokens where that is given', async () => {
    const { signIn } = createFixture(() => Response.json({ auth: { at: 'abc' } }));
    await expect(signIn({}, true)).resolves.toMatchObject({ body: { auth: { at: 'abc' } } });
  });

  it('is given up after a minute', async () => {
    const { signIn, platform } = createFixture(
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const waiting = expect(signIn()).rejects.toMatchObject({ code: 'sign_in_unavailable' });
    await platform.advance(60_000);
    await waiting;
  });

  it.each([
    ['well', tokens],
    ['with a no', () => new Response(null, { status: 401 })],
    ['not at all', () => Promise.reject(new TypeError('offline'))],
  ])('that is answered %s leaves no timer behind', async (_, answer) => {
    const { signIn, platform } = createFixture(answer);
    await signIn().catch(() => {});
    expect(platform.timers()).toBe(0);
  });
});

describe('tokens got elsewhere', () => {
  it.each([{ access_token: 'abc' }, 'abc', undefined])('are taken as they are: %j', async (given) => {
    await expect(readGivenTokens(given, 0)).resolves.toBe(given);
  });

  it('are read from a response', async () => {
    await expect(readGivenTokens(tokens(), 0)).resolves.toEqual({ access_token: 'abc' });
  });

  it('are left to readTokens in a response of a form of its own', async () => {
    const body = { auth: { at: 'abc' } };
    await expect(readGivenTokens(Response.json(body), 0)).resolves.toEqual(body);
  });

  it('are refused in a response that says no, which stays unread', async () => {
    const given = Response.json({ error: 'invalid_grant' }, { status: 400 });
    const error = await readGivenTokens(given, 0).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 400, error: 'invalid_grant' });
    await expect((error as { response: Response }).response.json()).resolves.toEqual({ error: 'invalid_grant' });
  });

  it('are refused in a response that was read already', async () => {
    const given = tokens();
    await given.text();
    const rejected = readGivenTokens(given, 0);
    await expect(rejected).rejects.toMatchObject({ code: 'token_response' });
    await expect(rejected).rejects.toThrow('its body cannot be read');
  });
});
