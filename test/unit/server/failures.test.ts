import { describe, expect, it } from 'vitest';
import { createMemoryStore, type SessionStore } from '../../../src/server/index.ts';
import { apiCall, createFixture, MINUTE, ORIGIN, tokens } from './fixture.ts';

const LISTED = 'https://admin.example';
const PATHS = ['/auth/login', '/auth/refresh', '/auth/logout'];
const good = { Origin: ORIGIN, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
const body = '{"id":"ann","password":"right"}';
const down = (): never => {
  throw new Error('connection refused');
};
const DEAD: SessionStore = {
  read: down,
  insert: down,
  replace: down,
  end: down,
  endByUser: down,
  listByUser: down,
  removeExpired: down,
};

function corsOf({ headers }: Response): unknown {
  return [headers.get('Access-Control-Allow-Origin'), headers.get('Access-Control-Expose-Headers')];
}

describe('an answer to a failure', () => {
  it('CSRF-8 can be read by a listed origin: 503', async () => {
    const { authority } = createFixture({ store: DEAD, allowedOrigins: [LISTED] });
    const init = { method: 'POST', headers: { ...good, Origin: LISTED }, body };
    const answer = await authority.handle(new Request(`${ORIGIN}/auth/login`, init));
    expect([answer.status, ...[corsOf(answer)].flat()]).toEqual([503, LISTED, 'Date, Retry-After, WWW-Authenticate']);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('CSRF-8 can be read by a listed origin: 500', async () => {
    const { authority } = createFixture({ verifyCredentials: down, allowedOrigins: [LISTED] });
    const init = { method: 'POST', headers: { ...good, Origin: LISTED }, body };
    const answer = await authority.handle(new Request(`${ORIGIN}/auth/login`, init));
    expect([answer.status, ...[corsOf(answer)].flat()]).toEqual([500, LISTED, 'Date, Retry-After, WWW-Authenticate']);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it.each([
    ['throws', down],
    ['gives no number', () => Number.NaN],
  ])('LOG-3 is given even when the clock %s', async (_what, now) => {
    const fixture = createFixture();
    const page = fixture.browser();
    const { access_token } = await page.signIn();
    const { authority, events } = createFixture({ now });
    const headers = { ...good, Cookie: `__Host-refresh=${page.jar.get('__Host-refresh')}` };
    for (const path of PATHS) {
      const init = { method: 'POST', headers, body: path === '/auth/login' ? body : null };
      const request = new Request(`${ORIGIN}${path}`, init);
      const { status } = await authority.handle(request);
      // Nothing of a sign-out needs the time when there is nobody to sign out.
      expect([path, status]).toEqual([path, path === '/auth/logout' ? 204 : 500]);
    }
    expect(await authority.guard(apiCall(access_token))).toMatchObject({ status: 503 });
    expect(events.map(({ type }) => type)).toEqual(['failed', 'failed', 'failed']);
    for (const { at } of events) expect(Math.abs(at - Date.now())).toBeLessThan(5_000);
  });

  it('is a plain 400, and no failure, when the client hangs up half-way', async () => {
    const { authority, events } = createFixture();
    for (const path of ['/auth/login', '/auth/logout']) {
      const stream = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"id":'));
        },
        pull(controller) {
          controller.error(new Error('aborted'));
        },
      });
      const init = { method: 'POST', headers: good, body: stream, duplex: 'half' } as RequestInit;
      expect((await authority.handle(new Request(`${ORIGIN}${path}`, init))).status).toBe(400);
    }
    expect(events).toEqual([]);
  });
});

describe('ending a session', () => {
  // A revoker far from the store: whatever it read, the session has been refreshed before it writes.
  function busyStore() {
    const memory = createMemoryStore();
    let isBusy = false;
    const store: SessionStore = {
      ...memory,
      async read(sid) {
        const record = await memory.read(sid);
        if (isBusy && record) await memory.replace({ ...record, version: record.version + 1 }, record.version);
        return record;
      },
    };
    return { store, beBusy: () => (isBusy = true), beQuiet: () => (isBusy = false) };
  }

  it('succeeds by the operator while the session keeps refreshing (S-3)', async () => {
    const { store, beBusy, beQuiet } = busyStore();
    const { authority, browser } = createFixture({ store });
    const page = browser();
    const { sid, access_token } = await page.signIn();
    beBusy();
    await authority.endSession(sid);
    beQuiet();
    await expect(authority.verify(access_token)).rejects.toMatchObject({ code: 'invalid_token' });
    expect((await page.refresh()).status).toBe(401);
  });

  it('succeeds by sign-out while the session keeps refreshing (S-3)', async () => {
    const { store, beBusy, beQuiet } = busyStore();
    const { authority, browser } = createFixture({ store });
    const page = browser();
    const { access_token } = await page.signIn();
    beBusy();
    expect((await page.signOut()).status).toBe(204);
    beQuiet();
    await expect(authority.verify(access_token)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('succeeds by the verdict of reuse while the session keeps refreshing (S-3)', async () => {
    const { store, beBusy, beQuiet } = busyStore();
    const { browser, clock } = createFixture({ store });
    const page = browser();
    await page.signIn();
    const thief = page.copy();
    await page.refresh();
    await page.refresh();
    clock.now += 2 * MINUTE;
    beBusy();
    expect(await (await thief.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'reused' });
    beQuiet();
    expect((await page.refresh()).status).toBe(401);
  });
});

describe('endUserSessions', () => {
  it('REV-9 ends all sessions of the user but the one excepted, and tells of each', async () => {
    const { authority, browser, events } = createFixture();
    const pages = [browser(), browser(), browser()];
    const [first] = await Promise.all(pages.map((page) => page.signIn()));
    await authority.endUserSessions('ann', { except: first?.sid ?? '' });
    const answers = await Promise.all(pages.map((page) => page.refresh()));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
    expect(events.filter(({ type }) => type === 'revoked')).toHaveLength(2);
  });

  it('asks the store once where there are many sessions (S-5)', async () => {
    const memory = createMemoryStore();
    const asked: string[] = [];
    const store = new Proxy(memory, {
      get(target, member, receiver) {
        asked.push(String(member));
        return Reflect.get(target, member, receiver);
      },
    });
    const { authority, browser } = createFixture({ store });
    for (let n = 0; n < 101; n += 1) await browser().signIn();
    asked.length = 0;
    await authority.endUserSessions('ann');
    expect(asked).toEqual(['endByUser']);
  });

  it('REV-8 rejects while the store is down', async () => {
    const { authority } = createFixture({ store: DEAD });
    await expect(authority.endUserSessions('ann')).rejects.toMatchObject({ name: 'UnavailableError' });
  });
});

describe('removing expired sessions', () => {
  it('does not keep a sign-in waiting when the store hangs, and asks it once (S-4)', async () => {
    let asked = 0;
    const removeExpired = () => {
      asked += 1;
      return new Promise<void>(() => undefined);
    };
    const { browser } = createFixture({ store: { ...createMemoryStore(), removeExpired } });
    await browser().signIn();
    await browser().signIn();
    expect(asked).toBe(1);
  });

  it('is an event when it fails, and the sign-in succeeds (S-4)', async () => {
    const { browser, events } = createFixture({ store: { ...createMemoryStore(), removeExpired: down } });
    await browser().signIn();
    await Promise.resolve();
    expect(events.at(-1)).toMatchObject({ type: 'failed', endpoint: 'sweep' });
  });

  it('asks the store for a bounded number of them (S-4)', async () => {
    const limits: number[] = [];
    const removeExpired = (_now: number, limit: number) => void limits.push(limit);
    const { browser } = createFixture({ store: { ...createMemoryStore(), removeExpired } });
    await browser().signIn();
    expect(limits).toEqual([100]);
  });
});

describe('loadUser', () => {
  it('RT-4 consumes nothing when it gives somebody else', async () => {
    let mixUp = false;
    const { authority, browser, events } = createFixture({
      graceMs: 0,
      retryWindowMs: 0,
      recoveryMs: 0,
      loadUser: (id) => ({ id: mixUp ? 'bob' : id, name: id }),
    });
    const page = browser();
    const { access_token } = await page.signIn();
    mixUp = true;
    const answer = await page.refresh();
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([500, null]);
    expect(events.at(-1)).toMatchObject({ type: 'failed', endpoint: 'refresh', error: expect.any(TypeError) });
    mixUp = false;
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    expect((await tokens(await page.refresh())).seq).toBe(2);
  });

  it.each([null, undefined, false as const])('REV-8 ends the session for %s (S-11)', async (nobody) => {
    const { browser, clock, events } = createFixture({ loadUser: async () => nobody });
    const page = browser();
    await page.signIn();
    clock.now += MINUTE;
    expect(await (await page.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'revoked' });
    expect(events.at(-1)).toMatchObject({ type: 'revoked', by: 'no-user' });
  });
});
