import { afterAll, beforeAll, it } from 'vitest';
import type { Database } from './harness/database.ts';
import { type ConnectedStore, describeEachServer } from './harness/each-store.ts';
import { sessionStoreContract } from './session-store-contract.ts';

describeEachServer('the contract of a session store', ({ start, connect }) => {
  let database: Database;
  let connections: readonly ConnectedStore[];
  beforeAll(async () => {
    database = await start();
    connections = await Promise.all([connect(database.url()), connect(database.url())]);
  });
  afterAll(async () => {
    for (const connection of connections) await connection.close();
    await database.stop();
  });

  const open = () => {
    const [one, other] = connections;
    if (!one || !other) throw new Error('unreachable');
    return { one: one.store, other: other.store };
  };
  for (const { name, run } of sessionStoreContract(open)) it(name, run);
});
