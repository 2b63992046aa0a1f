import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { SUBJECTS, type Subject } from './subjects.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The compared packages, installed in a folder of their own, and the apps beside them. */
export interface Prepared {
  /** The page's script. */
  scriptOf(subject: Subject): Promise<string>;
  /** What an app ships for what it imports: bytes of the minified script, gzipped. */
  bytesOf(subject: Subject): Promise<number>;
  remove(): void;
}

/** Installs from the npm registry. `dist` has to be built. */
export async function prepare(): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-comparison-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await install(folder);
    await checkTypes(folder);
  } catch (error) {
    remove();
    throw error;
  }
  const bundleOf = async (entry: string): Promise<string> => {
    const { outputFiles } = await build({
      entryPoints: [join(folder, entry)],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      jsx: 'automatic',
      target: 'es2022',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'error',
    });
    return outputFiles[0]?.text ?? '';
  };
  const scripts = new Map<string, Promise<string>>();
  return {
    scriptOf: ({ app }) => {
      const script = scripts.get(app) ?? bundleOf(`apps/${app}`);
      scripts.set(app, script);
      return script;
    },
    bytesOf: async ({ app, imports }) => {
      writeFileSync(join(folder, `${app}-alone.ts`), imports);
      return gzipSync(await bundleOf(`${app}-alone.ts`), { level: 9 }).length;
    },
    remove,
  };
}

async function install(folder: string): Promise<void> {
  const packages = Object.assign({}, ...SUBJECTS.flatMap(({ packages, react }) => [packages, react?.packages]));
  const manifest = { private: true, type: 'module', dependencies: packages };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  await run('npm', ['install', ...quietly], { cwd: folder });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await run('npm', ['install', ...quietly, join(folder, `${name}-${version}.tgz`)], { cwd: folder });
  cpSync(join(import.meta.dirname, 'apps'), join(folder, 'apps'), { recursive: true });
}

/** An option that a library does not have would be a comparison with something else. */
async function checkTypes(folder: string): Promise<void> {
  const compilerOptions = {
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', types: [] },
    ...{ strict: true, skipLibCheck: true, noEmit: true, allowImportingTsExtensions: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['apps'] }));
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(({ stdout }) => {
    throw new Error(`The apps do not fit the types of the packages:\n${stdout}`);
  });
}
