import type { SessionRecord, SessionStore } from '../../src/server/index.ts';

/** One store, opened twice. */
export interface OpenedStores {
  readonly one: SessionStore;
  /** The same sessions through a connection of its own, as a second server process has it; `one` again if there is none. */
  readonly other: SessionStore;
  /** Called at the end of the case. */
  close?(): void | Promise<void>;
}

/** One promise of the contract: `run` rejects with an `Error` that says what was found instead. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** Long enough for a busy machine to write and read some sessions before they expire. */
const SHORT_LIFETIME_MS = 2000;
const PARALLEL = 50;
const MANY = 300;

/**
 * The contract of `SessionStore` as a list of tests, for any test runner.
 *
 * `open` is called for each of them. They need a database of their own, which they do not clear: they look at sessions that
 * they added, and remove expired ones whosever they are.
 *
 * @example
 * for (const { name, run } of sessionStoreContract(() => ({ one: createMyStore(), other: createMyStore() }))) it(name, run)
 */
export function sessionStoreContract(open: () => OpenedStores | Promise<OpenedStores>): readonly ContractCase[] {
  return Object.entries(CASES).map(([name, check]) => ({
    name,
    async run() {
      const stores = await open();
      try {
        await check(stores.one, stores.other);
      } finally {
        await stores.close?.();
      }
    },
  }));
}

const CASES: Readonly<Record<string, (one: SessionStore, other: SessionStore) => Promise<void>>> = {
  async 'gives a record back as it went in'(one, other) {
    const record = newRecord({
      keyedRefreshes: [{ keyHash: 'a-b_c', presented: 1, answered: 2, at: 1_900_000_000_123 }],
      dead: [
        [1, 4],
        [7, 7],
      ],
      ...further({
        data: {
          text: '\u0000 \' " \\ \n é ✓ 𝄞 \ud800 </script> $1 :a ?',
          numbers: [0, -1, 0.1, 1e-7, Number.MAX_SAFE_INTEGER, 1.7976931348623157e308],
          nested: { none: null, yes: true, empty: {}, list: [[], [null]], __proto__x: 1 },
        },
      }),
    });
    await one.insert(record);
    same(await other.read(record.sid), record, 'the record');
    const next = { ...record, version: 2, generation: 2, parent: 1, confirmed: true };
    equal(await other.replace(next, 1), true, '`replace`');
    same(await one.read(record.sid), next, 'the record after `replace`');
  },

  async 'knows nothing of a session that was never there'(one) {
    const { sid, userId } = newRecord();
    equal((await one.read(sid)) ?? undefined, undefined, '`read`');
    equal(await one.replace(newRecord({ sid, version: 2 }), 1), false, '`replace`');
    equal(await one.end(sid, 'revoked'), false, '`end`');
    same(await one.endByUser(userId), [], '`endByUser`');
    same(await one.listByUser(userId), [], '`listByUser`');
    equal((await one.read(sid)) ?? undefined, undefined, '`read` afterwards');
  },

  async 'replaces a record of the expected version only'(one, other) {
    const record = newRecord();
    await one.insert(record);
    equal(await one.replace({ ...record, version: 2 }, 1), true, 'the first `replace`');
    equal(await other.replace({ ...record, version: 2, generation: 9 }, 1), false, '`replace` of an old version');
    equal(await other.replace({ ...record, version: 4, generation: 9 }, 3), false, '`replace` of a version to come');
    same(await one.read(record.sid), { ...record, version: 2 }, 'the record');
  },

  async 'lets one of 50 swaps at once succeed, whichever connection they use'(one, other) {
    const record = newRecord();
    await one.insert(record);
    const swapped = await Promise.all(
      times(PARALLEL, (n) => (n % 2 === 0 ? one : other).replace({ ...record, version: 2, generation: n + 2 }, 1)),
    );
    equal(swapped.filter(Boolean).length, 1, 'the number of swaps that succeeded');
    equal((await one.read(record.sid))?.generation, swapped.indexOf(true) + 2, 'the generation that is kept');
  },

  async 'loses none of 50 changes that are made at once'(one, other) {
    const record = newRecord();
    await one.insert(record);
    await Promise.all(times(PARALLEL, (n) => change(n % 2 === 0 ? one : other, record.sid)));
    const { version, generation } = (await one.read(record.sid)) ?? record;
    same([version, generation], [PARALLEL + 1, PARALLEL + 1], 'version and generation');
  },

  async 'ends a session whatever its version, and once'(one, other) {
    for (const state of ['revoked', 'reused'] as const) {
      const record = newRecord();
      await one.insert(record);
      await one.replace({ ...record, version: 2 }, 1);
      equal(await other.end(record.sid, state), true, '`end`');
      equal(await one.end(record.sid, 'revoked'), false, '`end` of an ended session');
      equal(await one.replace({ ...record, version: 3 }, 2), false, '`replace` of the version before the end');
      same(await one.read(record.sid), { ...record, version: 3, state }, 'the record');
    }
  },

  async 'lets one of two ends at once say that it did it'(one, other) {
    const record = newRecord();
    await one.insert(record);
    const ended = await Promise.all(times(10, (n) => (n % 2 === 0 ? one : other).end(record.sid, 'revoked')));
    equal(ended.filter(Boolean).length, 1, 'the number of ends that succeeded');
    equal((await one.read(record.sid))?.version, 2, 'the version');
  },

  async 'ends a session in the middle of its refreshes, for good'(one, other) {
    const record = newRecord();
    await one.insert(record);
    const [ended] = await Promise.all([
      other.end(record.sid, 'reused'),
      ...times(PARALLEL, () => change(one, record.sid)),
    ]);
    equal(ended, true, '`end`');
    equal((await other.read(record.sid))?.state, 'reused', 'the state');
  },

  async 'ends all sessions of a user but one, and nobody else’s'(one, other) {
    const { userId } = newRecord();
    const [kept, before, ...others] = times(6, () => newRecord({ userId }));
    const stranger = newRecord({ userId: `${userId}2` });
    if (!kept || !before) throw new Error('unreachable');
    await Promise.all([kept, before, ...others, stranger].map((record) => one.insert(record)));
    await one.end(before.sid, 'reused');

    same(sorted(await other.endByUser(userId, kept.sid)), sorted(others.map(({ sid }) => sid)), 'what was ended');
    const states = Object.fromEntries((await one.listByUser(userId)).map(({ sid, state }) => [sid, state]));
    const expected = { [kept.sid]: 'active', [before.sid]: 'reused' };
    for (const { sid } of others) expected[sid] = 'revoked';
    same(states, expected, 'the states');
    for (const record of others)
      same(await one.read(record.sid), { ...record, version: 2, state: 'revoked' }, 'a record');
    same(await one.read(stranger.sid), stranger, 'the session of somebody else');
    same(await one.endByUser(userId), [kept.sid], 'what a second call ended');
    same(await one.endByUser(userId), [], 'what a third call ended');
  },

  async 'ends all sessions of a user in the middle of their refreshes'(one, other) {
    const { userId } = newRecord();
    const records = times(10, () => newRecord({ userId }));
    await Promise.all(records.map((record) => one.insert(record)));
    const [ended] = await Promise.all([
      other.endByUser(userId),
      ...records.flatMap(({ sid }) => times(5, () => change(one, sid))),
    ]);
    same(sorted(ended), sorted(records.map(({ sid }) => sid)), 'what was ended');
    for (const { state } of await one.listByUser(userId)) equal(state, 'revoked', 'a state');
  },

  async 'keeps many sessions that are added at once'(one, other) {
    const { userId } = newRecord();
    const records = times(MANY, () => newRecord({ userId }));
    await Promise.all(records.map((record, n) => (n % 2 === 0 ? one : other).insert(record)));
    same(bySid(await one.listByUser(userId)), bySid(records), 'the list');
    equal((await other.endByUser(userId)).length, MANY, 'the number of those that were ended');
  },

  async 'takes any text for the id of a user'(one) {
    const marks = ['', ' ', "'", '"; --', '%', '_', '*', ':', '{a}', '\\', 'é', 'e\u0301', '𝄞', 'A', 'a', '1', '01'];
    const run = newRecord().userId;
    const records = [
      ...marks.map((mark) => newRecord({ userId: `${run}${mark}` })),
      newRecord({ userId: '__proto__' }),
    ];
    await Promise.all(records.map((record) => one.insert(record)));
    for (const record of records.slice(0, -1)) same(await one.listByUser(record.userId), [record], 'the list');
    same((await one.endByUser('__proto__')).includes(records.at(-1)?.sid ?? ''), true, 'what was ended');
  },

  async 'removes what has expired, a few at a time, and nothing else'(one, other) {
    const { userId } = newRecord();
    const expiresAt = Date.now() + SHORT_LIFETIME_MS;
    const expired = times(5, () => newRecord({ userId, expiresAt }));
    const extended = newRecord({ userId, expiresAt });
    const lasting = newRecord({ userId });
    await Promise.all([...expired, extended, lasting].map((record) => one.insert(record)));
    const next = { ...extended, version: 2, expiresAt: lasting.expiresAt };
    equal(await one.replace(next, 1), true, '`replace`');
    await one.end(expired[0]?.sid ?? '', 'revoked');

    await one.removeExpired(Date.now() - HOUR_MS, MANY);
    for (const { sid } of expired) if (!(await one.read(sid))) throw new Error('A session was removed too early.');
    await new Promise((resolve) => setTimeout(resolve, expiresAt - Date.now()));
    const left = async () => (await Promise.all(expired.map(({ sid }) => one.read(sid)))).filter(Boolean).length;
    for (let calls = 0; (await left()) > 0; calls += 1) {
      if (calls === 100) throw new Error('100 calls of `removeExpired` left sessions that had expired.');
      // A store that removes by itself has a clock of its own.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await other.removeExpired(Date.now(), 2);
    }
    same(await one.read(lasting.sid), lasting, 'the session that lasts');
    same(await one.read(extended.sid), next, 'the session that was extended');
    same(bySid(await one.listByUser(userId)), bySid([lasting, next]), 'the list');
  },

  async 'removes no more at once than it may'(one) {
    const records = times(5, () => newRecord());
    await Promise.all(records.map((record) => one.insert(record)));
    await one.removeExpired(Date.now() + 2 * HOUR_MS, 2);
    const left = await Promise.all(records.map(({ sid }) => one.read(sid)));
    if (left.filter(Boolean).length < 3) throw new Error('`removeExpired` removed more than its limit.');
  },
};

/** One change as the authority makes it: read, decide, swap, again if somebody else was faster. Ended sessions stay. */
async function change(store: SessionStore, sid: string): Promise<void> {
  for (;;) {
    const before = await store.read(sid);
    if (before?.state !== 'active') return;
    const { version, generation } = before;
    const after = { ...before, version: version + 1, generation: generation + 1 };
    if (await store.replace(after, version)) return;
  }
}

function newRecord(members: Partial<SessionRecord> = {}): SessionRecord {
  const now = Date.now();
  return {
    sid: randomText(),
    userId: `user ${randomText()}`,
    version: 1,
    state: 'active',
    startedAt: now,
    expiresAt: now + HOUR_MS,
    absoluteExpiresAt: now + 24 * HOUR_MS,
    generation: 1,
    parent: null,
    rotatedAt: now,
    parentSpentAt: now,
    confirmed: false,
    keyedRefreshes: [],
    dead: [],
    ...members,
  } as SessionRecord;
}

// A store keeps all members of a record, those of later versions too.
function further(members: object): Partial<SessionRecord> {
  return members;
}

function randomText(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

function times<Value>(count: number, make: (n: number) => Value): Value[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function sorted(sids: readonly string[]): readonly string[] {
  return [...sids].sort();
}

function bySid(records: readonly SessionRecord[]): object {
  return Object.fromEntries(records.map((record) => [record.sid, record]));
}

function equal(found: unknown, expected: unknown, what: string): void {
  if (found !== expected) throw new Error(`${what}: expected ${String(expected)}, found ${String(found)}`);
}

function same(found: unknown, expected: unknown, what: string): void {
  equal(canonical(found), canonical(expected), what);
}

function canonical(value: unknown): string {
  return String(
    JSON.stringify(value, (_, member: unknown) => {
      if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
      return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
    }),
  );
}
