import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture } from '../fixture.ts';

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

describe('a sign-in with junk in front of the cookie, in the path profile', () => {
  /** Somebody who is signed in, and another sign-in of the same browser with cookies in front. */
  async function signInAgain(before: string) {
    const fixture = createFixture({ cookie: { profile: 'path' } });
    const page = fixture.browser();
    const { access_token } = await page.signIn();
    const Cookie = [before, ...[...page.jar].map((pair) => pair.join('='))].join('; ');
    const answer = await page.copy().post('/auth/login', { ...login, headers: { ...login.headers, Cookie } });
    const isLive = await fixture.authority.verify(access_token).then(Boolean, () => false);
    return { answer, isLive, events: fixture.events };
  }

  const token = (n: number): string => `${String(n).padStart(22, '0')}.1.${'A'.repeat(43)}`;
  const tossed = (count: number, value: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => `__Secure-refresh=${value(n)}`).join('; ');

  it.each([
    ['8 of another form', tossed(8, (n) => `junk${n}`)],
    ['8 of our form', tossed(8, token)],
    ['255 of our form', tossed(255, token)],
    ['a second binder', '__Host-refresh-binder=other'],
  ])('RT-17 ends the session before: %s (S-23)', async (_name, before) => {
    const { answer, isLive } = await signInAgain(before);
    expect([answer.status, isLive]).toEqual([200, false]);
  });

  it('is refused where there are more values than a browser keeps (S-23)', async () => {
    const { answer, isLive, events } = await signInAgain(tossed(256, token));
    expect([answer.status, answer.headers.getSetCookie(), isLive]).toEqual([403, [], true]);
    expect(events.at(-1)).toMatchObject({ type: 'request-refused', endpoint: 'sign-in', reason: 'ambiguous-cookies' });
  });
});

describe('a refresh token whose tag is spelt in a second way', () => {
  it('is not authentic: the spare bits of its last character are zero (S-15)', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const page = createFixture().browser();
    await page.signIn();
    const value = page.jar.get(NAME) ?? '';
    const last = alphabet.indexOf(value.slice(-1));
    const decoded = (text: string): string => Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('hex');
    for (const bits of [1, 2, 3]) {
      const other = value.slice(0, -1) + alphabet.charAt(last + bits);
      expect(decoded(other)).toBe(decoded(value));
      expect((await page.copy().post('/auth/refresh', { headers: { Cookie: `${NAME}=${other}` } })).status).toBe(401);
    }
    expect((await page.refresh()).status).toBe(200);
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
