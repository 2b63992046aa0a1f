import { describe, expect, it } from 'vitest';
import { createMemoryStore, type RefreshContext, type RefreshVerdict } from '../../../../src/server/index.ts';
import { createFixture, MINUTE, SECOND, tokens } from '../fixture.ts';

async function createWatched(onRefresh: (refresh: RefreshContext) => RefreshVerdict | Promise<RefreshVerdict>) {
  const store = createMemoryStore();
  const fixture = createFixture({
    store,
    onRefresh,
    sessionData: (request) => ({ agent: request.headers.get('User-Agent') ?? '' }),
  });
  const page = fixture.browser();
  const { sid } = await page.signIn();
  return { ...fixture, store, page, sid };
}

describe('onRefresh', () => {
  it('is asked with the session as it was, the request, and whether the token had been presented before', async () => {
    const asked: [boolean, number, string | null][] = [];
    const { page, clock } = await createWatched(({ session, request, isReplay }) => {
      asked.push([isReplay, session.lastUsedAt, request.headers.get('Idempotency-Key')]);
      return 'allow';
    });
    const signedInAt = clock.now;
    const before = page.copy();
    clock.now += MINUTE;
    await page.refresh('first');
    await before.copy().refresh('first');
    clock.now += 5 * SECOND;
    await before.copy().refresh('another');
    clock.now += MINUTE;
    await before.refresh('recovers');
    expect(asked).toEqual([
      [false, signedInAt, 'first'],
      [true, signedInAt + MINUTE, 'first'],
      [true, signedInAt + MINUTE, 'another'],
      [true, signedInAt + MINUTE, 'recovers'],
    ]);
  });

  it('ends the session: 401, an event, and its access tokens are refused', async () => {
    const { authority, page, clock, events } = await createWatched(() => 'end');
    const { access_token } = await page.signIn();
    const answer = await page.refresh();
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'invalid_grant', reason: 'revoked' }]);
    expect(events.at(-1)).toMatchObject({ type: 'revoked', by: 'on-refresh', at: clock.now, data: { agent: '' } });
    await expect(authority.verify(access_token)).rejects.toThrow();
  });

  it.each([
    ['throws', () => Promise.reject(new Error('geo database is down')), 'geo database is down'],
    [
      'gives something else',
      () => undefined as unknown as RefreshVerdict,
      "`onRefresh` must give 'allow' or 'end'; it gave undefined.",
    ],
  ])('changes nothing where it %s, and the answer is 500', async (_what, onRefresh, message) => {
    let isBroken = true;
    const { page, store, sid, events } = await createWatched(() => (isBroken ? onRefresh() : 'allow'));
    const before = await store.read(sid);
    expect((await page.refresh('k')).status).toBe(500);
    expect(await store.read(sid)).toEqual(before);
    expect(events.at(-1)).toMatchObject({ type: 'failed', endpoint: 'refresh', error: { message } });
    isBroken = false;
    expect((await page.refresh('k')).status).toBe(200);
  });

  it('is not asked about a refresh that fails anyway', async () => {
    let asked = 0;
    const { page, clock } = await createWatched(() => {
      asked += 1;
      return 'allow';
    });
    const old = page.copy();
    for (const _ of [1, 2]) {
      clock.now += MINUTE;
      await page.refresh();
    }
    asked = 0;
    expect((await old.refresh()).status).toBe(401);
    expect((await page.refresh()).status).toBe(401);
    expect(asked).toBe(0);
  });

  it('is a step-up where the next sign-in asks for a second factor (BB-8)', async () => {
    const suspected = new Set<string>();
    const { browser } = createFixture({
      onRefresh({ session }) {
        suspected.add(session.userId);
        return 'end';
      },
      verifyCredentials(credentials) {
        const { id, code } = credentials as { id: string; code?: string };
        if (suspected.has(id) && code !== '123456') {
          return Response.json({ error: 'second_factor_required' }, { status: 401 });
        }
        suspected.delete(id);
        return { id, name: id };
      },
    });
    const page = browser();
    const signIn = (credentials: object) =>
      page.post('/auth/login', {
        body: JSON.stringify(credentials),
        headers: { 'Content-Type': 'application/json' },
      });
    expect((await signIn({ id: 'ann' })).status).toBe(200);
    expect((await page.refresh()).status).toBe(401);
    const asked = await signIn({ id: 'ann' });
    expect([asked.status, await asked.json()]).toEqual([401, { error: 'second_factor_required' }]);
    expect((await signIn({ id: 'ann', code: '123456' })).status).toBe(200);
    expect((await signIn({ id: 'ann' })).status).toBe(200);
  });

  it('has beside it the time of the sign-in as a claim, which a refresh leaves as it is (BB-8)', async () => {
    const { authority, browser, clock } = createFixture({
      loadUser: (id) => ({ id, name: id }),
      claims: (_user, session) => ({ auth_time: Math.floor(session.createdAt / 1000) }),
    });
    const page = browser();
    const authTime = async (token: string) => (await authority.verify(token)).auth_time;
    const signedInAt = Math.floor(clock.now / 1000);
    expect(await authTime((await page.signIn()).access_token)).toBe(signedInAt);
    clock.now += MINUTE;
    expect(await authTime((await tokens(await page.refresh())).access_token)).toBe(signedInAt);
    expect(await authTime((await page.signIn()).access_token)).toBe(signedInAt + 60);
  });

  it('must be a function', () => {
    expect(() => createFixture({ onRefresh: 'allow' as never })).toThrow(/onRefresh/);
  });
});
