import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AuthClient } from '../../../src/client/auth-client.ts';
import type { SignInRejectedError } from '../../../src/client/errors.ts';
import { networkError, never, status } from './fake-server.ts';
import { type Claims, createWorld, credentials, outcome, signedInWorld, signedOutWorld } from './world.ts';

const failures = [
  ['a wrong password', status(401, { error: 'invalid_credentials' }), { name: 'SignInRejectedError', status: 401 }],
  ['fields that are wrong', status(422, { fields: { user: 'unknown' } }), { name: 'SignInRejectedError', status: 422 }],
  ['TOK-8 too many attempts', status(429, {}, { 'Retry-After': '30' }), { name: 'SignInRejectedError', status: 429 }],
  ['a second factor that is wanted', status(200, { mfa: 'totp' }), { name: 'SignInRejectedError', status: 200 }],
  [
    'the ticket to a second factor (C-31)',
    status(200, { mfa_required: true, token: 'ticket' }),
    { name: 'SignInRejectedError', status: 200 },
  ],
  ['a forbidden one', status(403, { error: 'locked' }), { name: 'SignInRejectedError', status: 403 }],
  ['a firewall', status(403, '<html>no</html>'), { name: 'SignInUnavailableError', status: 403 }],
  ['a server that is down', status(503, {}, { 'Retry-After': '7' }), { name: 'SignInUnavailableError' }],
  ['a server that is broken', status(500), { name: 'SignInUnavailableError' }],
  ['no network', networkError, { name: 'SignInUnavailableError' }],
  ['TOK-12 a page of HTML', status(200, '<html>wifi</html>'), { name: 'SignInUnavailableError', status: 200 }],
  ['an answer that is empty', () => new Response(null, { status: 204 }), { name: 'TokenResponseError' }],
  [
    'TOK-3 a token of another type',
    status(200, { access_token: 'x', token_type: 'mac' }),
    { name: 'TokenResponseError' },
  ],
] as const;

describe('a sign-in that fails', () => {
  it.each(failures)('is its typed error: %s', async (_, answer, expected) => {
    const { client, server } = await signedOutWorld();
    server.next('/auth/login', answer);
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject(expected);
  });

  it.each(failures)('TOK-5 changes nothing for who is signed in: %s', async (_, answer) => {
    const { client, server, sessions, events, left, platform } = await signedInWorld('ann');
    const before = [client.getSession(), [...platform.stored]];
    server.next('/auth/login', answer);
    await outcome(client.signIn(credentials('bob')));
    expect([client.getSession(), [...platform.stored]]).toEqual(before);
    expect(client.getSession()).toBe(before[0]);
    expect([sessions, events, left]).toEqual([[], [], []]);
    expect(server.ownerOf(await client.getAccessToken())).toBe('ann');
  });

  it('carries the answer unread, and out of sight of logs', async () => {
    const { client, server } = await signedOutWorld();
    server.next('/auth/login', status(422, { fields: { user: 'unknown' } }));
    const error = await client.signIn(credentials('ann')).catch((thrown) => thrown);
    expect(Object.keys(error)).not.toContain('response');
    expect(JSON.stringify(error)).not.toContain('unknown');
    expect(error.response.bodyUsed).toBe(false);
    expect(await error.response.json()).toEqual({ fields: { user: 'unknown' } });
  });

  it('TOK-8 says when to try again, as seconds or as a date', async () => {
    const { client, platform, server } = await signedOutWorld();
    const now = platform.clock.now().wallAt;
    const date = new Date(now + 60_000).toUTCString();
    server.next('/auth/login', status(429, {}, { 'Retry-After': '30' }), status(503, {}, { 'Retry-After': date }));
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject({ retryAt: now + 30_000 });
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject({ retryAt: Date.parse(date) });
  });

  it('names the error of the answer and keeps the cause of the network’s', async () => {
    const { client, server } = await signedOutWorld();
    server.next('/auth/login', status(401, { error: 'locked' }), networkError);
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject({ error: 'locked' });
    await expect(client.signIn(credentials('ann'))).rejects.toMatchObject({ cause: expect.any(TypeError) });
  });

  it('TIM-8 settles even if an endpoint function never answers and ignores the signal', async () => {
    const signIn = () => new Promise<Response>(() => {});
    const { client, platform } = await signedOutWorld({ client: { endpoints: { signIn } } });
    const signedIn = outcome(client.signIn(credentials('ann')));
    await platform.advance(60_000);
    expect(await signedIn).toBe('SignInUnavailableError');
  });

  it('TIM-8 settles though the server never answers', async () => {
    const { client, platform, server } = await signedOutWorld();
    server.next('/auth/login', never);
    const signIn = outcome(client.signIn(credentials('ann')));
    await platform.advance(60_000);
    expect(await signIn).toBe('SignInUnavailableError');
    expect(platform.timers()).toBe(0);
  });

  it('is a TypeError for what are no credentials', async () => {
    const { client, server } = await signedOutWorld();
    for (const wrong of [undefined, null, 'ann', 7]) {
      expect(await outcome(client.signIn(wrong as never))).toBe('TypeError');
    }
    expect(server.log).toHaveLength(0);
  });
});

describe('a sign-in', () => {
  it('twice at once is sent one after the other: the later one counts', async () => {
    const { client, platform, server } = await signedInWorld('eve');
    server.next('/auth/login', server.late(1000));
    const first = client.signIn(credentials('ann'));
    const second = client.signIn(credentials('bob'));
    await platform.advance(5000);
    await Promise.all([first, second]);
    expect(server.peak('/auth/login')).toBe(1);
    expect([client.getSession().claims?.sub, server.session?.user]).toEqual(['bob', 'bob']);
  });

  it('gives the new session, and calls go out with its token', async () => {
    const { client, server, events } = await signedOutWorld();
    const session = await client.signIn(credentials('ann'));
    expect(session).toBe(client.getSession());
    expect(session).toMatchObject({ status: 'authenticated', claims: { sub: 'ann' } });
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(events).toEqual([{ type: 'signed-in', lifetimeMs: 300_000 }]);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('sends an object as JSON, and forms as they are', async () => {
    const { client, server } = await signedOutWorld();
    server.always('/auth/login', () => server.tokensFor('ann'));
    const form = new FormData();
    form.set('user', 'ann');
    await client.signIn({ user: 'ann' });
    await client.signIn(new URLSearchParams({ user: 'ann' }));
    await client.signIn(form);
    const [json, encoded, multipart] = server.asked('/auth/login').map(({ request }) => request);
    expect([json?.headers.get('content-type'), await json?.text()]).toEqual(['application/json', '{"user":"ann"}']);
    expect(encoded?.headers.get('content-type')).toMatch('application/x-www-form-urlencoded');
    expect((await multipart?.formData())?.get('user')).toBe('ann');
  });

  it('sends what a form said when it was called, whatever becomes of the form while it waits', async () => {
    const { client, platform, server } = createWorld();
    server.always('/auth/login', () => server.tokensFor('ann'));
    const params = new URLSearchParams({ user: 'ann', password: 'p' });
    const signIn = client.signIn(params);
    params.delete('password');
    client.start();
    await platform.advance(1000);
    await signIn;
    expect(await server.asked('/auth/login')[0]?.request.text()).toBe('user=ann&password=p');
  });

  it('ends `relogin-required`, and calls of before work again', async () => {
    const { client, server } = await signedInWorld('ann');
    server.end('revoked');
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
    await client.signIn(credentials('ann'));
    expect(await outcome(client.authFetch('/api'))).toBe(200);
  });

  it('waits for the start', async () => {
    const { client, platform, server } = createWorld();
    const signIn = client.signIn(credentials('ann'));
    await platform.advance(100);
    expect(server.log).toHaveLength(0);
    client.start();
    await platform.advance(1000);
    expect(await signIn).toMatchObject({ status: 'authenticated' });
  });

  it('waits for a refresh under way, whose late response could set the cookie back', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    server.next('/auth/refresh', server.late(1000));
    const refreshed = outcome(client.refresh());
    await platform.advance(0);
    const signIn = client.signIn(credentials('ann'));
    await platform.advance(900);
    expect(server.count('/auth/login')).toBe(0);
    await platform.advance(200);
    expect(server.count('/auth/login')).toBe(1);
    await Promise.all([signIn, refreshed]);
  });
});

describe('completeSignIn', () => {
  it('takes a Response', async () => {
    const { client, server } = await signedOutWorld();
    expect(await client.completeSignIn(server.tokensFor('ann'))).toMatchObject({ claims: { sub: 'ann' } });
    expect(server.ownerOf(await client.getAccessToken())).toBe('ann');
  });

  it.each([
    ['RFC 6749', (token: string) => ({ access_token: token, expires_in: 60 })],
    ['camelCase', (token: string) => ({ accessToken: token, expiresIn: '60' })],
    ['wrapped', (token: string) => ({ data: { token } })],
    ['short', (token: string) => ({ access: token })],
  ])('takes a body: %s', async (_, form) => {
    const { client, server } = await signedOutWorld();
    const { access_token: token } = (await server.tokensFor('ann').json()) as { access_token: string };
    await client.completeSignIn(form(token));
    expect(await client.getAccessToken()).toBe(token);
  });

  it('keeps a refresh token nowhere', async () => {
    const { client, server, leaks } = await signedOutWorld();
    for (const name of ['refresh_token', 'refreshToken', 'refresh', 'id_token']) server.secrets.add(`${name}-value`);
    const tokens = { access_token: 'opaque-1', refresh_token: 'refresh_token-value', id_token: 'id_token-value' };
    await client.completeSignIn({ ...tokens, data: { refreshToken: 'refreshToken-value' }, refresh: 'refresh-value' });
    expect(leaks()).toEqual([]);
  });

  it.each([
    ['nothing', undefined, 'TokenResponseError'],
    ['no token', { user: 'ann' }, 'TokenResponseError'],
    ['an answer without a token (C-32)', Response.json({ mfa: 'totp' }), 'SignInRejectedError'],
    ['the ticket to a second factor (C-31)', Response.json({ otp_required: true, token: 't' }), 'SignInRejectedError'],
    ['the same as a body (C-31)', { otp_required: true, token: 't' }, 'TokenResponseError'],
    ['a refusal', Response.json({ error: 'access_denied' }, { status: 400 }), 'SignInRejectedError'],
    ['a page', new Response('<html>'), 'SignInUnavailableError'],
  ])('changes nothing where it is given %s', async (_, given, expected) => {
    const { client, sessions } = await signedInWorld('ann');
    expect(await outcome(client.completeSignIn(given))).toBe(expected);
    expect(sessions).toEqual([]);
  });
});

describe('a page in which a library has replaced `Response`', () => {
  it('can sign in with a response of the browser', async () => {
    const { client, server } = await signedOutWorld();
    const response = server.tokensFor('ann');
    vi.stubGlobal('Response', class extends Response {});
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(await client.completeSignIn(response)).toMatchObject({ claims: { sub: 'ann' } });
  });
});

describe('a sign-in that is read by `readTokens`', () => {
  const readTokens = (body: unknown) => ({ accessToken: (body as { auth: { at: string } }).auth.at });

  it.each<[string, (client: AuthClient<Claims>) => Promise<unknown>]>([
    ['signIn', (client) => client.signIn({})],
    ['completeSignIn', (client) => client.completeSignIn(Response.json({ mfa: 'totp' }))],
  ])('wants more where that finds no token: %s (C-32)', async (_, signIn) => {
    const { client, server } = await signedOutWorld({ client: { readTokens } });
    server.next('/auth/login', status(200, { mfa: 'totp' }));
    const error = await signIn(client).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'sign_in_rejected', status: 200 });
    expect(await (error as SignInRejectedError).response.json()).toEqual({ mfa: 'totp' });
  });

  it('has its token where that finds one', async () => {
    const { client, server } = await signedOutWorld({ client: { readTokens } });
    server.next('/auth/login', status(200, { auth: { at: 'abc' }, mfa_required: true }));
    await client.signIn({});
    expect(await client.getAccessToken()).toBe('abc');
  });
});

describe('credentials', () => {
  it('are sent as they were when signIn was called', async () => {
    const { client, platform } = await signedOutWorld();
    const given = { ...credentials('ann') } as Record<string, string>;
    const signIn = client.signIn(given);
    given.password = '';
    await platform.advance(100);
    expect(await signIn).toMatchObject({ status: 'authenticated' });
  });
});
