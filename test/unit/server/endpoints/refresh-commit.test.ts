import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore, type SessionStore } from '../../../../src/server/index.ts';
import { createFixture, SECOND, tokens } from '../fixture.ts';

const STRICT = { graceMs: 0, retryWindowMs: 0, recoveryMs: 0 };

afterEach(() => vi.restoreAllMocks());

/** What is hashed from now on, as text: signed and checked by HMAC, or without a secret. */
function countHashes(): string[] {
  const messages: string[] = [];
  const { sign, verify, digest } = crypto.subtle;
  const note = (data: unknown) => messages.push(new TextDecoder().decode(data as Uint8Array));
  vi.spyOn(crypto.subtle, 'sign').mockImplementation((algorithm, key, data) => {
    if (algorithm === 'HMAC') note(data);
    return sign.call(crypto.subtle, algorithm, key, data);
  });
  vi.spyOn(crypto.subtle, 'verify').mockImplementation((algorithm, key, signature, data) => {
    if (algorithm === 'HMAC') note(data);
    return verify.call(crypto.subtle, algorithm, key, signature, data);
  });
  vi.spyOn(crypto.subtle, 'digest').mockImplementation((algorithm, data) => {
    note(data);
    return digest.call(crypto.subtle, algorithm, data);
  });
  return messages;
}

describe('the cryptography of a refresh', () => {
  it.each([
    ['with a key', 'k', 3],
    ['without a key', undefined, 2],
  ])('is one hash for each thing that it checks and writes, %s (S-27)', async (_what, key, hashes) => {
    const page = createFixture().browser();
    await page.signIn();
    const messages = countHashes();
    expect((await page.refresh(key)).status).toBe(200);
    expect(messages).toHaveLength(hashes);
  });

  it('checks nothing twice where the swap is lost and decided again (S-27)', async () => {
    const memory = createMemoryStore();
    let losses = 3;
    const store: SessionStore = {
      ...memory,
      replace: (record, version) => losses-- <= 0 && memory.replace(record, version),
    };
    const page = createFixture({ store }).browser();
    await page.signIn();
    const messages = countHashes();
    expect((await page.refresh('k')).status).toBe(200);
    expect(messages.filter((message) => !message.startsWith('refresh '))).toHaveLength(1);
    expect(messages).toHaveLength(2 + 4);
  });
});

describe('the commit of a refresh', () => {
  it('RT-5 makes exactly one new generation of 50 parallel refreshes', async () => {
    const { browser, events } = createFixture();
    const page = browser();
    await page.signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => page.copy().refresh()));
    const bodies = await Promise.all(answers.map(tokens));
    expect(new Set(bodies.map(({ seq }) => seq))).toEqual(new Set([2]));
    expect(new Set(answers.map((answer) => answer.headers.get('Set-Cookie'))).size).toBe(1);
    expect(events.filter(({ type }) => type === 'refreshed')).toHaveLength(1);
  });

  it('RT-5 makes exactly one new generation over a store that answers in any order', async () => {
    const memory = createMemoryStore();
    let turn = 0;
    const later = async (): Promise<void> => {
      turn += 1;
      for (let wait = (turn * 7) % 5; wait > 0; wait -= 1) await Promise.resolve();
    };
    const store: SessionStore = {
      ...memory,
      read: (sid) => later().then(() => memory.read(sid)),
      replace: (record, version) => later().then(() => memory.replace(record, version)),
    };
    const { browser, events } = createFixture({ store });
    const page = browser();
    await page.signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => page.copy().refresh(`key-${n}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(events.filter(({ type }) => type === 'refreshed')).toHaveLength(1);
  });

  it.each([
    [
      'loadUser',
      (answer: <Result>(result: Result) => Promise<Result>) => ({ loadUser: (id: string) => answer({ id, name: id }) }),
    ],
    [
      'onRefresh',
      (answer: <Result>(result: Result) => Promise<Result>) => ({ onRefresh: () => answer('allow' as const) }),
    ],
  ])(
    'RT-7 keeps the session where `%s` took longer than the grace for two refreshes at once',
    async (_hook, optionsOf) => {
      const waiting: (() => void)[] = [];
      let isSlow = false;
      const options = optionsOf((result) =>
        isSlow ? new Promise((resolve) => waiting.push(() => resolve(result))) : Promise.resolve(result),
      );
      const { authority, browser, clock } = createFixture({ ...options, graceMs: 10 * SECOND });
      const page = browser();
      await authority.verify((await page.signIn()).access_token);
      isSlow = true;
      const refreshes = ['one', 'two'].map((key) => page.copy().refresh(key));
      await vi.waitUntil(() => waiting.length === 2);
      isSlow = false;
      clock.now += 12 * SECOND;
      for (const answer of waiting) answer();
      const bodies = await Promise.all((await Promise.all(refreshes)).map(tokens));
      expect(bodies.map(({ seq }) => seq)).toEqual([2, 2]);
      for (const { access_token } of bodies) await authority.verify(access_token);
    },
  );

  it('RT-5 does not spend the token when signing fails', async () => {
    let fails = false;
    const { browser } = createFixture({
      ...STRICT,
      loadUser: (id) => ({ id, name: id }),
      claims() {
        if (fails) throw new Error('no claims today');
        return {};
      },
    });
    const page = browser();
    await page.signIn();
    fails = true;
    expect((await page.refresh()).status).toBe(500);
    fails = false;
    expect((await tokens(await page.refresh())).seq).toBe(2);
  });

  it('RT-5 does not spend the token when the commit fails', async () => {
    const memory = createMemoryStore();
    let fails = false;
    const store: SessionStore = {
      ...memory,
      replace(record, version) {
        if (fails) throw new Error('connection lost');
        return memory.replace(record, version);
      },
    };
    const page = createFixture({ ...STRICT, store }).browser();
    await page.signIn();
    fails = true;
    const answer = await page.refresh();
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    fails = false;
    expect((await page.refresh()).status).toBe(200);
  });

  it.each([
    [15, 200],
    [16, 503],
  ])('RT-5 goes on after losing the swap %i times with %i', async (losses, status) => {
    const memory = createMemoryStore();
    let left = 0;
    const store: SessionStore = {
      ...memory,
      replace(record, version) {
        left -= 1;
        return left < 0 && memory.replace(record, version);
      },
    };
    const page = createFixture({ store }).browser();
    await page.signIn();
    left = losses;
    expect((await page.refresh()).status).toBe(status);
    left = 0;
    expect((await page.refresh()).status).toBe(200);
  });

  it('gives up on a store that never takes a change', async () => {
    const page = createFixture({ store: { ...createMemoryStore(), replace: () => false } }).browser();
    await page.signIn();
    expect((await page.refresh()).status).toBe(503);
  });

  it('RT-9 writes to the store at the first use of a generation only', async () => {
    const memory = createMemoryStore();
    let writes = 0;
    const store: SessionStore = {
      ...memory,
      replace(record, version) {
        writes += 1;
        return memory.replace(record, version);
      },
    };
    const { authority, browser } = createFixture({ store });
    const { access_token } = await browser().signIn();
    for (const _ of [1, 2, 3]) await authority.verify(access_token);
    expect(writes).toBe(1);
  });
});
