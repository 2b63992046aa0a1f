import { describe, expect, it } from 'vitest';
import { createFixture, DAY, MINUTE, SECOND, tokens } from '../fixture.ts';

const STRICT = { graceMs: 0, retryWindowMs: 0, recoveryMs: 0 };

describe('refresh', () => {
  it('RT-1 rotates on every use', async () => {
    const browser = createFixture().browser();
    const { seq } = await browser.signIn();
    const first = browser.jar.get('__Host-refresh');
    expect((await tokens(await browser.refresh())).seq).toBe(seq + 1);
    expect(browser.jar.get('__Host-refresh')).not.toBe(first);
  });

  it('RT-1 revokes the session when a spent token comes back', async () => {
    const { browser } = createFixture(STRICT);
    const victim = browser();
    await victim.signIn();
    const thief = victim.copy();
    await victim.refresh();
    expect(await (await thief.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'reused' });
    expect((await victim.refresh()).status).toBe(401);
  });

  it('RT-2 revokes for thief and victim alike, and tells of it once', async () => {
    const { browser, events } = createFixture(STRICT);
    const victim = browser();
    const { sid } = await victim.signIn();
    const thief = victim.copy();
    await thief.refresh();
    expect((await victim.refresh()).status).toBe(401);
    expect((await thief.refresh()).status).toBe(401);
    const reused = events.filter((event) => event.type === 'refresh-reused');
    expect(reused).toEqual([expect.objectContaining({ sid, userId: 'ann', generation: 1 })]);
  });

  it('RT-3 ends an idle session', async () => {
    const { browser, clock } = createFixture({ idleTimeoutMs: MINUTE });
    const idler = browser();
    await idler.signIn();
    clock.now += MINUTE + SECOND;
    const answer = await idler.refresh();
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: 'invalid_grant', reason: 'expired' });
  });

  it('RT-3 ends a busy session at its absolute end', async () => {
    const { browser, clock } = createFixture({ idleTimeoutMs: DAY, absoluteTimeoutMs: 10 * MINUTE });
    const busy = browser();
    await busy.signIn();
    for (let minute = 1; minute < 10; minute += 1) {
      clock.now += MINUTE;
      expect((await busy.refresh()).status).toBe(200);
    }
    clock.now += MINUTE;
    expect((await busy.refresh()).status).toBe(401);
  });

  it('RT-3 gives no access token a longer life than the sign-in has left', async () => {
    const { authority, browser, clock } = createFixture({ absoluteTimeoutMs: 10 * MINUTE });
    const page = browser();
    await page.signIn();
    clock.now += 8 * MINUTE - 500;
    const late = await tokens(await page.refresh());
    expect(late.expires_in).toBe(120);
    const { exp } = await authority.verify(late.access_token);
    expect(exp * 1000 - clock.now).toBeLessThanOrEqual(2 * MINUTE + SECOND);
    clock.now += 2 * MINUTE + 499;
    expect((await tokens(await page.refresh())).expires_in).toBe(1);
  });

  it('RT-11 ends the access tokens of a session with it', async () => {
    const { authority, browser } = createFixture(STRICT);
    const victim = browser();
    const { access_token } = await victim.signIn();
    const thief = victim.copy();
    const stolen = await tokens(await thief.refresh());
    await victim.refresh();
    for (const token of [access_token, stolen.access_token]) {
      await expect(authority.verify(token)).rejects.toMatchObject({ code: 'invalid_token' });
    }
  });

  it('asks loadUser and gives the profile and claims of now', async () => {
    let name = 'Ann';
    const { authority, browser } = createFixture({
      loadUser: async (id) => ({ id, name }),
      profile: (user) => ({ name: user.name }),
      claims: (user) => ({ nick: user.name }),
    });
    const page = browser();
    await page.signIn();
    name = 'Anne';
    const { access_token, user } = await tokens(await page.refresh());
    expect(user).toEqual({ name: 'Anne' });
    expect(await authority.verify(access_token)).toMatchObject({ nick: 'Anne' });
  });

  it('REV-8 ends the session of a user who is gone', async () => {
    const { authority, browser, events } = createFixture({ loadUser: () => undefined });
    const page = browser();
    const { access_token } = await page.signIn();
    expect(await (await page.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'revoked' });
    expect(events.at(-1)).toMatchObject({ type: 'revoked', by: 'no-user' });
    await expect(authority.verify(access_token)).rejects.toThrow();
  });

  it('AUTH-2 answers 204 to a browser without a cookie and creates nothing', async () => {
    const answer = await createFixture().browser().refresh();
    expect([answer.status, await answer.text(), answer.headers.get('Set-Cookie')]).toEqual([204, '', null]);
  });

  it.each(['garbage', 'a.1.b', `${'a'.repeat(22)}.1.${'A'.repeat(43)}`])(
    'TOK-4 rejects a cookie that is none of ours: %s',
    async (value) => {
      const { browser } = createFixture();
      const answer = await browser().post('/auth/refresh', { headers: { Cookie: `__Host-refresh=${value}` } });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ error: 'invalid_grant' });
    },
  );

  it('TOK-4 rejects a cookie whose generation was altered, without a change', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const forged = (page.jar.get('__Host-refresh') ?? '').replace('.1.', '.2.');
    const answer = await page.copy().post('/auth/refresh', { headers: { Cookie: `__Host-refresh=${forged}` } });
    expect(await answer.json()).toEqual({ error: 'invalid_grant' });
    expect((await page.refresh()).status).toBe(200);
  });

  it('CK-8 rejects the live cookie of a session that was swept out, and says that the store does not know it', async () => {
    const { browser, clock, events } = createFixture({ idleTimeoutMs: MINUTE });
    const page = browser();
    const { sid } = await page.signIn();
    clock.now += 2 * MINUTE;
    await browser().signIn('bob');
    expect(await (await page.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'expired' });
    expect(events.at(-1)).toEqual({ type: 'refresh-rejected', at: clock.now, reason: 'unknown', sid });
  });

  it('never clears the cookie', async () => {
    const { browser, authority } = createFixture();
    const page = browser();
    const { sid } = await page.signIn();
    await authority.endSession(sid);
    const answer = await page.refresh();
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([401, null]);
  });
});
