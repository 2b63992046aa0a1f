import { describe, expect, it } from 'vitest';
import { createFixture, MINUTE, tokens } from '../fixture.ts';

describe('sign-out', () => {
  it('REV-1 ends the session and its access tokens at once, and clears the cookie', async () => {
    const { authority, browser, events } = createFixture();
    const page = browser();
    const { access_token, sid } = await page.signIn();
    const copy = page.copy();
    expect((await page.signOut(sid)).status).toBe(204);
    expect(page.jar.size).toBe(0);
    expect(await (await copy.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'revoked' });
    await expect(authority.verify(access_token)).rejects.toMatchObject({ code: 'invalid_token' });
    expect(events.map(({ type }) => type)).toContain('signed-out');
  });

  it('takes the cookie alone for proof when no sid is given', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const copy = page.copy();
    await page.signOut();
    expect(page.jar.size).toBe(0);
    expect((await copy.refresh()).status).toBe(401);
  });

  it('takes any authentic generation for proof', async () => {
    const { browser, clock } = createFixture();
    const page = browser();
    const { sid } = await page.signIn();
    const old = page.copy();
    for (const _ of [1, 2, 3]) {
      clock.now += MINUTE;
      await page.refresh();
    }
    await old.signOut(sid);
    expect(await (await page.refresh()).json()).toMatchObject({ reason: 'revoked' });
  });

  it('touches nothing when the cookie is of another session', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    const other = await browser().signIn('bob');
    const mine = await page.signIn('ann');
    const answer = await page.signOut(other.sid);
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([204, null]);
    await expect(authority.verify(mine.access_token)).resolves.toBeDefined();
    await expect(authority.verify(other.access_token)).resolves.toBeDefined();
  });

  it.each([
    ['no cookie', {}],
    ['a forged cookie', { Cookie: `__Host-refresh=${'a'.repeat(22)}.1.${'A'.repeat(43)}` }],
  ])('touches nothing with %s', async (_what, headers) => {
    const { authority, browser } = createFixture();
    const { access_token, sid } = await browser().signIn();
    const answer = await browser().post('/auth/logout', { body: JSON.stringify({ sid }), headers });
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([204, null]);
    await expect(authority.verify(access_token)).resolves.toBeDefined();
  });

  it('is idempotent', async () => {
    const { browser, events } = createFixture();
    const page = browser();
    const { sid } = await page.signIn();
    const copy = page.copy();
    await page.signOut(sid);
    expect((await copy.signOut(sid)).status).toBe(204);
    expect(copy.jar.size).toBe(0);
    expect((await copy.signOut(sid)).status).toBe(204);
    expect(events.filter(({ type }) => type === 'signed-out')).toHaveLength(1);
  });

  it('RT-18 lets no refresh revive the session', async () => {
    const page = createFixture().browser();
    await page.signIn();
    const late = page.copy();
    await tokens(await page.refresh('key'));
    await page.signOut();
    expect((await late.refresh('key')).status).toBe(401);
  });

  it.each(['[]', '{"sid":1}', 'null', '{'])('refuses a body that is none: %s', async (body) => {
    const page = createFixture().browser();
    await page.signIn();
    expect((await page.post('/auth/logout', { body })).status).toBe(400);
    expect((await page.refresh()).status).toBe(200);
  });

  it('ends one session of a user by its id and all of them by the user id', async () => {
    const { authority, browser, events } = createFixture();
    const [one, two, three, bob] = [browser(), browser(), browser(), browser()];
    const first = await one.signIn('ann');
    await two.signIn('ann');
    await three.signIn('ann');
    await bob.signIn('bob');
    await authority.endSession(first.sid);
    await authority.endSession('unknown');
    expect([(await one.refresh()).status, (await two.refresh()).status]).toEqual([401, 200]);
    await authority.endUserSessions('ann');
    expect([(await two.refresh()).status, (await three.refresh()).status]).toEqual([401, 401]);
    expect((await bob.refresh()).status).toBe(200);
    expect(events.filter((event) => event.type === 'revoked' && event.by === 'operator')).toHaveLength(3);
  });
});
