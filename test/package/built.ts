import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { oncePerRun } from '../once/once-per-run.ts';

const root = join(import.meta.dirname, '../..');

/** The folder of the built package, without its types: not `dist`, which another test may build anew meanwhile. */
export const builtPackage = (): Promise<string> => build('package', '--no-dts');

/** The same with its types, which take longer to build than all the rest. */
export const builtWithTypes = (): Promise<string> => build('package-with-types');

const build = (name: string, ...options: string[]): Promise<string> =>
  oncePerRun(name, async (folder) => {
    const tsup = join(root, 'node_modules/.bin/tsup');
    await promisify(execFile)(tsup, ['--out-dir', folder, '--silent', ...options], { cwd: root });
  });

/** A page's module as one classic script, with the built package in the place of its source. */
export const bundleWithBuilt = async (
  folder: string,
  entry: string,
  name = 'bundle',
  modules = join(root, 'node_modules'),
): Promise<string> => {
  // Here, since most files that import this one get by without it.
  const { build } = await import('vite');
  const built = new Map([
    [join(root, 'src/index.ts'), join(folder, 'index.js')],
    [join(root, 'src/react/index.ts'), join(folder, 'react/index.js')],
  ]);
  const result = await build({
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    oxc: { jsx: { runtime: 'automatic', development: false } },
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: {
      alias: [
        // What there is of it that needs no Node.
        { find: 'react-dom/server', replacement: join(modules, 'react-dom/server.browser.js') },
        { find: /^(react|react-dom)(?=\/|$)/, replacement: `${modules}/$1` },
      ],
    },
    plugins: [
      {
        name: 'built-package',
        enforce: 'pre',
        async resolveId(source, importer) {
          const found = await this.resolve(source, importer, { skipSelf: true });
          return (found && built.get(found.id)) ?? null;
        },
      },
    ],
    // As it is: a bundler's own lowering would hide what the package asks of a browser.
    build: { write: false, minify: false, target: 'esnext', lib: { entry, formats: ['iife'], name } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk === undefined) throw new Error(`Nothing was built of ${entry}.`);
  return chunk.code;
};
