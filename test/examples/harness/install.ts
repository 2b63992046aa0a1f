import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const root = join(import.meta.dirname, '../../..');

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with the examples, and with what they import installed as in an app of somebody else. */
    readonly installed: string;
    /** The package as npm packs it. */
    readonly tarball: string;
  }
}

/** Packs the package and installs it beside a copy of the examples: they run as their readers run them. */
export default function install(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-examples-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const tarball = pack(folder);
    cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
    // One for each example: Vite keeps what it has bundled beside it, and two examples may run at a time.
    for (const { parentPath, name } of foldersIn(join(folder, 'examples'))) {
      writeFileSync(join(parentPath, name, 'package.json'), '{"private":true,"type":"module"}');
    }
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    lendAll(join(folder, 'node_modules'));
    const to = join(folder, 'node_modules/silent-refresh');
    mkdirSync(to);
    execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', to]);
    project.provide('installed', folder);
    project.provide('tarball', tarball);
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

function foldersIn(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
}

function pack(folder: string): string {
  const staged = join(folder, 'staged');
  const tsup = join(root, 'node_modules/.bin/tsup');
  execFileSync(tsup, ['--out-dir', join(staged, 'dist'), '--silent'], { cwd: root, stdio: 'pipe' });
  cpSync(join(root, 'package.json'), join(staged, 'package.json'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: staged, stdio: 'pipe' });
  rmSync(staged, { recursive: true });
  const [packed] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return join(folder, String(packed));
}

/** Everything that is installed here, but for what tools keep there. */
function lendAll(to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(to, name), 'junction');
  }
}
