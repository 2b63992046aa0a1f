import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { oncePerRun } from '../once/once-per-run.ts';
import { builtPackage, builtWithTypes } from './built.ts';

const root = join(import.meta.dirname, '../..');

export interface InstalledApp {
  readonly folder: string;
  remove(): void;
}

const run = promisify(execFile);

/** The tarball of the built package, without its types. */
export const packedPackage = (): Promise<string> => pack('tarball', builtPackage);

/** The tarball as it is published. */
export const packedWithTypes = (): Promise<string> => pack('tarball-with-types', builtWithTypes);

const pack = async (name: string, build: () => Promise<string>): Promise<string> => {
  const folder = await oncePerRun(name, async (place) => {
    const staged = join(place, 'staged');
    cpSync(await build(), join(staged, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(staged, 'package.json'));
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', place], { cwd: staged });
  });
  const [packed = ''] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return join(folder, packed);
};

/** An app with what `fill` puts into its folder, and our package installed from a tarball as npm does it. */
const install = async (fill: (folder: string) => void): Promise<InstalledApp> => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-app-'));
  fill(folder);
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...options, await packedPackage()], { cwd: folder });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** An app of the folder `jest`, with its packages and ours. */
export const installApp = () =>
  install((folder) => cpSync(join(import.meta.dirname, 'jest'), folder, { recursive: true }));

/** An app of these files, with our package alone. */
export const installFiles = (files: ReadonlyMap<string, string>) =>
  install((folder) => {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });

/** Lends the app packages that are installed here. */
export const lend = (folder: string, ...names: string[]): void => {
  for (const name of names) {
    const to = join(folder, 'node_modules', name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), to, 'junction');
  }
};
