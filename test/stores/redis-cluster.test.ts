import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { areAllNeeded, findRedis } from '../../scripts/ensure-databases.mjs';
import { createRedisRevocationList, createRedisStore } from '../../src/server/stores/redis.ts';
import type { Database } from './harness/database.ts';
import { startRedisCluster } from './harness/redis.ts';
import { revocationListContract } from './revocation-list-contract.ts';
import { sessionStoreContract } from './session-store-contract.ts';

const OPTIONS = { prefix: '{silent-refresh}:' };

describe.skipIf(findRedis() === undefined && !areAllNeeded)('in a cluster of Redis', () => {
  let database: Database;
  let clusters: ReturnType<typeof createCluster>[] = [];
  beforeAll(async () => {
    database = await startRedisCluster();
    clusters = [1, 2].map(() => createCluster({ rootNodes: [{ url: database.url() }] }));
    for (const cluster of clusters) await cluster.on('error', () => {}).connect();
  });
  afterAll(async () => {
    for (const cluster of clusters) cluster.destroy();
    await database.stop();
  });

  const both = <Opened>(open: (cluster: (typeof clusters)[number]) => Opened): { one: Opened; other: Opened } => {
    const [one, other] = clusters.map(open);
    if (!one || !other) throw new Error('unreachable');
    return { one, other };
  };

  describe('the contract of a session store', () => {
    const open = () => both((cluster) => createRedisStore(cluster, OPTIONS));
    for (const { name, run } of sessionStoreContract(open)) it(name, run);
  });

  describe('the contract of a revocation list', () => {
    for (const [name, check] of Object.entries(revocationListContract)) {
      it(name, () => {
        const { one, other } = both((cluster) => createRedisRevocationList(cluster, OPTIONS));
        return check(one, other);
      });
    }
  });
});
