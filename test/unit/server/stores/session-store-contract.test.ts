import { describe, expect, it } from 'vitest';
import { createMemoryStore, type SessionRecord, type SessionStore } from '../../../../src/server/index.ts';
import { sessionStoreContract } from '../../../stores/session-store-contract.ts';

/** A wrong store: one in memory, but for what `change` does otherwise. */
const wrong = (change: (store: SessionStore) => Partial<SessionStore>) => () => {
  const store = createMemoryStore();
  const changed = { ...store, ...change(store) };
  return { one: changed, other: changed };
};

const later = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

async function failures(open: ReturnType<typeof wrong>): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of sessionStoreContract(open)) await run().catch(() => failed.push(name));
  return failed;
}

describe('the contract of a session store', () => {
  it.concurrent.each<[what: string, broken: string, change: (store: SessionStore) => Partial<SessionStore>]>([
    [
      'gives large numbers as text (S-6)',
      'gives a record back as it went in',
      (store) => ({
        read: async (sid) => {
          const record = await store.read(sid);
          return record && ({ ...record, expiresAt: String(record.expiresAt) } as unknown as SessionRecord);
        },
      }),
    ],
    [
      'keeps the members that it knows',
      'gives a record back as it went in',
      (store) => ({
        insert: ({ data: _, ...record }: SessionRecord & { data?: unknown }) => store.insert(record as SessionRecord),
      }),
    ],
    [
      'adds what it should replace',
      'knows nothing of a session that was never there',
      (store) => ({
        replace: async (record) => {
          await store.insert(record);
          return true;
        },
      }),
    ],
    [
      'does not compare the version',
      'replaces a record of the expected version only',
      (store) => ({
        replace: async (record) => store.replace(record, (await store.read(record.sid))?.version ?? 0),
      }),
    ],
    [
      'compares first and swaps a moment later (RT-5)',
      'lets one of 50 swaps at once succeed, whichever connection they use',
      (store) => ({
        async replace(record, expected) {
          const known = await store.read(record.sid);
          await later();
          return known?.version === expected && store.replace(record, (await store.read(record.sid))?.version ?? 0);
        },
      }),
    ],
    [
      'says that swaps succeeded that did not',
      'loses none of 50 changes that are made at once',
      (store) => ({
        replace: async (record, expected) => {
          await store.replace(record, expected);
          return true;
        },
      }),
    ],
    [
      'ends a session without raising its version (S-3)',
      'ends a session in the middle of its refreshes, for good',
      (store) => ({
        async end(sid, state) {
          await later();
          const record = await store.read(sid);
          return record?.state === 'active' && store.replace({ ...record, state }, record.version);
        },
        async replace(record, expected) {
          await later();
          return store.replace(record, expected);
        },
      }),
    ],
    [
      'ends a session twice',
      'lets one of two ends at once say that it did it',
      (store) => ({
        async end(sid, state) {
          await store.end(sid, state);
          return true;
        },
      }),
    ],
    [
      'ends the one session that should stay (S-5)',
      'ends all sessions of a user but one, and nobody else’s',
      (store) => ({ endByUser: (userId) => store.endByUser(userId) }),
    ],
    [
      'ends no more than a page of sessions (S-5)',
      'keeps many sessions that are added at once',
      (store) => ({
        async endByUser(userId) {
          const page = (await store.listByUser(userId)).slice(0, 100);
          const ended = await Promise.all(page.map(({ sid }) => store.end(sid, 'revoked')));
          return page.map(({ sid }) => sid).filter((_, n) => ended[n]);
        },
      }),
    ],
    [
      'ends users whose ids are alike',
      'takes any text for the id of a user',
      (store) => ({ insert: (record) => store.insert({ ...record, userId: record.userId.normalize() }) }),
    ],
    [
      'removes nothing',
      'removes what has expired, a few at a time, and nothing else',
      () => ({ removeExpired: () => undefined }),
    ],
    [
      'removes by the end that a session was given first',
      'removes what has expired, a few at a time, and nothing else',
      (store) => ({
        replace: async (record, expected) => {
          const expiresAt = (await store.read(record.sid))?.expiresAt ?? 0;
          return store.replace({ ...record, expiresAt }, expected);
        },
      }),
    ],
    [
      'removes all that has expired at once (S-4)',
      'removes no more at once than it may',
      (store) => ({ removeExpired: (now) => store.removeExpired(now, Number.MAX_SAFE_INTEGER) }),
    ],
  ])('finds a store that %s', { timeout: 20_000 }, async (_, broken, change) => {
    expect(await failures(wrong(change))).toContain(broken);
  });
});
