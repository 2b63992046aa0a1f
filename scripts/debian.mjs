// Finds programs on this machine, and installs Debian's packages where that is possible.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const isRunnable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first of these files that can be run; names that are `undefined` or empty are passed over. */
export const firstOf = (files) => files.find((file) => file !== undefined && file !== '' && isRunnable(file));

/** Where programs of these names would be, in the order of PATH. */
export const onPath = (...names) =>
  (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));

/** Runs a program to its end, 5 minutes at most, and says whether it succeeded. */
export const run = (command, args) =>
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 300_000,
  }).status === 0;

const isDebianRoot = () => process.getuid?.() === 0 && isRunnable('/usr/bin/apt-get');

/** Installs lists of packages as root on Debian and Ubuntu; elsewhere it does nothing. */
export const aptInstall = (lists) => {
  if (lists.length === 0 || !isDebianRoot() || !run('apt-get', ['update', '-qq'])) return;
  const options = ['-y', '-qq', '-o=Dpkg::Use-Pty=0', '-o=DPkg::Lock::Timeout=300', '--no-install-recommends'];
  // One by one: what one release lacks must not cost the others.
  for (const packages of lists) run('apt-get', ['install', ...options, ...packages]);
};
