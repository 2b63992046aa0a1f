import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from './built.ts';

const root = join(import.meta.dirname, '../..');

/** An app with what `fill` puts into its folder, and our package installed from a tarball as npm does it. */
const install = (fill: (folder: string) => void): { readonly folder: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-app-'));
  fill(folder);
  const built = buildPackage();
  const staged = join(folder, 'staged');
  cpSync(built.folder, join(staged, 'dist'), { recursive: true });
  built.remove();
  cpSync(join(root, 'package.json'), join(staged, 'package.json'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: staged, stdio: 'pipe' });
  rmSync(staged, { recursive: true });
  const [packed] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', ...options, `./${packed}`], { cwd: folder, stdio: 'pipe' });
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
