import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findPostgres } from '../../../scripts/ensure-databases.mjs';
import { type Database, freePort, startDatabase } from './database.ts';

const exec = promisify(execFile);

/** A pool as the docs advise: it gives up soon. The caller ends it. */
export function postgresPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  pool.on('error', () => {});
  return pool;
}

/** Starts a PostgreSQL with an empty database. */
export function startPostgres(): Promise<Database> {
  return startFrom(({ initdb }, data) => [
    ...[initdb, '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
  ]);
}

/** Starts an asynchronous replica of a PostgreSQL that listens on this port of loopback. */
export function startPostgresReplica(primaryPort: number): Promise<Database> {
  return startFrom(({ initdb }, data) => [
    ...[initdb.replace(/initdb$/, 'pg_basebackup'), '-D', data, '-R', '--checkpoint=fast', '--no-sync'],
    ...['-h', '127.0.0.1', '-p', String(primaryPort), '-U', 'postgres'],
  ]);
}

type Programs = NonNullable<ReturnType<typeof findPostgres>>;

/** Starts a PostgreSQL on the data folder that the command makes. */
async function startFrom(commandFor: (programs: Programs, data: string) => string[]): Promise<Database> {
  const found = findPostgres();
  if (found === undefined) throw new Error('No PostgreSQL: run `node scripts/ensure-databases.mjs`.');
  const folder = await mkdtemp(join(tmpdir(), 'silent-refresh-postgres-'));
  const data = join(folder, 'data');
  const as = await ownUser(folder);
  const [maker = '', ...makerArgs] = [...as, ...commandFor(found, data)];
  await exec(maker, makerArgs, { cwd: folder });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'max_connections=60'];
  const [program = '', ...args] = [
    ...[...as, found.postgres, '-D', data, '-p', String(port)],
    ...settings.flatMap((setting) => ['-c', setting]),
  ];
  const pidFile = join(data, 'postmaster.pid');
  const url = (at = port) => `postgres://postgres@127.0.0.1:${at}/postgres`;
  // SIGINT, since SIGTERM waits for all clients to go.
  const start = () => startDatabase({ program, args, pidFile, stopSignal: 'SIGINT', ask: () => ping(url()) });
  let stop = await start();
  return {
    port,
    url,
    async restart() {
      await stop();
      stop = await start();
    },
    async crash() {
      // As a crash, but it takes its worker processes along, which would keep the data folder locked for a while.
      await stop('SIGQUIT');
      stop = await start();
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ping(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end().catch(() => {});
  }
}

/** PostgreSQL refuses to run as root: how to run it as the user that its package has made, who then owns the folder. */
async function ownUser(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const idOf = async (which: '-u' | '-g') => Number((await exec('id', [which, 'postgres'])).stdout);
  const [uid, gid] = [await idOf('-u'), await idOf('-g')];
  await chown(folder, uid, gid);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}
