import { expect } from 'vitest';
import type { RevocationList } from '../../src/server/index.ts';

const HOUR_MS = 3_600_000;

/** What every revocation list keeps to, as tests by name; `one` and `other` are the same list, opened twice. */
export const revocationListContract: Readonly<
  Record<string, (one: RevocationList, other: RevocationList) => Promise<void>>
> = {
  async 'finds what was added, in every process and at once'(one, other) {
    const [a, b, c] = [newId(), newId(), newId()];
    await one.add([a, b], Date.now() + HOUR_MS);
    expect([await other.has([a]), await other.has([c, b]), await other.has([c])]).toEqual([true, true, false]);
    expect(await one.has([])).toBe(false);
  },

  async 'forgets what has expired (REV-2)'(one) {
    const [id, lasting] = [newId(), newId()];
    const expiresAt = Date.now() + 300;
    await one.add([id], expiresAt);
    await one.add([lasting], expiresAt + HOUR_MS);
    expect(await one.has([id])).toBe(true);
    await expect.poll(async () => one.has([id])).toBe(false);
    const ids = (await one.entries()).map((entry) => entry.id);
    expect([ids.includes(id), ids.includes(lasting)]).toEqual([false, true]);
  },

  async 'keeps the later of two ends'(one, other) {
    const id = newId();
    const expiresAt = Date.now() + HOUR_MS;
    await one.add([id], expiresAt);
    await other.add([id], Date.now() + 1);
    await other.add([id, id], expiresAt - 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await one.has([id])).toBe(true);
    expect((await one.entries()).filter((entry) => entry.id === id)).toEqual([{ id, expiresAt }]);
  },

  async 'takes thousands of ids at a time, in several processes at once'(one, other) {
    const ids = Array.from({ length: 3_000 }, newId);
    const expiresAt = Date.now() + HOUR_MS;
    await Promise.all([one.add(ids, expiresAt), other.add([...ids].reverse(), expiresAt), one.add([], expiresAt)]);
    const listed = new Set((await other.entries()).map((entry) => entry.id));
    expect(ids.filter((id) => !listed.has(id))).toEqual([]);
    expect(await one.has([ids[2_999] ?? ''])).toBe(true);
  },
};

function newId(): string {
  return `${crypto.randomUUID()}'"*\\é`;
}
