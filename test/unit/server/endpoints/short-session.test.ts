import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture, MINUTE, tokens } from '../fixture.ts';

const HOUR = 60 * MINUTE;
const options = { remember: (credentials: unknown) => (credentials as { remember?: boolean }).remember !== false };

function signIn(fixture: Fixture, remember: boolean | undefined) {
  const page = fixture.browser();
  const body = JSON.stringify({ id: 'ann', password: 'right', remember });
  return {
    page,
    answer: page.post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } }),
  };
}

describe('a sign-in that is not to be remembered', () => {
  it.each(['host', 'path'] as const)(
    'CK-8 has cookies without Max-Age in the profile %s, over any number of rotations (S-18)',
    async (profile) => {
      const fixture = createFixture({ ...options, cookie: { profile } });
      const { page, answer } = signIn(fixture, false);
      const cookies = (await answer).headers.getSetCookie();
      for (const round of [1, 2, 3]) {
        fixture.clock.now += MINUTE;
        cookies.push(...(await page.refresh(`k${round}`)).headers.getSetCookie());
        cookies.push(...(await page.copy().refresh(`k${round}`)).headers.getSetCookie());
      }
      expect(cookies).toHaveLength(profile === 'path' ? 14 : 7);
      for (const cookie of cookies) {
        expect(cookie).not.toMatch(/Max-Age|Expires/i);
        expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
      }
    },
  );

  it('RT-3 ends after two idle hours, and after twelve in any case (S-18)', async () => {
    const fixture = createFixture(options);
    const idle = signIn(fixture, false);
    const busy = signIn(fixture, false);
    const kept = signIn(fixture, true);
    await Promise.all([idle.answer, busy.answer, kept.answer]);
    for (let hour = 1; hour < 12; hour += 1) {
      fixture.clock.now += HOUR;
      expect((await busy.page.refresh()).status).toBe(200);
      if (hour === 2) expect(await (await idle.page.refresh()).json()).toMatchObject({ reason: 'expired' });
    }
    fixture.clock.now += HOUR;
    expect(await (await busy.page.refresh()).json()).toMatchObject({ reason: 'expired' });
    expect((await kept.page.refresh()).status).toBe(200);
  });

  it('takes its limits from shortSession, and cuts the access token to what is left (S-18)', async () => {
    const shortSession = { idleTimeoutMs: 10 * MINUTE, absoluteTimeoutMs: 12 * MINUTE };
    const fixture = createFixture({ ...options, shortSession });
    const { page, answer } = signIn(fixture, false);
    await answer;
    fixture.clock.now += 9 * MINUTE;
    expect((await tokens(await page.refresh())).expires_in).toBe(180);
    expect(await fixture.authority.listSessions('ann')).toMatchObject([
      { remembered: false, expiresAt: fixture.clock.now + 3 * MINUTE },
    ]);
    fixture.clock.now += 3 * MINUTE;
    expect((await page.refresh()).status).toBe(401);
  });

  it('is asked for by what the sign-in sent, and a sign-in that says nothing is remembered (S-18)', async () => {
    for (const [remember, expected] of [
      [false, false],
      [true, true],
      [undefined, true],
    ] as const) {
      const answer = await signIn(createFixture(options), remember).answer;
      expect(answer.headers.get('Set-Cookie')?.includes('Max-Age')).toBe(expected);
    }
    expect((await signIn(createFixture(), false).answer).headers.get('Set-Cookie')).toContain('Max-Age');
  });

  it('signs nobody in where remember gives neither true nor false (S-18)', async () => {
    const { browser, authority, events } = createFixture({ remember: () => 'on' as unknown as boolean });
    await expect(browser().signIn()).rejects.toThrow('500');
    expect(await authority.listSessions('ann')).toEqual([]);
    const error = expect.objectContaining({ message: '`remember` must give true or false; it gave text.' });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error })]);
  });

  it('CK-9 has its cookie deleted at sign-out as any other (S-18)', async () => {
    const { page, answer } = signIn(createFixture(options), false);
    await answer;
    const out = await page.signOut();
    expect(out.headers.get('Set-Cookie')).toContain('Max-Age=0');
    expect(page.jar.size).toBe(0);
  });
});

describe('shortSession', () => {
  it('is never longer than the limits of all sessions (S-18)', () => {
    createFixture({ idleTimeoutMs: MINUTE, absoluteTimeoutMs: 5 * MINUTE });
    expect(() => createFixture({ idleTimeoutMs: MINUTE, shortSession: { idleTimeoutMs: HOUR } })).toThrow(
      /shortSession.idleTimeoutMs/,
    );
    expect(() => createFixture({ shortSession: { absoluteTimeoutMs: 0 } })).toThrow(/shortSession.absoluteTimeoutMs/);
    expect(() => createFixture({ shortSession: 5 as never })).toThrow(/shortSession/);
  });
});
