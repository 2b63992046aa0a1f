import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../src/server/index.ts';
import { createFixture, DAY, MINUTE, ORIGIN } from '../fixture.ts';

function pageRequest(jar: Map<string, string>, origin: string = ORIGIN, site?: string): Request {
  const headers = new Headers(site === undefined ? {} : { 'Sec-Fetch-Site': site });
  if (jar.size > 0) headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '));
  return new Request(`${origin}/`, { headers });
}

describe('currentSession', () => {
  it('says whom the cookie names, and what is known of the session', async () => {
    const { authority, browser, clock } = createFixture();
    const page = browser();
    const { sid } = await page.signIn();
    const createdAt = clock.now;
    clock.now += MINUTE;
    await page.refresh();
    expect(await authority.currentSession(pageRequest(page.jar))).toEqual({
      userId: 'ann',
      sid,
      createdAt,
      lastUsedAt: clock.now,
      expiresAt: clock.now + 14 * DAY,
      remembered: true,
      data: {},
    });
  });

  it('still knows a browser whose last answer was lost', async () => {
    const { authority, browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    await page.copy().refresh();
    clock.now += MINUTE;
    expect(await authority.currentSession(pageRequest(page.jar))).toMatchObject({ userId: 'ann' });
  });

  it('never writes', async () => {
    const store = createMemoryStore();
    const { authority, browser, clock } = createFixture({ store });
    const page = browser();
    const { sid } = await page.signIn();
    const old = page.copy();
    for (const _ of [1, 2]) {
      clock.now += MINUTE;
      await page.refresh();
    }
    const before = await store.read(sid);
    await authority.currentSession(pageRequest(page.jar));
    expect(await authority.currentSession(pageRequest(old.jar))).toBeUndefined();
    expect(await store.read(sid)).toEqual(before);
  });

  it('says nobody without a cookie, with a forged one, after sign-out and after the end', async () => {
    const { authority, browser, clock } = createFixture({ idleTimeoutMs: MINUTE });
    const [gone, idle] = [browser(), browser()];
    await gone.signIn();
    const copy = gone.copy();
    await gone.signOut();
    await idle.signIn();
    clock.now += MINUTE;
    for (const jar of [new Map(), new Map([['__Host-refresh', 'x.1.y']]), copy.jar, idle.jar]) {
      expect(await authority.currentSession(pageRequest(jar))).toBeUndefined();
    }
  });

  it.each(['host', 'dev'] as const)(
    'says unknown where a link on another site keeps the cookie of the profile %s back (S-19)',
    async (profile) => {
      const { authority } = createFixture({ cookie: { profile } });
      const origin = profile === 'dev' ? 'http://localhost' : ORIGIN;
      expect(await authority.currentSession(pageRequest(new Map(), origin, 'cross-site'))).toBe('unknown');
      const others = new Map([['theme', 'dark']]);
      expect(await authority.currentSession(pageRequest(others, origin, 'cross-site'))).toBe('unknown');
    },
  );

  // A link from the same site brings the Strict cookie along, and every supported browser says where a link is from.
  it.each(['same-origin', 'same-site', 'none', undefined])(
    'says nobody without a cookie where the browser would send it: Sec-Fetch-Site %s (S-19)',
    async (site) => {
      expect(await createFixture().authority.currentSession(pageRequest(new Map(), ORIGIN, site))).toBeUndefined();
    },
  );

  it.each(['same-origin', 'same-site', 'none', 'cross-site'])(
    'believes a cookie that is there: Sec-Fetch-Site %s (S-19)',
    async (site) => {
      const { authority, browser } = createFixture();
      const page = browser();
      const { sid } = await page.signIn();
      expect(await authority.currentSession(pageRequest(page.jar, ORIGIN, site))).toMatchObject({ userId: 'ann', sid });
      await page.copy().signOut();
      expect(await authority.currentSession(pageRequest(page.jar, ORIGIN, site))).toBeUndefined();
    },
  );

  it('says unknown in the path profile, whose cookie pages do not get (S-19)', async () => {
    const { authority } = createFixture({ cookie: { profile: 'path' } });
    const binder = new Map([['__Host-refresh-binder', 'b'.repeat(22)]]);
    for (const jar of [new Map(), binder]) {
      expect(await authority.currentSession(pageRequest(jar, ORIGIN, 'none'))).toBe('unknown');
    }
  });

  it('says unknown where several sessions could be meant (S-19)', async () => {
    const { authority, browser } = createFixture();
    const [one, two] = [browser(), browser()];
    await one.signIn();
    await two.signIn('bob');
    const cookie = [one, two].map(({ jar }) => `__Host-refresh=${jar.get('__Host-refresh')}`).join('; ');
    expect(await authority.currentSession(new Request(ORIGIN, { headers: { Cookie: cookie } }))).toBe('unknown');
  });

  it('CK-11 says nobody off loopback in the dev profile', async () => {
    const { authority, browser } = createFixture({ cookie: { profile: 'dev' } }, 'http://localhost');
    const page = browser();
    await page.signIn();
    expect(await authority.currentSession(pageRequest(page.jar, 'http://localhost'))).toBeDefined();
    expect(await authority.currentSession(pageRequest(page.jar, 'https://app.example'))).toBeUndefined();
  });
});
