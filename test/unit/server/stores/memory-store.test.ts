import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../src/server/index.ts';
import { startSession } from '../../../../src/server/rotation/session-record.ts';
import { createFixture, MINUTE } from '../fixture.ts';

const timeouts = { idleTimeoutMs: 100, absoluteTimeoutMs: 200 };
const session = startSession('one', 'ann', 0, timeouts);

describe('createMemoryStore', () => {
  it('gives back what was put in', async () => {
    const store = createMemoryStore();
    await store.insert(session);
    expect([await store.read('one'), await store.read('two')]).toEqual([session, undefined]);
  });

  it('RT-5 replaces a record of the expected version only', async () => {
    const store = createMemoryStore();
    await store.insert(session);
    expect(await store.replace({ ...session, version: 2 }, 1)).toBe(true);
    expect(await store.replace({ ...session, version: 2, generation: 9 }, 1)).toBe(false);
    expect(await store.read('one')).toEqual({ ...session, version: 2 });
  });

  it('replaces nothing that is not there', async () => {
    const store = createMemoryStore();
    expect(await store.replace(session, 1)).toBe(false);
    expect(await store.read('one')).toBeUndefined();
  });

  it('lists the sessions of one user', async () => {
    const store = createMemoryStore();
    for (const [sid, user] of [
      ['one', 'ann'],
      ['two', 'bob'],
      ['three', 'ann'],
    ] as const) {
      await store.insert(startSession(sid, user, 0, timeouts));
    }
    expect((await store.listByUser('ann')).map(({ sid }) => sid)).toEqual(['one', 'three']);
  });

  it('forgets what has expired, to the millisecond', async () => {
    const store = createMemoryStore();
    await store.insert(session);
    await store.removeExpired(99, 10);
    expect(await store.read('one')).toBeDefined();
    await store.removeExpired(100, 10);
    expect(await store.read('one')).toBeUndefined();
  });

  it('REV-2 holds no more than the sessions of one idle time', async () => {
    const store = createMemoryStore();
    const { browser, clock } = createFixture({ store, idleTimeoutMs: 10 * MINUTE });
    for (let n = 0; n < 50; n += 1) {
      await browser().signIn();
      clock.now += MINUTE;
    }
    expect((await store.listByUser('ann')).length).toBeLessThanOrEqual(10);
  });

  it('CK-12 holds plain JSON in which no refresh token can be found', async () => {
    const store = createMemoryStore();
    const page = createFixture({ store }).browser();
    const { sid } = await page.signIn();
    await page.refresh('the-key');
    const record = await store.read(sid);
    const text = JSON.stringify(record);
    expect(JSON.parse(text)).toEqual(record);
    expect(text).not.toContain(page.jar.get('__Host-refresh')?.split('.')[2]);
    expect(text).not.toContain('the-key');
  });
});
