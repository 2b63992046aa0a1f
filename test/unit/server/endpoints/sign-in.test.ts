import { describe, expect, it } from 'vitest';
import { createFixture, tokens } from '../fixture.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const good = JSON.stringify({ id: 'ann', password: 'right' });

describe('sign-in', () => {
  it('TOK-2 answers with the members of a token response, and no refresh token', async () => {
    const page = createFixture({ profile: ({ name }) => ({ name }) }).browser();
    const answer = await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    const body = await tokens(answer);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      sid: expect.stringMatching(/^[\w-]{22}$/),
      seq: 1,
      user: { name: 'ANN' },
    });
    expect(JSON.stringify(body)).not.toContain(page.jar.get('__Host-refresh'));
  });

  it.each([
    ['an urlencoded form', () => new URLSearchParams({ id: 'ann', password: 'right' })],
    [
      'a multipart form',
      () => {
        const form = new FormData();
        form.set('id', 'ann');
        form.set('password', 'right');
        return form;
      },
    ],
  ])('takes %s', async (_kind, body) => {
    expect((await createFixture().browser().post('/auth/login', { body: body() })).status).toBe(200);
  });

  it('gives verifyCredentials what was sent, whatever its shape', async () => {
    const given: unknown[] = [];
    const { browser } = createFixture({
      verifyCredentials(credentials) {
        given.push(credentials);
        return Response.json({}, { status: 401 });
      },
    });
    for (const body of ['null', '[1]', '{"__proto__":{"admin":true}}']) {
      await browser().post('/auth/login', { body, headers: JSON_TYPE });
    }
    expect(given.map((value) => JSON.stringify(value))).toEqual(['null', '[1]', '{"__proto__":{"admin":true}}']);
    expect((given[2] as { admin?: boolean }).admin).toBeUndefined();
  });

  it('passes the refusal of verifyCredentials on, never to be stored', async () => {
    const { browser, events } = createFixture({
      verifyCredentials: () => Response.json({ error: 'slow_down' }, { status: 429, headers: { 'Retry-After': '7' } }),
    });
    const answer = await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '7']);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(await answer.json()).toEqual({ error: 'slow_down' });
    expect(events).toEqual([expect.objectContaining({ type: 'sign-in-refused', status: 429 })]);
  });

  it('passes a refusal on that is one and the same object each time', async () => {
    const refusal = Response.json({ error: 'closed' }, { status: 403 });
    const { browser } = createFixture({ verifyCredentials: () => refusal });
    for (const _ of [1, 2, 3]) {
      const answer = await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
      expect([answer.status, await answer.json()]).toEqual([403, { error: 'closed' }]);
    }
  });

  it('CSRF-7 lets no refusal open itself to other origins', async () => {
    const headers = {
      'Access-Control-Allow-Origin': '*',
      'access-control-allow-credentials': 'true',
      'X-Reason': 'mfa',
    };
    const { browser } = createFixture({ verifyCredentials: () => new Response('no', { status: 401, headers }) });
    const answer = await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect([answer.headers.get('X-Reason'), await answer.text()]).toEqual(['mfa', 'no']);
  });

  it('waits for a profile and claims that are promises', async () => {
    const { authority, browser } = createFixture({
      profile: async ({ name }) => ({ name }),
      claims: async ({ name }) => ({ nick: name }),
    });
    const { access_token, user } = await browser().signIn();
    expect(user).toEqual({ name: 'ANN' });
    await expect(authority.verify(access_token)).resolves.toMatchObject({ nick: 'ANN' });
  });

  it.each([
    ['a body over 64 KiB', { body: `"${'x'.repeat(64 * 1024)}"`, headers: JSON_TYPE }, 413],
    ['plain text', { body: good, headers: { 'Content-Type': 'text/plain' } }, 415],
    ['no type', { headers: {} }, 415],
    ['broken JSON', { body: '{', headers: JSON_TYPE }, 400],
    ['an empty body', { body: '', headers: JSON_TYPE }, 400],
    ['a broken form', { body: 'x', headers: { 'Content-Type': 'multipart/form-data' } }, 400],
  ])('refuses %s', async (_what, init, status) => {
    expect((await createFixture().browser().post('/auth/login', init)).status).toBe(status);
  });

  it('RT-17 starts a new session each time and ends the one before', async () => {
    const { authority, browser, events } = createFixture();
    const page = browser();
    const first = await page.signIn('ann');
    const old = page.copy();
    const second = await page.signIn('bob');
    expect(second.sid).not.toBe(first.sid);
    expect(await (await old.refresh()).json()).toMatchObject({ reason: 'revoked' });
    await expect(authority.verify(first.access_token)).rejects.toThrow();
    expect(events).toContainEqual(expect.objectContaining({ type: 'revoked', sid: first.sid, by: 'sign-in' }));
  });

  it('RT-17 keeps the session before when the credentials are wrong', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const body = JSON.stringify({ id: 'bob', password: 'wrong' });
    expect((await page.post('/auth/login', { body, headers: JSON_TYPE })).status).toBe(401);
    expect((await page.refresh()).status).toBe(200);
  });

  it('LOG-3 answers a callback that throws with a plain 500', async () => {
    const { browser, events } = createFixture({
      verifyCredentials() {
        throw new Error('db password is hunter2');
      },
    });
    const answer = await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
    expect([answer.status, await answer.text()]).toEqual([500, '{"error":"server_error"}']);
    expect(events).toEqual([expect.objectContaining({ type: 'failed', endpoint: 'sign-in' })]);
  });

  it.each([
    ['something that is no user', { verifyCredentials: () => true as never }],
    ['an empty user id', { userId: () => '' }],
    ['a user id beyond the safe integers', { userId: () => 2 ** 53 }],
    ['a user id that is a fraction', { userId: () => 1.5 }],
    ['claims that are promised and fail', { claims: () => Promise.reject(new TypeError('no claims')) }],
    ['claims as text', { claims: () => 'admin' as never }],
    ['claims as a list', { claims: () => ['admin'] }],
    ['a reserved claim', { claims: () => ({ sid: 'mine' }) }],
    ['claims of 8 KiB', { claims: () => ({ big: 'x'.repeat(8192) }) }],
    ['a lifetime of half a second', { accessTokenLifetimeMs: () => 500 }],
  ])('signs nobody in when the callbacks give %s', async (_what, options) => {
    const { browser, events } = createFixture(options);
    const answer = await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([500, null]);
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error: expect.any(TypeError) })]);
  });

  it.each([null, undefined, false as const])(
    'answers %s from verifyCredentials with 401 invalid_credentials (S-11)',
    async (nobody) => {
      for (const verifyCredentials of [() => nobody, async () => nobody]) {
        const { browser, events } = createFixture({ verifyCredentials });
        const page = browser();
        const answer = await page.post('/auth/login', { body: good, headers: JSON_TYPE });
        expect([answer.status, await answer.json()]).toEqual([401, { error: 'invalid_credentials' }]);
        expect(answer.headers.get('Cache-Control')).toBe('no-store');
        expect([...page.jar]).toEqual([]);
        expect(events).toEqual([{ type: 'sign-in-refused', at: expect.any(Number), status: 401 }]);
      }
    },
  );

  it('keeps the session before where verifyCredentials finds nobody (S-11)', async () => {
    let isKnown = true;
    const page = createFixture({ verifyCredentials: () => isKnown && { id: 'ann', name: 'Ann' } }).browser();
    await page.signIn();
    isKnown = false;
    expect((await page.post('/auth/login', { body: good, headers: JSON_TYPE })).status).toBe(401);
    expect((await page.refresh()).status).toBe(200);
  });

  it.each([
    [7, '7'],
    [0, '0'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['7', '7'],
  ])('takes the user id %j as the text %j (S-11)', async (id, text) => {
    const asked: string[] = [];
    const { authority, browser, events } = createFixture({
      userId: () => id,
      loadUser(userId) {
        asked.push(userId);
        return { id: 'ann', name: 'Ann' };
      },
    });
    const page = browser();
    const { access_token } = await page.signIn();
    await expect(authority.verify(access_token)).resolves.toMatchObject({ sub: text });
    expect((await page.refresh()).status).toBe(200);
    expect(asked).toEqual([text]);
    await authority.endUserSessions(id);
    expect((await page.refresh()).status).toBe(401);
    expect(events.every((event) => !('userId' in event) || event.userId === text)).toBe(true);
  });

  it('says what a user id must be, without quoting the one it got (S-11)', async () => {
    const { authority, browser, events } = createFixture({ userId: () => ['the-id'] as never });
    await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
    const message = 'A user id must be text that is not empty, or a safe integer; found a list.';
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error: expect.objectContaining({ message }) })]);
    await expect(authority.endUserSessions(undefined as never)).rejects.toThrow(TypeError);
  });

  it.each(['a\0', '\ud800', 'a\udc00b'])(
    'refuses the user id %j, which a database may take for another',
    async (id) => {
      const { authority, browser, events } = createFixture({ userId: () => id });
      const answer = await browser().post('/auth/login', { body: good, headers: JSON_TYPE });
      expect([answer.status, events[0]?.type]).toEqual([500, 'failed']);
      await expect(authority.listSessions(id)).rejects.toThrow('found text with a NUL or a lone surrogate in it.');
    },
  );

  it('asks a lifetime that is a function for each token', async () => {
    let lifetimeMs = 2_000;
    const page = createFixture({ accessTokenLifetimeMs: () => lifetimeMs }).browser();
    expect((await page.signIn()).expires_in).toBe(2);
    lifetimeMs = 7_000;
    expect((await tokens(await page.refresh())).expires_in).toBe(7);
  });
});
