import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { findRedis } from '../../../scripts/ensure-databases.mjs';
import { type Database, freePort, startDatabase } from './database.ts';

/** A client as the docs advise: what is asked while there is no connection waits for one. The caller connects and closes it. */
export function redisClient(url: string) {
  const client = createClient({
    url,
    commandsQueueMaxLength: 1_000,
    socket: { connectTimeout: 2_000, reconnectStrategy: 50 },
  });
  client.on('error', () => {});
  return client;
}

/** Starts a Redis that writes each change to disk before it answers, with further settings if given. */
export async function startRedis(further: Readonly<Record<string, string>> = {}): Promise<Database> {
  const program = findRedis();
  if (program === undefined) throw new Error('No Redis: run `node scripts/ensure-databases.mjs`.');
  const folder = await mkdtemp(join(tmpdir(), 'silent-refresh-redis-'));
  const port = await freePort();
  const pidFile = join(folder, 'redis.pid');
  const options = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    pidfile: pidFile,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    ...further,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const start = () => startDatabase({ program, args, pidFile, stopSignal: 'SIGTERM', ask: () => ping(port) });
  let stop = await start();
  return {
    port,
    url: (at = port) => `redis://127.0.0.1:${at}`,
    async restart() {
      await stop();
      stop = await start();
    },
    async crash() {
      await stop('SIGKILL');
      stop = await start();
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a Redis that is a cluster of one node, which refuses what another cluster would. */
export async function startRedisCluster(): Promise<Database> {
  const database = await startRedis({
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
    // By default 10,000 above the other port, which may be more than there are.
    'cluster-port': String(await freePort()),
  });
  const client = redisClient(database.url());
  await client.connect();
  await client.sendCommand(['CLUSTER', 'ADDSLOTS', ...Array.from({ length: 16_384 }, (_, slot) => String(slot))]);
  while (!(await client.sendCommand<string>(['CLUSTER', 'INFO'])).includes('cluster_state:ok')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  client.destroy();
  return database;
}

async function ping(port: number): Promise<void> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.ping();
  } finally {
    client.destroy();
  }
}
