import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { startSession } from '../../../../src/server/rotation/session-record.ts';
import { createSqliteStore } from '../../../../src/server/stores/sqlite.ts';
import { DAY } from '../fixture.ts';

const COUNT = 1_200;
const timeouts = { idleTimeoutMs: DAY, absoluteTimeoutMs: DAY };

it('ends very many sessions of a user in steps, between which others are served', async () => {
  const db = new DatabaseSync(':memory:');
  const store = createSqliteStore(db);
  store.createTables();
  const sessions = Array.from({ length: COUNT }, (_, n) =>
    startSession(`sid ${String(n).padStart(4, '0')}`, 'ann', Date.now(), timeouts),
  );
  for (const session of sessions) await store.insert(session);
  const [first, kept, last] = [sessions.at(0), sessions.at(600), sessions.at(-1)];
  if (!first || !kept || !last) throw new Error('unreachable');

  const ending = store.endByUser('ann', kept.sid);
  await new Promise(setImmediate);
  // Half-way: the first has ended, and the last is refreshed.
  expect(await store.read(first.sid)).toMatchObject({ state: 'revoked', version: 2 });
  expect(await store.replace({ ...last, version: 2, generation: 2 }, 1)).toBe(true);

  const others = sessions.filter((session) => session !== kept);
  expect([...(await ending)].sort()).toEqual(others.map(({ sid }) => sid));
  expect(await store.read(kept.sid)).toEqual(kept);
  expect(await store.read(last.sid)).toMatchObject({ state: 'revoked', version: 3, generation: 2 });
  expect((await store.listByUser('ann')).filter(({ state }) => state === 'active')).toEqual([kept]);
  db.close();
});
