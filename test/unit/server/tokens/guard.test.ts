import { describe, expect, it } from 'vitest';
import { createMemoryStore, type SessionStore } from '../../../../src/server/index.ts';
import { apiCall, createFixture, MINUTE, ORIGIN } from '../fixture.ts';

function withAuthorization(value: string): Request {
  return new Request(`${ORIGIN}/api`, { headers: { Authorization: value } });
}

async function refusal(result: Promise<unknown>): Promise<Response> {
  const answer = await result;
  if (!(answer instanceof Response)) throw new Error('the guard let the request in');
  return answer;
}

describe('guard', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('gives the claims for the scheme spelt %s', async (scheme) => {
    const { authority, browser } = createFixture();
    const { access_token, sid } = await browser().signIn();
    expect(await authority.guard(withAuthorization(`${scheme} ${access_token}`))).toMatchObject({ sub: 'ann', sid });
  });

  it.each([
    ['no header', new Request(`${ORIGIN}/api`)],
    ['another scheme', withAuthorization('Basic abc')],
    ['a scheme that begins like ours', withAuthorization('Bearerish abc')],
  ])('BB-4 asks for a token without naming an error when there is %s', async (_what, request) => {
    const answer = await refusal(createFixture().authority.guard(request));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="api"');
  });

  it.each(['Bearer', 'Bearer a b', 'Bearer a, Bearer b'])('BB-4 calls "%s" malformed', async (value) => {
    const answer = await refusal(createFixture().authority.guard(withAuthorization(value)));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="api", error="invalid_request"');
  });

  it('TOK-11 refuses a token in the URL, even beside a good one in the header', async () => {
    const { authority, browser } = createFixture();
    const { access_token } = await browser().signIn();
    const url = `${ORIGIN}/api?access_token=${access_token}`;
    for (const request of [new Request(url), apiCall(access_token, url)]) {
      const answer = await refusal(authority.guard(request));
      expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
    }
  });

  it('JWT-15 answers alike to expired, revoked and forged tokens', async () => {
    const { authority, browser, clock } = createFixture();
    const old = await browser().signIn();
    clock.now += 10 * MINUTE;
    const page = browser();
    const revoked = await page.signIn();
    await page.signOut();
    const seen = new Set<string>();
    for (const token of [old.access_token, revoked.access_token, 'a.b.c', '{"a":1}', `${revoked.access_token}==`]) {
      const answer = await refusal(authority.guard(apiCall(token)));
      seen.add(`${answer.status} ${answer.headers.get('WWW-Authenticate')} ${await answer.text()}`);
    }
    expect([...seen]).toEqual([expect.stringMatching(/^401 Bearer realm="api", error="invalid_token"/)]);
  });

  it.each(['read', 'replace'] as const)('REV-4 lets nobody in when the store cannot %s', async (member) => {
    const store: SessionStore = createMemoryStore();
    const { authority, browser, events } = createFixture({ store });
    const { access_token } = await browser().signIn();
    Object.assign(store, { [member]: () => Promise.reject(new Error('down')) });
    const answer = await refusal(authority.guard(apiCall(access_token)));
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(events.at(-1)).toMatchObject({ type: 'failed', endpoint: 'guard' });
  });

  it('tells of each token that it refuses, once, whose it was, and without the token (S-25)', async () => {
    const { authority, browser, clock, events } = createFixture({ sessionData: () => ({ device: 'phone' }) });
    const old = await browser().signIn();
    clock.now += 10 * MINUTE;
    const page = browser();
    const { access_token, sid } = await page.signIn();
    await page.signOut();
    events.length = 0;
    const requests = [
      apiCall(access_token, `${ORIGIN}/api?access_token=${access_token}`),
      withAuthorization(`Bearer ${access_token}, Bearer ${access_token}`),
      apiCall(`${access_token}x`),
      apiCall(old.access_token),
      apiCall(access_token),
    ];
    for (const request of requests) await refusal(authority.guard(request));
    const at = clock.now;
    expect(events).toEqual([
      { type: 'token-refused', at, reason: 'in-url' },
      { type: 'token-refused', at, reason: 'malformed' },
      { type: 'token-refused', at, reason: 'invalid' },
      { type: 'token-refused', at, reason: 'expired', sid: old.sid, userId: 'ann' },
      { type: 'token-refused', at, reason: 'ended', sid, userId: 'ann', data: { device: 'phone' } },
    ]);
  });

  it('tells of nothing where there is no token to refuse (S-25)', async () => {
    const { authority, browser, events } = createFixture();
    const { access_token } = await browser().signIn();
    events.length = 0;
    await refusal(authority.guard(new Request(`${ORIGIN}/api`)));
    await refusal(authority.guard(withAuthorization('Basic abc')));
    await authority.guard(apiCall(access_token));
    expect(events).toEqual([]);
  });

  it('tells of the token of a dead generation as of reuse, and no second time (S-25)', async () => {
    const { authority, browser, clock, events } = createFixture();
    const page = browser();
    await page.signIn();
    const undelivered = await page.copy().refresh();
    const { access_token } = await undelivered.json();
    clock.now += MINUTE;
    await page.refresh();
    events.length = 0;
    await refusal(authority.guard(apiCall(access_token)));
    expect(events.map(({ type }) => type)).toEqual(['refresh-reused']);
  });

  it('TOK-1 TOK-12 sends refusals that are JSON and are stored nowhere', async () => {
    const { authority } = createFixture();
    for (const request of [new Request(`${ORIGIN}/api`), apiCall('a.b.c'), apiCall('a', `${ORIGIN}/?access_token=a`)]) {
      const { headers } = await refusal(authority.guard(request));
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('BB-18 asks for nothing but Bearer, at which no browser shows a prompt', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    const { access_token } = await page.signIn();
    await page.signOut();
    const headers = { 'Content-Type': 'application/json' };
    const answers = [
      await authority.guard(new Request(`${ORIGIN}/api`)),
      await authority.guard(apiCall('a.b.c')),
      await authority.guard(apiCall(access_token)),
      await authority.guard(apiCall('', `${ORIGIN}/api?access_token=a.b.c`)),
      await page.copy().post('/auth/login', { body: '{"password":"wrong"}', headers }),
      await createFixture({ verifyCredentials: () => null })
        .browser()
        .post('/auth/login', { body: '{}', headers }),
      await page.post('/auth/refresh', { headers: { Cookie: '__Host-refresh=a.1.b' } }),
    ] as Response[];
    const challenges = answers.map((answer) => answer.headers.get('WWW-Authenticate')).filter((text) => text !== null);
    expect(challenges.length).toBeGreaterThan(4);
    for (const challenge of challenges) expect(challenge).toMatch(/^Bearer realm="[a-z-]+"(, \w+="[^"]*")*$/);
  });
});
