import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/server/index.ts';
import { createFixture, MINUTE, ORIGIN } from './fixture.ts';

function pageRequest(jar: Map<string, string>, origin: string = ORIGIN): Request {
  return new Request(`${origin}/`, { headers: { Cookie: [...jar].map((pair) => pair.join('=')).join('; ') } });
}

describe('readSession', () => {
  it('says whom the cookie names', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    const { sid } = await page.signIn();
    expect(await authority.readSession(pageRequest(page.jar))).toEqual({ userId: 'ann', sid });
  });

  it('still knows a browser whose last answer was lost', async () => {
    const { authority, browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    await page.copy().refresh();
    clock.now += MINUTE;
    expect(await authority.readSession(pageRequest(page.jar))).toMatchObject({ userId: 'ann' });
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
    await authority.readSession(pageRequest(page.jar));
    expect(await authority.readSession(pageRequest(old.jar))).toBeUndefined();
    expect(await store.read(sid)).toBe(before);
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
      expect(await authority.readSession(pageRequest(jar))).toBeUndefined();
    }
  });

  it('CK-11 says nobody off loopback in the dev profile', async () => {
    const { authority, browser } = createFixture({ cookie: { profile: 'dev' } }, 'http://localhost');
    const page = browser();
    await page.signIn();
    expect(await authority.readSession(pageRequest(page.jar, 'http://localhost'))).toBeDefined();
    expect(await authority.readSession(pageRequest(page.jar, 'https://app.example'))).toBeUndefined();
  });
});
