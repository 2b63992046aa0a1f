import { describe, expect, it } from 'vitest';
import { type AuthorityEvent, createMemoryStore, type SessionStore } from '../../../../src/server/index.ts';
import { createFixture, DAY, MINUTE, ORIGIN, tokens } from '../fixture.ts';

const device = { sessionData: (request: Request) => ({ device: request.headers.get('User-Agent') ?? 'unknown' }) };

describe('listSessions', () => {
  it('REV-8 lists the live sessions of a user, the newest sign-in first, with the data of the app', async () => {
    const { authority, browser, clock } = createFixture(device);
    const [old, young, other] = [browser(), browser(), browser()];
    const createdAt = clock.now;
    const { sid } = await old.signIn();
    clock.now += DAY;
    const second = await young.signIn();
    await other.signIn('bob');
    clock.now += MINUTE;
    await old.refresh();
    expect(await authority.listSessions('ann')).toEqual([
      {
        sid: second.sid,
        userId: 'ann',
        createdAt: createdAt + DAY,
        lastUsedAt: createdAt + DAY,
        expiresAt: createdAt + 15 * DAY,
        remembered: true,
        data: { device: 'unknown' },
      },
      expect.objectContaining({ sid, createdAt, lastUsedAt: clock.now, expiresAt: clock.now + 14 * DAY }),
    ]);
    expect(await authority.listSessions('nobody')).toEqual([]);
  });

  it('REV-8 lists none that has ended or expired', async () => {
    const { authority, browser, clock } = createFixture();
    const [ended, reused, expired] = [browser(), browser(), browser()];
    await expired.signIn();
    clock.now += 14 * DAY;
    await ended.signIn();
    await ended.signOut();
    await reused.signIn();
    const thief = reused.copy();
    for (const _ of [1, 2]) {
      clock.now += MINUTE;
      await reused.refresh();
    }
    expect(await authority.listSessions('ann')).toHaveLength(1);
    await thief.refresh();
    expect(await authority.listSessions('ann')).toEqual([]);
  });

  it('REV-8 lets a page end one of them, or all but its own, at once', async () => {
    const { authority, browser } = createFixture();
    const [here, there, elsewhere] = [browser(), browser(), browser()];
    const own = await here.signIn();
    const others = [await there.signIn(), await elsewhere.signIn()];
    await authority.endSession(others[0]?.sid ?? '');
    expect((await there.refresh()).status).toBe(401);
    await authority.endUserSessions('ann', { except: own.sid });
    expect((await elsewhere.refresh()).status).toBe(401);
    await expect(authority.verify(others[1]?.access_token ?? '')).rejects.toThrow();
    expect((await authority.listSessions('ann')).map(({ sid }) => sid)).toEqual([own.sid]);
    expect((await here.refresh()).status).toBe(200);
  });

  it('REV-9 a change of password ends all sessions but the one that changed it', async () => {
    const { authority, browser } = createFixture();
    const [here, stolen] = [browser(), browser()];
    const own = await here.signIn();
    await stolen.signIn();
    const { sub, sid } = await authority.verify(own.access_token);
    await authority.endUserSessions(sub, { except: sid });
    expect((await stolen.refresh()).status).toBe(401);
    expect((await here.refresh()).status).toBe(200);
  });

  it('REV-3 endUserSessions refuses every token of a user, and a new sign-in works', async () => {
    const { authority, browser } = createFixture();
    const pages = [browser(), browser()];
    const before = await Promise.all(pages.map((page) => page.signIn()));
    await authority.endUserSessions('ann');
    for (const { access_token } of before) await expect(authority.verify(access_token)).rejects.toThrow();
    for (const page of pages) expect((await page.refresh()).status).toBe(401);
    expect(await authority.verify((await browser().signIn()).access_token)).toMatchObject({ sub: 'ann' });
  });

  it('rejects when the store cannot be asked', async () => {
    const store = { ...createMemoryStore(), listByUser: () => Promise.reject(new Error('down')) };
    await expect(createFixture({ store }).authority.listSessions('ann')).rejects.toThrow('unavailable');
  });
});

describe('maxSessionsPerUser', () => {
  it('ends the oldest session of a user who signs in once too often', async () => {
    const { authority, browser, clock, events } = createFixture({ maxSessionsPerUser: 2 });
    const pages = [browser(), browser(), browser()];
    const sids: string[] = [];
    for (const page of pages) {
      clock.now += MINUTE;
      sids.push((await page.signIn()).sid);
    }
    await browser().signIn('bob');
    expect((await authority.listSessions('ann')).map(({ sid }) => sid)).toEqual([sids[2], sids[1]]);
    expect((await pages[0]?.refresh())?.status).toBe(401);
    expect(events.filter(({ type }) => type === 'revoked')).toMatchObject([
      { sid: sids[0], userId: 'ann', by: 'limit', data: {} },
    ]);
  });

  it('counts neither the session that the sign-in replaces nor one that has expired', async () => {
    const { authority, browser, clock, events } = createFixture({ maxSessionsPerUser: 2, idleTimeoutMs: DAY });
    await browser().signIn();
    clock.now += DAY;
    const [here, there] = [browser(), browser()];
    await there.signIn();
    await here.signIn();
    await here.signIn();
    expect(await authority.listSessions('ann')).toHaveLength(2);
    expect(events.filter((event) => event.type === 'revoked')).toMatchObject([{ by: 'sign-in' }]);
  });

  it('ends none that has expired by itself', async () => {
    const { browser, clock, events } = createFixture({ maxSessionsPerUser: 1, idleTimeoutMs: DAY });
    await browser().signIn();
    clock.now += DAY;
    await browser().signIn();
    expect(events.map(({ type }) => type)).toEqual(['signed-in', 'signed-in']);
  });

  it('allows one session only, if told so, and any number by default', async () => {
    const single = createFixture({ maxSessionsPerUser: 1 });
    for (const _ of [1, 2, 3]) await single.browser().signIn();
    expect(await single.authority.listSessions('ann')).toHaveLength(1);
    const any = createFixture();
    for (let n = 0; n < 50; n += 1) await any.browser().signIn();
    expect(await any.authority.listSessions('ann')).toHaveLength(50);
  });

  it('leaves one session of sign-ins at the same moment, and ends each other one once', async () => {
    const { authority, browser, events } = createFixture({ maxSessionsPerUser: 1, store: unhurried() });
    const pages = [1, 2, 3, 4].map(() => browser());
    await Promise.all(pages.map((page) => page.signIn()));
    const [left, ...more] = await authority.listSessions('ann');
    expect([left?.userId, more]).toEqual(['ann', []]);
    const answers = await Promise.all(pages.map((page) => page.refresh()));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    const begun = events.filter(({ type }) => type === 'signed-in');
    expect(events.filter(({ type }) => type === 'revoked')).toHaveLength(begun.length - 1);
  });

  it('ends the session that is older for the sign-in, whichever clock the other process has', async () => {
    const store = createMemoryStore();
    const ahead = createFixture({ maxSessionsPerUser: 1, store });
    const behind = createFixture({ maxSessionsPerUser: 1, store });
    behind.clock.now -= MINUTE;
    await ahead.browser().signIn();
    const { sid } = await behind.browser().signIn();
    expect(await ahead.authority.listSessions('ann')).toMatchObject([{ sid }]);
  });

  it.each([0, -1, 1.5, '3', Number.NaN])('must be a whole number, 1 or more, and not %s', (maxSessionsPerUser) => {
    expect(() => createFixture({ maxSessionsPerUser: maxSessionsPerUser as number })).toThrow(/maxSessionsPerUser/);
  });
});

describe('endUserSessions', () => {
  const ended = (events: readonly AuthorityEvent[]) => events.filter(({ type }) => type === 'revoked');

  it('tells of each session that it ended, with the data of the app (LOG-1)', async () => {
    const { authority, browser, clock, events } = createFixture(device);
    const [here, there] = [browser(), browser()];
    const { sid } = await here.signIn();
    const other = await there.signIn();
    await authority.endUserSessions('ann', { except: sid });
    const data = { device: 'unknown' };
    expect(ended(events)).toEqual([
      { type: 'revoked', at: clock.now, sid: other.sid, userId: 'ann', data, by: 'operator' },
    ]);
  });

  it('has ended them, and says which, although the store fails before it has given their data', async () => {
    const store = createMemoryStore();
    const { authority, browser, events } = createFixture({ ...device, store });
    const { sid } = await browser().signIn();
    store.read = () => Promise.reject(new Error('down'));
    await authority.endUserSessions('ann');
    expect(ended(events)).toMatchObject([{ sid, userId: 'ann', by: 'operator' }]);
    expect(ended(events)[0]).not.toHaveProperty('data');
  });
});

describe('sessionData', () => {
  it('is kept with the session, and given to claims, profile, onRefresh and the events', async () => {
    const seen: unknown[] = [];
    const { authority, browser, events } = createFixture({
      ...device,
      loadUser: (id) => ({ id, name: id }),
      claims: (_user, { data }) => ({ device: data.device }),
      profile: (user, { data, createdAt }) => ({ name: user.name, device: data.device, since: createdAt }),
      onRefresh({ session }) {
        seen.push(session.data);
        return 'allow';
      },
    });
    const page = browser();
    const login = { 'Content-Type': 'application/json', 'User-Agent': 'Firefox' };
    const body = JSON.stringify({ id: 'ann', password: 'right' });
    await page.post('/auth/login', { body, headers: login });
    const refreshed = await tokens(await page.refresh());
    expect(await authority.verify(refreshed.access_token)).toMatchObject({ device: 'Firefox' });
    expect(refreshed.user).toMatchObject({ device: 'Firefox', since: expect.any(Number) });
    expect(seen).toEqual([{ device: 'Firefox' }]);
    await page.signOut();
    const told = events.map((event) => ('data' in event ? event.data : undefined));
    expect(told).toEqual(Array(3).fill({ device: 'Firefox' }));
  });

  it.each([
    ['a Date', { since: new Date(0) }, /plain JSON; found a Date/],
    ['NaN', { n: Number.NaN }, /plain JSON; found NaN/],
    ['a function', { f: () => 1 }, /plain JSON; found a function/],
    ['a Map', new Map(), /plain object; found a Map/],
    ['a list', ['x'], /plain object; found a list/],
    ['text', 'x', /plain object; found text/],
    ['more than 4 KiB', { text: 'ü'.repeat(2048) }, /at most 4096 bytes of JSON; it is 4107/],
    ['a circle', circle(), /nested deeper/],
  ])('signs nobody in with %s', async (_what, data, message) => {
    const store = createMemoryStore();
    const { authority, browser, events } = createFixture({ store, sessionData: () => data as object });
    await expect(browser().signIn()).rejects.toThrow('500');
    const [failed] = events.filter(({ type }) => type === 'failed');
    expect(String((failed as { error: unknown }).error)).toMatch(message);
    const request = new Request(ORIGIN, { method: 'POST' });
    const user = { id: 'ann', name: 'Ann' };
    await expect(authority.signIn(user, request, { data: data as object })).rejects.toThrow(TypeError);
    expect(await store.listByUser('ann')).toEqual([]);
  });

  it('is a copy, without members that are undefined', async () => {
    const data = { device: 'Firefox', address: undefined as string | undefined, seen: [null, true, { n: 1 }] };
    const { authority, browser } = createFixture({ sessionData: () => data });
    await browser().signIn();
    data.device = 'changed later';
    const [session] = await authority.listSessions('ann');
    expect(JSON.stringify(session?.data)).toBe('{"device":"Firefox","seen":[null,true,{"n":1}]}');
  });
});

function circle(): object {
  const self: { self?: object } = {};
  self.self = self;
  return self;
}

/** A store in memory that takes its time, so that what is asked at once is under way at once. */
function unhurried(): SessionStore {
  const store = createMemoryStore();
  const members = Object.entries(store).map(([name, member]) => [
    name,
    async (...given: unknown[]) => {
      await new Promise((resolve) => setImmediate(resolve));
      return (member as (...given: unknown[]) => unknown)(...given);
    },
  ]);
  return Object.fromEntries(members) as SessionStore;
}
