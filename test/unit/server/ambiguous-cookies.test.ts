import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture } from './fixture.ts';

const NAME = '__Host-refresh';
const login = {
  body: JSON.stringify({ id: 'ann', password: 'right' }),
  headers: { 'Content-Type': 'application/json' },
};

/** Two sessions of two users, and a way to send both cookies, and more, in one request. */
async function twoSessions(fixture: Fixture = createFixture()) {
  const { authority, browser, events } = fixture;
  const [one, two] = [browser(), browser()];
  const [ann, bob] = [await one.signIn('ann'), await two.signIn('bob')];
  const own = [one, two].map(({ jar }) => `${NAME}=${jar.get(NAME)}`);
  const isLive = (token: string): Promise<boolean> =>
    authority.verify(token).then(
      () => true,
      () => false,
    );
  return {
    ann,
    bob,
    one,
    two,
    events,
    own,
    both: own.join('; '),
    live: async () => [await isLive(ann.access_token), await isLive(bob.access_token)],
    signOut: (cookie: string, sid?: string) =>
      browser().post('/auth/logout', { headers: { Cookie: cookie }, body: JSON.stringify({ sid }) }),
  };
}

const junk = (count: number): string => Array.from({ length: count }, (_, n) => `${NAME}=junk${n}`).join('; ');

describe('a sign-out with several cookies of the name', () => {
  it('REV-1 CK-5 ends the session that is meant, and no other', async () => {
    const { bob, both, events, live, signOut } = await twoSessions();
    const answer = await signOut(both, bob.sid);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('Set-Cookie')).toContain('Max-Age=0');
    expect(await live()).toEqual([true, false]);
    expect(events.at(-1)).toMatchObject({ type: 'signed-out', sid: bob.sid });
  });

  it('CK-5 is refused when it does not say which session is meant, and ends none', async () => {
    const { both, events, live, signOut } = await twoSessions();
    const answer = await signOut(both);
    expect([answer.status, await answer.json()]).toEqual([403, { error: 'request_refused' }]);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(events.at(-1)).toMatchObject({
      type: 'request-refused',
      endpoint: 'sign-out',
      reason: 'ambiguous-cookies',
    });
    expect(await live()).toEqual([true, true]);
  });

  it('touches nothing when none of them is the one that is meant', async () => {
    const { both, live, signOut } = await twoSessions();
    const answer = await signOut(both, 'a'.repeat(22));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([204, null]);
    expect(await live()).toEqual([true, true]);
  });

  it('takes two generations of one session for that session', async () => {
    const { ann, live, one, own, signOut } = await twoSessions();
    await one.refresh();
    await signOut(`${own[0]}; ${NAME}=${one.jar.get(NAME)}`);
    expect(await live()).toEqual([false, true]);
    expect((await one.signOut(ann.sid)).status).toBe(204);
  });

  it('is refused when the session that is meant may be among more values than are tried', async () => {
    const { ann, live, own, signOut } = await twoSessions();
    expect((await signOut(`${junk(8)}; ${own[0]}`, ann.sid)).status).toBe(403);
    expect((await signOut(`${own[1]}; ${junk(8)}`, ann.sid)).status).toBe(403);
    expect(await live()).toEqual([true, true]);
    expect((await signOut(`${own[0]}; ${junk(8)}`, ann.sid)).status).toBe(204);
    expect(await live()).toEqual([false, true]);
  });
});

describe('a sign-in with several cookies of the name', () => {
  it('RT-17 ends every session it proves', async () => {
    const fixture = createFixture();
    const { ann, bob, both, live } = await twoSessions(fixture);
    const headers = { ...login.headers, Cookie: `${both}; ${NAME}=junk` };
    expect((await fixture.browser().post('/auth/login', { ...login, headers })).status).toBe(200);
    expect(await live()).toEqual([false, false]);
    const ended = fixture.events.filter(({ type }) => type === 'revoked');
    expect(ended).toEqual([ann.sid, bob.sid].map((sid) => expect.objectContaining({ sid, by: 'sign-in' })));
  });
});

describe('a refresh with many cookies of the name', () => {
  it('CK-5 finds the authentic one among eight', async () => {
    const { one, own } = await twoSessions();
    const headers = { Cookie: `${junk(7)}; ${own[0]}` };
    expect((await one.post('/auth/refresh', { headers })).status).toBe(200);
  });

  it('CK-5 tries no more than eight, is refused, and changes nothing', async () => {
    const { events, one, own } = await twoSessions();
    const answer = await one.copy().post('/auth/refresh', { headers: { Cookie: `${junk(8)}; ${own[0]}` } });
    expect([answer.status, await answer.json()]).toEqual([403, { error: 'request_refused' }]);
    expect(events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'ambiguous-cookies' });
    expect((await one.refresh()).status).toBe(200);
  });
});

describe('two binder cookies', () => {
  it.each(['/auth/refresh', '/auth/logout'])('CK-4 CK-5 are refused by %s, and end nothing', async (path) => {
    const { authority, browser } = createFixture({ cookie: { profile: 'path' } });
    const page = browser();
    const { access_token } = await page.signIn();
    const cookies = [...page.jar].map((pair) => pair.join('='));
    for (const Cookie of [
      [...cookies, '__Host-refresh-binder=other'].join('; '),
      ['__Host-refresh-binder=other', ...cookies].join('; '),
    ]) {
      const answer = await page.copy().post(path, { headers: { Cookie } });
      expect([answer.status, await answer.json()]).toEqual([403, { error: 'request_refused' }]);
    }
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    expect((await page.refresh()).status).toBe(200);
  });
});
