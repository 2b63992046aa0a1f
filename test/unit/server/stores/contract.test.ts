import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { describe, it } from 'vitest';
import { createMemoryStore } from '../../../../src/server/index.ts';
import { createSqliteStore } from '../../../../src/server/stores/sqlite.ts';
import { type OpenedStores, sessionStoreContract } from '../../../stores/session-store-contract.ts';

const openMemory = (): OpenedStores => {
  const store = createMemoryStore();
  return { one: store, other: store };
};

const openFile = (open: (file: string) => DatabaseSync | Database.Database) => (): OpenedStores => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-'));
  const connections = [0, 1].map(() => open(join(folder, 'sessions.sqlite')));
  const [one, other] = connections.map((db) => {
    db.exec('pragma journal_mode = wal; pragma busy_timeout = 2000');
    const store = createSqliteStore(db);
    store.createTables();
    return store;
  });
  if (!one || !other) throw new Error('unreachable');
  return {
    one,
    other,
    close() {
      for (const db of connections) db.close();
      rmSync(folder, { recursive: true });
    },
  };
};

describe.each<[name: string, open: () => OpenedStores]>([
  ['createMemoryStore', openMemory],
  ['createSqliteStore with node:sqlite', openFile((file) => new DatabaseSync(file))],
  ['createSqliteStore with better-sqlite3', openFile((file) => new Database(file))],
])('%s', (_, open) => {
  for (const { name, run } of sessionStoreContract(open)) it(name, run);
});
