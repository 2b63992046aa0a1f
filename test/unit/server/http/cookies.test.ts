import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../src/server/index.ts';
import { createFixture, DAY, MINUTE, ORIGIN } from '../fixture.ts';

const LOCAL = 'http://localhost:3000';
const login = {
  body: JSON.stringify({ id: 'ann', password: 'right' }),
  headers: { 'Content-Type': 'application/json' },
};

async function cookiesOf(profile: 'host' | 'path' | 'dev', origin: string = ORIGIN): Promise<string[]> {
  const answer = await createFixture({ cookie: { profile } }, origin).browser().post('/auth/login', login);
  return answer.headers.getSetCookie();
}

describe('the refresh cookie', () => {
  it('CK-1 CK-2 CK-3 is a __Host- cookie by default', async () => {
    const [cookie, ...others] = await cookiesOf('host');
    expect(cookie).toMatch(/^__Host-refresh=[\w.-]+; Path=\/; Max-Age=1209600; HttpOnly; Secure; SameSite=Strict$/);
    expect(others).toEqual([]);
  });

  it('CK-3 CK-4 is bound to a __Host- cookie in the path profile', async () => {
    const [refresh, binder] = await cookiesOf('path');
    expect(refresh).toMatch(/^__Secure-refresh=[\w.-]+; Path=\/auth; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$/);
    expect(binder).toMatch(
      /^__Host-refresh-binder=[\w-]{22}; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('takes the common folder of the paths in the path profile', async () => {
    const paths = { signIn: '/a/b/in', refresh: '/a/b/c/refresh', signOut: '/a/x/out' };
    const { browser } = createFixture({ cookie: { profile: 'path' }, paths });
    const answer = await browser().post('/a/b/in', login);
    expect(answer.headers.getSetCookie()[0]).toContain('; Path=/a;');
  });

  it('CK-10 takes a name of its own', async () => {
    const page = createFixture({ cookie: { name: 'shop' } }).browser();
    await page.signIn();
    expect([...page.jar.keys()]).toEqual(['__Host-shop']);
  });

  it('CK-7 stays under 512 bytes', async () => {
    for (const cookie of await cookiesOf('path')) expect(cookie.length).toBeLessThan(512);
  });

  it('CK-8 ARC-4 lives as long as what is left of the grant', async () => {
    const { browser, clock } = createFixture({ idleTimeoutMs: 14 * DAY, absoluteTimeoutMs: 15 * DAY });
    const page = browser();
    await page.signIn();
    clock.now += 5 * DAY;
    expect((await page.refresh()).headers.get('Set-Cookie')).toContain(`; Max-Age=${10 * 24 * 60 * 60};`);
  });

  it('is never deleted by a refresh in the last second of the grant', async () => {
    const { browser, clock } = createFixture({ absoluteTimeoutMs: MINUTE });
    const page = browser();
    await page.signIn();
    clock.now += MINUTE - 1;
    expect((await page.refresh()).headers.get('Set-Cookie')).toContain('; Max-Age=1;');
  });

  it.each(['host', 'path'] as const)('CK-9 is deleted with the attributes it was set with: %s', async (profile) => {
    const page = createFixture({ cookie: { profile } }).browser();
    const attributes = (answer: Response): string[] =>
      answer.headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]*/, '').replace(/Max-Age=\d+/, ''));
    const set = await page.post('/auth/login', login);
    const cleared = await page.signOut();
    expect(attributes(cleared)).toEqual(attributes(set));
    for (const cookie of cleared.headers.getSetCookie()) expect(cookie).toContain('; Max-Age=0;');
  });
});

describe('a tossed cookie in the path profile', () => {
  async function victimAndAttacker() {
    const { browser, authority, events } = createFixture({ cookie: { profile: 'path' } });
    const [victim, attacker] = [browser(), browser()];
    const { sid } = await victim.signIn('ann');
    await attacker.signIn('bob');
    const of = (jar: Map<string, string>): string => `__Secure-refresh=${jar.get('__Secure-refresh')}`;
    const binder = `__Host-refresh-binder=${victim.jar.get('__Host-refresh-binder')}`;
    return { victim, attacker, authority, events, sid, binder, own: of(victim.jar), tossed: of(attacker.jar) };
  }

  it.each(['before', 'behind'])('CK-4 CK-5 is passed over when it stands %s the real one', async (place) => {
    const { victim, attacker, sid, binder, own, tossed } = await victimAndAttacker();
    const pair = place === 'before' ? [tossed, own] : [own, tossed];
    const answer = await victim.post('/auth/refresh', { headers: { Cookie: [...pair, binder].join('; ') } });
    expect(await answer.json()).toMatchObject({ sid, seq: 2 });
    expect((await attacker.refresh()).status).toBe(200);
  });

  it('CK-4 is refused when it stands alone, and ends nobody', async () => {
    const { victim, attacker, binder, tossed } = await victimAndAttacker();
    const answer = await victim.copy().post('/auth/refresh', { headers: { Cookie: `${tossed}; ${binder}` } });
    expect(await answer.json()).toEqual({ error: 'invalid_grant' });
    expect((await attacker.refresh()).status).toBe(200);
    expect((await victim.refresh()).status).toBe(200);
  });

  it('CK-4 is refused without any binder', async () => {
    const { victim, own } = await victimAndAttacker();
    expect((await victim.copy().post('/auth/refresh', { headers: { Cookie: own } })).status).toBe(401);
    expect((await victim.refresh()).status).toBe(200);
  });

  it('CK-4 is refused when it was made for a profile without binder', async () => {
    const store = createMemoryStore();
    const attacker = createFixture({ store }).browser();
    await attacker.signIn('bob');
    const headers = { Cookie: `__Secure-refresh=${attacker.jar.get('__Host-refresh')}` };
    const answer = await createFixture({ store, cookie: { profile: 'path' } })
      .browser()
      .post('/auth/refresh', { headers });
    expect(await answer.json()).toEqual({ error: 'invalid_grant' });
    expect((await attacker.refresh()).status).toBe(200);
  });

  it('CK-4 cannot end a session by a new sign-in', async () => {
    const { victim, attacker, binder, tossed } = await victimAndAttacker();
    const headers = { ...login.headers, Cookie: `${tossed}; ${binder}` };
    expect((await victim.copy().post('/auth/login', { ...login, headers })).status).toBe(200);
    expect((await attacker.refresh()).status).toBe(200);
  });

  it('re-sends the binder with each rotation', async () => {
    const { victim, binder } = await victimAndAttacker();
    expect((await victim.refresh()).headers.getSetCookie()[1]).toContain(binder);
  });
});

describe('two cookies of the name', () => {
  it('CK-5 are refused when both are authentic, and nothing is revoked', async () => {
    const { browser, events } = createFixture();
    const [one, two] = [browser(), browser()];
    await one.signIn();
    await two.signIn();
    const both = [one, two].map(({ jar }) => `__Host-refresh=${jar.get('__Host-refresh')}`).join('; ');
    const answer = await browser().post('/auth/refresh', { headers: { Cookie: both } });
    expect([answer.status, await answer.json()]).toEqual([403, { error: 'request_refused' }]);
    expect(events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'ambiguous-cookies' });
    expect([(await one.refresh()).status, (await two.refresh()).status]).toEqual([200, 200]);
  });

  it('CK-5 pass for one when only one is authentic', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const headers = { Cookie: `__Host-refresh=junk; a=b; __Host-refresh=${page.jar.get('__Host-refresh')}` };
    expect((await page.post('/auth/refresh', { headers })).status).toBe(200);
  });

  it('CK-5 pass for one when they are equal', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const cookie = `__Host-refresh=${page.jar.get('__Host-refresh')}`;
    expect((await page.post('/auth/refresh', { headers: { Cookie: `${cookie}; ${cookie}` } })).status).toBe(200);
  });
});

describe('the dev profile', () => {
  it('CK-11 leaves Secure and the prefix out', async () => {
    const [cookie] = await cookiesOf('dev', LOCAL);
    expect(cookie).toMatch(/^refresh=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  });

  it.each(['http://127.0.0.1:8080', 'http://127.3.2.1', 'http://[::1]:3000', LOCAL])(
    'CK-11 answers on %s',
    async (origin) => {
      const { browser } = createFixture({ cookie: { profile: 'dev' } }, origin);
      await expect(browser().signIn()).resolves.toBeDefined();
    },
  );

  it.each(['http://192.168.0.2', 'https://app.example', 'http://localhost.evil.test', 'http://127.0.0.1.nip.io'])(
    'CK-11 refuses %s and says why',
    async (origin) => {
      const { browser, events } = createFixture({ cookie: { profile: 'dev' } }, origin);
      const answer = await browser().post('/auth/login', login);
      expect(answer.status).toBe(500);
      expect(await answer.json()).toMatchObject({ error_description: expect.stringContaining('localhost') });
      expect(events).toEqual([expect.objectContaining({ type: 'request-refused', reason: 'not-loopback' })]);
    },
  );
});
