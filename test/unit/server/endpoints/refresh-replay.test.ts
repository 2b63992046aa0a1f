import { describe, expect, it } from 'vitest';
import { createFixture, MINUTE, SECOND, tokens } from '../fixture.ts';

describe('a refresh token presented again', () => {
  it('RT-6 gives no grace to the grandparent', async () => {
    const { browser, clock } = createFixture({ graceMs: MINUTE });
    const page = browser();
    await page.signIn();
    const old = page.copy();
    for (const _ of [1, 2]) {
      clock.now += SECOND;
      await page.refresh();
    }
    expect((await old.refresh()).status).toBe(401);
    expect((await page.refresh()).status).toBe(401);
  });

  it('RT-7 answers a replay inside the grace with the same successor', async () => {
    const { browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    const other = page.copy();
    await page.refresh();
    clock.now += 9 * SECOND;
    expect((await tokens(await other.refresh())).seq).toBe(2);
    expect(other.jar).toEqual(page.jar);
  });

  it('RT-7 takes a replay after the grace for reuse once the successor was used', async () => {
    const { authority, browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    const other = page.copy();
    await authority.verify((await tokens(await page.refresh())).access_token);
    clock.now += 11 * SECOND;
    expect((await other.refresh()).status).toBe(401);
  });

  it('TAB-2 keeps a session whose cookie two origins share, and no lock: 100 times both refresh at once', async () => {
    const elsewhere = 'https://other.example';
    // Both at once in each generation is what the limit takes for a thief: origins that refresh in step switch it off.
    const { browser, clock, events } = createFixture({ allowedOrigins: [elsewhere], maxReplaysInARow: 0 });
    const page = browser();
    await page.signIn();
    for (let round = 1; round <= 100; round++) {
      clock.now += MINUTE;
      const headers = { Origin: elsewhere, 'Sec-Fetch-Site': 'same-site', 'Idempotency-Key': `there ${round}` };
      const both = [page.refresh(`here ${round}`), page.post('/auth/refresh', { headers })];
      expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    }
    const happened = events.map(({ type }) => type).slice(1);
    expect(happened.filter((type) => type === 'refreshed')).toHaveLength(100);
    expect(happened.filter((type) => type === 'refresh-replayed')).toHaveLength(100);
    expect(happened).toHaveLength(200);
    expect(events.findLast(({ type }) => type === 'refresh-replayed')).toMatchObject({ inARow: 100 });
  });

  it('RT-22 gives the second of two pages a token that expires earlier, so that they refresh apart from then on (S-21)', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    await page.signIn();
    const [other, retry] = [page.copy(), page.copy()];
    expect((await tokens(await page.refresh('here'))).expires_in).toBe(300);
    const second = await tokens(await other.refresh('there'));
    expect(second.expires_in).toBeGreaterThanOrEqual(210);
    expect(second.expires_in).toBeLessThanOrEqual(270);
    expect((await tokens(await retry.refresh('here'))).expires_in).toBe(300);
    const { exp, iat } = await authority.verify(second.access_token);
    expect(exp - iat).toBe(second.expires_in + 1); // rounded up from a quarter of a second
  });

  it('RT-22 tells how many replays there were in a row, and ends the session at the fifth (S-21)', async () => {
    const { browser, clock, events } = createFixture({ sessionData: () => ({ device: 'phone' }) });
    const page = browser();
    const { sid } = await page.signIn();
    const statuses: number[] = [];
    for (let round = 1; round <= 5; round += 1) {
      const thief = page.copy();
      clock.now += 4 * MINUTE;
      await page.refresh(`page ${round}`);
      clock.now += 5 * SECOND;
      statuses.push((await thief.refresh(`thief ${round}`)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 401]);
    const about = { sid, userId: 'ann', data: { device: 'phone' } };
    expect(events.filter(({ type }) => type !== 'signed-in' && type !== 'refreshed')).toEqual([
      ...[1, 2, 3, 4].map((inARow) => ({
        type: 'refresh-replayed',
        at: expect.any(Number),
        ...about,
        generation: inARow + 1,
        inARow,
      })),
      { type: 'refresh-reused', at: clock.now, ...about, generation: 5, reason: 'replays-in-a-row' },
    ]);
    expect(await (await page.refresh()).json()).toMatchObject({ reason: 'reused' });
  });

  it('RT-22 counts no retry as a replay (S-21)', async () => {
    const { browser, clock, events } = createFixture();
    const page = browser();
    await page.signIn();
    const [first, retry] = [page.copy(), page.copy()];
    await page.refresh('page');
    await first.refresh('other');
    const again = page.copy();
    clock.now += MINUTE;
    await page.refresh('next');
    await again.refresh('next');
    expect((await retry.refresh('page')).status).toBe(401);
    const replays = events.filter((event) => event.type === 'refresh-replayed');
    expect(replays.map(({ generation, inARow }) => [generation, inARow])).toEqual([
      [2, 1],
      [3, 0],
    ]);
  });

  it('RT-8 recovers a session whose answer was lost for hours', async () => {
    const { authority, browser, clock, events } = createFixture();
    const page = browser();
    await page.signIn();
    await page.copy().refresh();
    clock.now += 5 * 60 * MINUTE;
    const recovered = await tokens(await page.refresh());
    expect(recovered.seq).toBe(3);
    expect(await authority.verify(recovered.access_token)).toMatchObject({ jti: expect.stringMatching(/^3\./) });
    expect(events.at(-1)).toMatchObject({ type: 'refresh-recovered', generation: 3 });
  });

  it('RT-8 revokes the session when the undelivered refresh token turns up', async () => {
    const { browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    const undelivered = page.copy();
    await undelivered.refresh();
    clock.now += MINUTE;
    await page.refresh();
    expect((await undelivered.refresh()).status).toBe(401);
    expect((await page.refresh()).status).toBe(401);
  });

  it('RT-8 revokes the session when an undelivered access token turns up', async () => {
    const { authority, browser, clock, events } = createFixture();
    const page = browser();
    await page.signIn();
    const undelivered = await tokens(await page.copy().refresh());
    clock.now += MINUTE;
    await page.refresh();
    await expect(authority.verify(undelivered.access_token)).rejects.toThrow('invalid or has expired');
    expect(events.at(-1)).toMatchObject({ type: 'refresh-reused', generation: 2 });
    expect((await page.refresh()).status).toBe(401);
  });

  it('RT-8 recovers nothing when recovery is off', async () => {
    const { browser, clock } = createFixture({ recoveryMs: 0 });
    const page = browser();
    await page.signIn();
    await page.copy().refresh();
    clock.now += 11 * SECOND;
    expect((await page.refresh()).status).toBe(401);
  });

  it('RT-9 confirms a generation by the first use of its access token', async () => {
    const { authority, browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    const parent = page.copy();
    const { access_token } = await tokens(await page.refresh());
    await authority.guard(
      new Request('https://api.example/', { headers: { Authorization: `Bearer ${access_token}` } }),
    );
    clock.now += MINUTE;
    expect((await parent.refresh()).status).toBe(401);
    expect((await page.refresh()).status).toBe(401);
  });

  it('RT-10 gives a replay a good access token and the cookie again', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    await page.signIn();
    const other = page.copy();
    const first = await page.refresh();
    const second = await other.refresh();
    expect(second.headers.get('Set-Cookie')).toBe(first.headers.get('Set-Cookie'));
    const { access_token } = await tokens(second);
    await expect(authority.verify(access_token)).resolves.toMatchObject({
      sub: 'ann',
      jti: expect.stringMatching(/^2\./),
    });
  });

  it('answers the retry of a lost keyedRefresh with the same successor', async () => {
    const { browser, clock } = createFixture({ graceMs: 0 });
    const page = browser();
    await page.signIn();
    const lost = await page.copy().refresh('one-keyedRefresh');
    clock.now += 59 * SECOND;
    const retried = await page.refresh('one-keyedRefresh');
    expect((await tokens(retried)).seq).toBe((await tokens(lost)).seq);
  });

  it('RT-20 answers the same keyedRefresh again after its cookie has landed, without rotating', async () => {
    const { browser, clock } = createFixture();
    const page = browser();
    await page.signIn();
    const first = await page.refresh('one-keyedRefresh');
    clock.now += 30 * SECOND;
    const again = await page.refresh('one-keyedRefresh');
    expect((await tokens(again)).seq).toBe((await tokens(first)).seq);
    expect(again.headers.get('Set-Cookie')).toContain(page.jar.get('__Host-refresh'));
  });

  it('answers a network duplicate with 409 and leaves everything as it is', async () => {
    const { authority, browser } = createFixture();
    const page = browser();
    await page.signIn();
    const duplicate = page.copy();
    await authority.verify((await tokens(await page.refresh('one-keyedRefresh'))).access_token);
    const answer = await duplicate.refresh('one-keyedRefresh');
    expect(answer.status).toBe(409);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(await answer.json()).toEqual({ error: 'duplicate_request' });
    expect((await page.refresh()).status).toBe(200);
  });

  it('RT-19 answers a late copy of an older keyedRefresh with 409 and lets the session go on', async () => {
    const { authority, browser, clock, events } = createFixture();
    const page = browser();
    await page.signIn();
    const slow = page.copy();
    for (const key of ['K1', 'K2']) {
      clock.now += SECOND;
      await authority.verify((await tokens(await page.refresh(key))).access_token);
    }
    const answer = await slow.refresh('K1');
    expect([answer.status, await answer.json()]).toEqual([409, { error: 'duplicate_request' }]);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(events.at(-1)).toMatchObject({ type: 'refresh-duplicate', generation: 1 });
    expect((await tokens(await page.refresh('K3'))).seq).toBe(4);
  });

  it('takes an idempotency key of another session for an unknown one', async () => {
    const { browser, clock } = createFixture({ graceMs: 0, recoveryMs: 0 });
    const [one, two] = [browser(), browser()];
    await one.signIn();
    await two.signIn();
    await one.refresh('shared');
    const parent = two.copy();
    await two.refresh('other');
    clock.now += SECOND;
    expect((await parent.refresh('shared')).status).toBe(401);
  });

  it('takes an idempotency key of 128 characters and refuses a longer one without a change', async () => {
    const page = createFixture().browser();
    await page.signIn();
    expect((await page.refresh('k'.repeat(129))).status).toBe(400);
    expect((await tokens(await page.refresh('k'.repeat(128)))).seq).toBe(2);
  });
});
