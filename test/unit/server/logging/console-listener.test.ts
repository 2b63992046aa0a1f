import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import type { AuthorityOptions } from '../../../../src/server/index.ts';
import { createMemoryStore } from '../../../../src/server/index.ts';
import { apiCall, createFixture, ORIGIN, type User } from '../fixture.ts';

const SECRET = 'c2VjcmV0LXRva2Vu';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const good = JSON.stringify({ id: 'ann', password: 'right' });
const silent = { onEvent: undefined as never };

let error: MockInstance<typeof console.error>;
let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

function lines(spy: MockInstance<typeof console.error>): string[] {
  return spy.mock.calls.map((args) => args.join(' '));
}

function withoutListener(options: Partial<AuthorityOptions<User>> = {}) {
  const fixture = createFixture({ ...options, ...silent });
  return { ...fixture, page: fixture.browser() };
}

class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code = 'ECONNREFUSED';
}

describe('an authority without onEvent', () => {
  it('writes a failure to console.error once, however often it comes (S-12)', async () => {
    const store = { ...createMemoryStore(), insert: () => Promise.reject(new QueryError('no connection')) };
    const { page } = withoutListener({ store });
    for (const _ of [1, 2, 3]) await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    expect(lines(error)).toEqual([
      expect.stringMatching(
        /^silent-refresh: A request failed at sign-in, .*The session store is unavailable, caused by QueryError ECONNREFUSED at .*console-listener\.test\.ts/,
      ),
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  it('writes what an option or callback must be, in full (S-12)', async () => {
    const { page } = withoutListener({ userId: () => '' });
    await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    expect(lines(error)).toEqual([expect.stringContaining('A user id must be text that is not empty')]);
  });

  it('writes each kind of failure, and each place of one, by itself (S-12)', async () => {
    let failure = (): never => {
      throw new Error('one');
    };
    const { page } = withoutListener({ verifyCredentials: () => failure() });
    await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    failure = () => {
      throw new Error('another');
    };
    for (const _ of [1, 2]) await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('writes refusals to console.warn, each kind once, with what to look at (S-12)', async () => {
    const { authority, page } = withoutListener();
    const wrong = JSON.stringify({ id: 'ann', password: 'wrong' });
    for (const _ of [1, 2]) {
      await page.post('/auth/refresh', { headers: { 'X-Auth-Client': '' } });
      await page.post('/auth/refresh', { headers: { Origin: 'https://evil.example' } });
      await page.post('/auth/refresh', { headers: { Cookie: '__Host-refresh=x' } });
      await page.post('/auth/login', { body: wrong, headers: JSON_TYPE });
      await authority.guard(apiCall('a.b.c'));
    }
    expect(lines(warn)).toEqual([
      expect.stringMatching(/^silent-refresh: A request was refused at refresh \(header\)\. .*X-Auth-Client/),
      expect.stringMatching(/^silent-refresh: A request was refused at refresh \(origin\)\. .*allowedOrigins/),
      expect.stringMatching(/^silent-refresh: A refresh was rejected: .*refreshSecret/),
      expect.stringMatching(/^silent-refresh: .*sign-in, with status 401/),
      expect.stringMatching(/^silent-refresh: A request was refused at the guard: .*issuer/),
    ]);
    expect(error).not.toHaveBeenCalled();
  });

  it('writes nothing while all is well (S-12)', async () => {
    const { authority, page } = withoutListener();
    const { access_token } = await page.signIn();
    await authority.guard(apiCall(access_token));
    await page.refresh('k');
    await page.copy().refresh('k');
    await page.signOut();
    await page.copy().refresh();
    expect([error.mock.calls, warn.mock.calls]).toEqual([[], []]);
  });

  it('never writes what an error, a request or a cookie says (S-12)', async () => {
    const failing = (name: string) => (): never => {
      throw Object.assign(new Error(`${SECRET}\n    at ${SECRET} (${name})`), { name: SECRET, code: SECRET });
    };
    const { authority, page } = withoutListener({ verifyCredentials: failing('sign-in') });
    await page.post(`/auth/login?query=${SECRET}`, { body: JSON.stringify(SECRET), headers: JSON_TYPE });
    await page.post(`/auth/refresh?query=${SECRET}`, { headers: { Cookie: `__Host-refresh=${SECRET}` } });
    await page.post('/auth/refresh', { headers: { Origin: `https://${SECRET}.example` } });
    await page.post('/auth/refresh', { headers: { 'Sec-Fetch-Site': 'cross-site', 'X-Header': SECRET } });
    await authority.guard(apiCall(SECRET));
    await authority.guard(new Request(`${ORIGIN}/api?access_token=${SECRET}`));
    await authority.guard(apiCall(`${SECRET}, Bearer ${SECRET}`));
    expect(error).toHaveBeenCalledOnce();
    expect(warn.mock.calls.length).toBeGreaterThanOrEqual(5);
    for (const line of [...lines(error), ...lines(warn)])
      expect(line.toLowerCase()).not.toContain(SECRET.toLowerCase());
  });

  it('goes on where what was thrown is no Error (S-12)', async () => {
    const { page } = withoutListener({
      verifyCredentials() {
        throw SECRET;
      },
    });
    const answer = await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    expect(answer.status).toBe(500);
    expect(lines(error)).toEqual([expect.stringContaining('not an Error')]);
  });

  it.each([
    ['its own cause', (failure: Error) => failure],
    ['the cause of its cause', (failure: Error) => new Error('outer', { cause: failure })],
  ])('comes to an end when an error is %s (S-12)', async (_name, causeFor) => {
    const { page } = withoutListener({
      verifyCredentials() {
        const failure = new Error('inner');
        failure.cause = causeFor(failure);
        throw failure;
      },
    });
    expect((await page.post('/auth/login', { body: good, headers: JSON_TYPE })).status).toBe(500);
    expect(error).toHaveBeenCalledOnce();
  });

  it('names the first place that has a line, and nothing that only looks like one (S-12)', async () => {
    const { page } = withoutListener({
      verifyCredentials() {
        const failure = new Error('x');
        failure.stack = `Error: x\n    at ${SECRET}\n    at JSON.parse (<anonymous>)\n    at check (/app/users.js:7:12)`;
        throw failure;
      },
    });
    await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    expect(lines(error)).toEqual([expect.stringContaining('Error at check (/app/users.js:7:12).')]);
  });

  it('stops after a hundred kinds, so that its memory has an end (S-12)', async () => {
    let n = 0;
    const { page } = withoutListener({
      verifyCredentials() {
        n += 1;
        throw Object.assign(new Error('x'), { code: `E${n}` });
      },
    });
    for (let i = 0; i < 120; i += 1) await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    expect(error).toHaveBeenCalledTimes(100);
  });
});

describe('an authority with onEvent', () => {
  it('leaves the console alone (S-12)', async () => {
    const { authority, browser, events } = createFixture({ userId: () => '' });
    const page = browser();
    await page.post('/auth/login', { body: good, headers: JSON_TYPE });
    await page.post('/auth/refresh', { headers: { Origin: 'https://evil.example' } });
    await authority.guard(apiCall('a.b.c'));
    expect(events).toHaveLength(3);
    expect([error.mock.calls, warn.mock.calls]).toEqual([[], []]);
  });
});
