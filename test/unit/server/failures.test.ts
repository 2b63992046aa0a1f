import { describe, expect, it } from 'vitest';
import { createMemoryStore, type FamilyStore } from '../../../src/server/index.ts';
import { apiCall, createFixture, MINUTE, ORIGIN, tokens } from './fixture.ts';

const LISTED = 'https://admin.example';
const PATHS = ['/auth/login', '/auth/refresh', '/auth/logout'];
const good = { Origin: ORIGIN, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
const body = '{"id":"ann","password":"right"}';
const down = (): never => {
  throw new Error('connection refused');
};
const DEAD: FamilyStore = { read: down, insert: down, replace: down, listByUser: down, removeExpired: down };

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

describe('revokeUser', () => {
  it('REV-8 ends all sessions that it can before it fails', async () => {
    const memory = createMemoryStore();
    const broken = new Set<string>();
    const store: FamilyStore = {
      ...memory,
      replace: (record, version) => (broken.has(record.sid) ? down() : memory.replace(record, version)),
    };
    const { authority, browser, events } = createFixture({ store });
    const pages = [browser(), browser(), browser()];
    const [first] = await Promise.all(pages.map((page) => page.signIn()));
    broken.add(first?.sid ?? '');
    await expect(authority.revokeUser('ann')).rejects.toMatchObject({
      name: 'StoreUnavailableError',
      cause: { errors: [expect.objectContaining({ name: 'StoreUnavailableError' })] },
    });
    broken.clear();
    const answers = await Promise.all(pages.map((page) => page.refresh()));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(events.filter(({ type }) => type === 'revoked')).toHaveLength(2);
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

  it.each([null, undefined, false as const])('REV-8 ends the family for %s (S-11)', async (nobody) => {
    const { browser, clock, events } = createFixture({ loadUser: async () => nobody });
    const page = browser();
    await page.signIn();
    clock.now += MINUTE;
    expect(await (await page.refresh()).json()).toEqual({ error: 'invalid_grant', reason: 'revoked' });
    expect(events.at(-1)).toMatchObject({ type: 'revoked', by: 'no-user' });
  });
});
