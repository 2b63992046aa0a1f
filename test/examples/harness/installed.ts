import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { oncePerRun } from '../../once/once-per-run.ts';
import { packedPackage } from '../../package/installed-app.ts';

const root = join(import.meta.dirname, '../../..');

/** A folder with the examples, and with what they import installed as in an app of somebody else: the packed package, too. */
export function installedExamples(): Promise<string> {
  return oncePerRun('examples', async (folder) => {
    cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
    // One for each example: Vite keeps what it has bundled beside it, and two examples may run at a time.
    for (const { parentPath, name } of foldersIn(join(folder, 'examples'))) {
      writeFileSync(join(parentPath, name, 'package.json'), '{"private":true,"type":"module"}');
    }
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    lendAll(join(folder, 'node_modules'));
    const to = join(folder, 'node_modules/silent-refresh');
    mkdirSync(to);
    const args = ['-xzf', await packedPackage(), '--strip-components=1', '-C', to];
    await promisify(execFile)('tar', args);
  });
}

function foldersIn(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
}

/** Everything that is installed here, but for what tools keep there. */
function lendAll(to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(to, name), 'junction');
  }
}
