import { afterAll, beforeAll, it } from 'vitest';
import type { RevocationList } from '../../src/server/index.ts';
import type { Database } from './harness/database.ts';
import { describeEachServer } from './harness/each-store.ts';
import { revocationListContract } from './revocation-list-contract.ts';

describeEachServer('the contract of a revocation list', ({ start, connectList }) => {
  let database: Database;
  let connections: readonly { readonly list: RevocationList; close(): Promise<void> }[];
  beforeAll(async () => {
    database = await start();
    connections = await Promise.all([connectList(database.url()), connectList(database.url())]);
  });
  afterAll(async () => {
    for (const connection of connections) await connection.close();
    await database.stop();
  });

  for (const [name, check] of Object.entries(revocationListContract)) {
    it(name, async () => {
      const [one, other] = connections;
      if (!one || !other) throw new Error('unreachable');
      await check(one.list, other.list);
    });
  }
});
