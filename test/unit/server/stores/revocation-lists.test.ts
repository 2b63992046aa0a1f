import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createMemoryRevocationList } from '../../../../src/server/index.ts';
import type { SqliteDatabase } from '../../../../src/server/stores/sqlite.ts';
import { createSqliteRevocationList } from '../../../../src/server/stores/sqlite.ts';
import { revocationListContract } from '../../../stores/revocation-list-contract.ts';

function inSqlite(db: SqliteDatabase) {
  const list = createSqliteRevocationList(db);
  list.createTables();
  list.createTables();
  return list;
}

describe.each([
  ['createMemoryRevocationList', () => createMemoryRevocationList()],
  ['createSqliteRevocationList with node:sqlite', () => inSqlite(new DatabaseSync(':memory:'))],
  ['createSqliteRevocationList with better-sqlite3', () => inSqlite(new Database(':memory:'))],
])('%s', (_, open) => {
  for (const [name, check] of Object.entries(revocationListContract)) {
    it(name, async () => {
      const list = open();
      await check(list, list);
    });
  }
});

describe('createSqliteRevocationList', () => {
  it('stays as small as what has not expired (REV-2)', async () => {
    const db = new DatabaseSync(':memory:');
    let at = 0;
    const list = createSqliteRevocationList(db, { now: () => at });
    list.createTables();
    for (at = 0; at < 2_000; at += 1) await list.add([`id ${at}`], at + 100);
    expect(db.prepare('select count(*) as n from silent_refresh_revocation').get()).toEqual({ n: 100 });
  });
});
