import { describe, expect, it } from 'vitest';
import { createFixture, ORIGIN, type TokenBody } from '../fixture.ts';

const ANN = { id: 'ann', name: 'Ann' };

function callback(jar: Map<string, string> = new Map(), headers: Record<string, string> = {}): Request {
  const Cookie = [...jar].map((pair) => pair.join('=')).join('; ');
  return new Request(`${ORIGIN}/callback?code=x`, { headers: { ...(Cookie === '' ? {} : { Cookie }), ...headers } });
}

describe('signIn', () => {
  it('gives what the sign-in endpoint gives', async () => {
    const { authority, browser, clock, events } = createFixture({ profile: ({ name }) => ({ name }) });
    const answer = await authority.signIn(ANN, callback());
    const body: TokenBody = await answer.clone().json();
    expect(await authority.verify(body.access_token)).toMatchObject({ sub: 'ann', sid: body.sid });
    const json = { 'Content-Type': 'application/json' };
    const body2 = JSON.stringify({ id: 'ann', password: 'right' });
    const usual = await browser().post('/auth/login', { body: body2, headers: json });
    expect(answer.status).toBe(usual.status);
    expect([...answer.headers.keys()]).toEqual([...usual.headers.keys()]);
    expect(Object.keys(body)).toEqual(Object.keys(await usual.json()));
    expect(events[0]).toEqual({ type: 'signed-in', at: clock.now, sid: body.sid, userId: 'ann', data: {} });
  });

  it('sets a cookie that the refresh endpoint takes', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    const answer = await authority.signIn(ANN, callback());
    const [pair = ''] = answer.headers.get('Set-Cookie')?.split(';') ?? [];
    page.jar.set('__Host-refresh', pair.slice(pair.indexOf('=') + 1));
    expect((await page.refresh()).status).toBe(200);
  });

  it('RT-17 ends the session that the browser had before', async () => {
    const { authority, browser, events } = createFixture();
    const page = browser();
    const { sid } = await page.signIn('bob');
    const copy = page.copy();
    await authority.signIn(ANN, callback(page.jar));
    expect((await copy.refresh()).status).toBe(401);
    expect(events).toContainEqual(expect.objectContaining({ type: 'revoked', sid, userId: 'bob', by: 'sign-in' }));
  });

  it('takes remember and data of its own', async () => {
    const { authority } = createFixture({ sessionData: () => ({ by: 'option' }), remember: () => true });
    const answer = await authority.signIn(ANN, callback(), { remember: false, data: { by: 'call' } });
    expect(answer.headers.get('Set-Cookie')).not.toContain('Max-Age');
    await authority.signIn(ANN, callback());
    expect((await authority.listSessions('ann')).map(({ data, remembered }) => [data.by, remembered])).toEqual(
      expect.arrayContaining([
        ['call', false],
        ['option', true],
      ]),
    );
  });

  it('answers a listed origin with its CORS headers', async () => {
    const listed = 'https://admin.app.example';
    const { authority } = createFixture({ allowedOrigins: [listed] });
    const answer = await authority.signIn(ANN, callback(new Map(), { Origin: listed }));
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(listed);
  });

  it('signs nobody in beside cookies that could be anybody’s', async () => {
    const { authority } = createFixture();
    const Cookie = Array.from({ length: 300 }, (_, n) => `__Host-refresh=x${n}`).join('; ');
    const answer = await authority.signIn(ANN, callback(new Map(), { Cookie }));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([403, null]);
    expect(await authority.listSessions('ann')).toEqual([]);
  });

  it('CK-11 signs nobody in off loopback in the dev profile', async () => {
    const { authority } = createFixture({ cookie: { profile: 'dev' } });
    expect((await authority.signIn(ANN, callback())).status).toBe(500);
    expect(await authority.listSessions('ann')).toEqual([]);
  });

  it('rejects a request that is none of the Fetch API, and a user without id', async () => {
    const { authority } = createFixture();
    await expect(authority.signIn(ANN, { url: '/callback' } as Request)).rejects.toThrow(/toRequest\(req\)/);
    await expect(authority.signIn({ id: '', name: '' }, callback())).rejects.toThrow(TypeError);
  });
});
