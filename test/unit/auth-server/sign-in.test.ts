import { describe, expect, it, vi } from 'vitest';
import { createAuthRequest } from '../../../src/auth-server/auth-request.ts';
import type { Endpoint } from '../../../src/auth-server/endpoint.ts';
import { type Credentials, readObtainedTokens, sendSignIn, signInBody } from '../../../src/auth-server/sign-in.ts';
import type { ReadTokens } from '../../../src/auth-server/tokens/find-tokens.ts';
import { createFakePlatform } from '../fake-platform.ts';

const createFixture = (answer: (init: RequestInit) => Response | Promise<Response>) => {
  const sent: RequestInit[] = [];
  const platform = createFakePlatform(async (_, init = {}) => {
    sent.push(init);
    return answer(init);
  });
  const sendAuthRequest = createAuthRequest(platform, { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' });
  const signInBy = (endpoint: Endpoint, credentials: Credentials = {}, readTokens?: ReadTokens) =>
    sendSignIn(platform, sendAuthRequest, endpoint, signInBody(credentials), readTokens);
  const signIn = (credentials: Credentials = { name: 'ann' }, readTokens?: ReadTokens) =>
    signInBy('/auth/login', credentials, readTokens);
  return { platform, sent, signIn, signInBy };
};

const tokens = () => Response.json({ access_token: 'abc' });

/** Throws where there is no `auth`. */
const readAuth: ReadTokens = (body) => ({ accessToken: (body as { auth: { at: string } }).auth.at });

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
    const body = signInBody(credentials);
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
    await expect(signIn()).resolves.toMatchObject({ tokens: { accessToken: 'abc' }, obtainedAt });
  });

  it.each([
    [400, { error: 'invalid_request' }],
    [401, { error: 'invalid_grant' }],
    [403, { error: 'mfa_required' }],
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

  it.each<{ from: string; status: number; body?: string; headers?: Record<string, string>; says: string }>([
    { from: 'a firewall', status: 403, body: '<html>Blocked</html>', says: 'answered 403 with a page of HTML' },
    { from: 'a single-page app', status: 200, body: '<!doctype html>', says: 'is `endpoints.signIn` right?' },
    { from: 'a proxy', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, says: 'a proxy answered 401' },
    { from: 'a proxy', status: 401, headers: { 'www-authenticate': 'Negotiate' }, says: 'a proxy answered 401' },
    {
      from: 'a wrong address',
      status: 404,
      body: '{"error":"no"}',
      says: 'answered 404: is `endpoints.signIn` right?',
    },
    { from: 'a wrong address', status: 405, says: 'answered 405: is `endpoints.signIn` right?' },
    { from: 'a server that limits requests', status: 413, says: 'too large' },
    { from: 'a server that limits headers', status: 431, says: 'its cookies are too large' },
  ])('that $from answers with $status is unavailable, and says why (C-33)', async ({ status, body, headers, says }) => {
    const { signIn } = createFixture(() => new Response(body, { status, headers: headers ?? {} }));
    const error = await signIn().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_unavailable', status });
    expect((error as Error).message).toContain(says);
  });

  it('that is answered with JSON labelled as HTML is judged by the JSON (C-33)', async () => {
    const { signIn } = createFixture(
      () => new Response('{"error":"invalid_grant"}', { status: 401, headers: { 'content-type': 'text/html' } }),
    );
    await expect(signIn()).rejects.toMatchObject({ code: 'sign_in_rejected', error: 'invalid_grant' });
  });

  it('that is answered with a redirect is unavailable, and not followed (C-24)', async () => {
    const redirect = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
    const { signIn, sent } = createFixture(() => redirect);
    const error = await signIn().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_unavailable', status: undefined });
    expect((error as Error).message).toContain('answered with a redirect, which is not followed');
    expect(sent[0]?.redirect).toBe('manual');
  });

  it('by a function that gives no response is unavailable, says so, and is reported (C-34)', async () => {
    const { signInBy, platform } = createFixture(tokens);
    const error = await signInBy((async () => ({ access_token: 'x' })) as never).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_unavailable' });
    expect((error as Error).message).toContain('`endpoints.signIn` must resolve with the Response');
    expect(platform.reported).toHaveLength(1);
  });

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

  it('leaves it to readTokens if that is given', async () => {
    const { signIn } = createFixture(() => Response.json({ auth: { at: 'abc' } }));
    await expect(signIn({}, readAuth)).resolves.toMatchObject({ tokens: { accessToken: 'abc' } });
  });

  it('that is answered with the ticket to a second factor asks for that, with the answer unread (C-31)', async () => {
    const body = { mfa_required: true, token: 'ticket' };
    const { signIn } = createFixture(() => Response.json(body));
    const error = await signIn().catch((fault: unknown) => fault as { response: Response });
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 200 });
    expect(error).toHaveProperty('message', expect.stringMatching(/HTTP 200.*`mfa_required`/));
    await expect((error as { response: Response }).response.json()).resolves.toEqual(body);
  });

  it.each<[string, ReadTokens | undefined, RegExp]>([
    ['in the known places', undefined, /HTTP 200.*`access_token`.*`readTokens`/],
    ['by readTokens, which finds none', () => ({ accessToken: '' }), /HTTP 200.*`readTokens` found no/],
    ['by readTokens, which throws', (body) => readAuth(body), /HTTP 200.*`readTokens` threw/],
  ])('whose token was looked for %s says so, with the answer unread (C-32)', async (_, readTokens, message) => {
    const { signIn } = createFixture(() => Response.json({ mfa: 'totp' }));
    const error = await signIn({}, readTokens).catch((fault: unknown) => fault as { response: Response });
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 200 });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    await expect((error as { response: Response }).response.json()).resolves.toEqual({ mfa: 'totp' });
  });

  it('keeps what readTokens threw (C-32)', async () => {
    const { signIn } = createFixture(() => Response.json({ mfa: 'totp' }));
    await expect(signIn({}, readAuth)).rejects.toMatchObject({ cause: expect.any(TypeError) });
  });

  it.each([
    ['without a body', () => new Response(null, { status: 204 })],
    ['with a text', () => new Response('welcome')],
  ])('that is answered %s is a bug to report, and says where a token belongs (C-32)', async (_, answer) => {
    const { signIn } = createFixture(answer);
    await expect(signIn()).rejects.toMatchObject({
      code: 'token_response',
      message: expect.stringMatching('readTokens'),
    });
  });

  it.each<[string, () => Response, boolean]>([
    ['well', tokens, false],
    ['with a bug', () => new Response('welcome'), false],
    ['by a server that is down', () => new Response('sorry', { status: 503 }), false],
    ['with a no', () => Response.json({}, { status: 401 }), true],
    ['without a token', () => Response.json({}), true],
  ])('that is answered %s keeps of the answer what its error shows, and no more (C-45)', async (_, answer, isKept) => {
    const response = answer();
    const clone = vi.spyOn(response, 'clone');
    await createFixture(() => response)
      .signIn()
      .catch(() => {});
    const unread = clone.mock.results[0]?.value as Response;
    expect(unread.bodyUsed).toBe(!isKept);
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

describe('tokens obtained elsewhere', () => {
  it('are taken as they are', async () => {
    await expect(readObtainedTokens({ access_token: 'abc' }, 0, undefined)).resolves.toMatchObject({
      accessToken: 'abc',
    });
  });

  it.each(['abc', undefined, {}])('are refused if there are none: %j', async (given) => {
    const rejected = readObtainedTokens(given, 0, undefined);
    await expect(rejected).rejects.toMatchObject({
      code: 'token_response',
      message: expect.stringMatching('readTokens'),
    });
  });

  it('are read from a response', async () => {
    await expect(readObtainedTokens(tokens(), 0, undefined)).resolves.toMatchObject({ accessToken: 'abc' });
  });

  it('are left to readTokens in a response of a form of its own', async () => {
    const given = Response.json({ auth: { at: 'abc' } });
    await expect(readObtainedTokens(given, 0, readAuth)).resolves.toMatchObject({ accessToken: 'abc' });
  });

  it.each([
    ['in the known places', undefined],
    ['by readTokens', readAuth],
  ])('are asked for in a response that has none, looked for %s, which stays unread (C-32)', async (_, readTokens) => {
    const given = Response.json({ mfa: 'totp' });
    const error = await readObtainedTokens(given, 0, readTokens).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 200 });
    await expect((error as { response: Response }).response.json()).resolves.toEqual({ mfa: 'totp' });
  });

  it('are refused in a response that says no, which stays unread', async () => {
    const given = Response.json({ error: 'invalid_grant' }, { status: 400 });
    const error = await readObtainedTokens(given, 0, undefined).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 400, error: 'invalid_grant' });
    await expect((error as { response: Response }).response.json()).resolves.toEqual({ error: 'invalid_grant' });
  });

  it('are not looked for in a page of HTML (C-33)', async () => {
    const given = new Response('<html></html>', { status: 403 });
    await expect(readObtainedTokens(given, 0, undefined)).rejects.toMatchObject({
      code: 'sign_in_unavailable',
      status: 403,
    });
  });

  it('are refused in a response that was read already', async () => {
    const given = tokens();
    await given.text();
    const rejected = readObtainedTokens(given, 0, undefined);
    await expect(rejected).rejects.toMatchObject({ code: 'token_response' });
    await expect(rejected).rejects.toThrow('its body cannot be read');
  });
});
