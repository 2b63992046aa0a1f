// Says where the database servers are that the tests of the session stores start, and installs them where that is possible.
// Order: an environment variable, what is installed, apt-get (root on Debian and Ubuntu).
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aptInstall, firstOf, onPath } from './debian.mjs';

/** The path of a Redis server on this machine, or `undefined`. */
export const findRedis = () => firstOf([process.env.REDIS_SERVER_PATH, ...onPath('redis-server', 'valkey-server')]);

/** The paths of a PostgreSQL server and of what makes its data folder, or `undefined`. */
export const findPostgres = () => {
  const all = '/usr/lib/postgresql';
  // Debian has a folder for each version, and none of them on PATH.
  const versions = existsSync(all) ? readdirSync(all).sort((a, b) => Number(b) - Number(a)) : [];
  const named = process.env.POSTGRES_BIN ? [process.env.POSTGRES_BIN] : [];
  const folders = [...named, ...versions.map((version) => join(all, version, 'bin'))];
  const initdb = firstOf([...folders.map((folder) => join(folder, 'initdb')), ...onPath('initdb')]);
  const postgres = initdb && firstOf([initdb.replace(/initdb$/, 'postgres')]);
  return postgres && { initdb, postgres };
};

/** In CI, or where `DATABASES=required` says so, no database may be passed over in silence. */
export const areAllNeeded = process.env.CI === 'true' || process.env.DATABASES === 'required';

const databases = [
  { name: 'Redis', find: findRedis, packages: ['redis-server'], variable: 'REDIS_SERVER_PATH to one' },
  { name: 'PostgreSQL', find: findPostgres, packages: ['postgresql'], variable: 'POSTGRES_BIN to its folder' },
];

/** What to do about a database that is not there, in one line. */
const advice = ({ name, packages, variable }) => `${name} was not found: install ${packages}, or set ${variable}.`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const missing = () => databases.filter(({ find }) => find() === undefined);
  aptInstall(missing().map(({ packages }) => packages));
  for (const database of missing()) {
    console.error(areAllNeeded ? advice(database) : `${advice(database)} Its tests are skipped.`);
    if (areAllNeeded) process.exitCode = 1;
  }
}
