import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oncePerRun } from '../../once/once-per-run.ts';

/** A module and all it imports as one classic script, built from `src` once per test run: as an app ships it, or with warnings. */
export const bundle = async (entry: URL, mode: 'production' | 'development' = 'production'): Promise<string> => {
  const folder = await oncePerRun(`${basename(entry.pathname)}-${mode}`, async (place) => {
    await writeFile(join(place, 'bundle.js'), await buildOne(entry, mode));
  });
  return readFile(join(folder, 'bundle.js'), 'utf8');
};

const buildOne = async (entry: URL, mode: string): Promise<string> => {
  // Here, since the first file of a run alone needs it.
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    logLevel: 'error',
    mode,
    // React's development runtime for JSX is not in its production build.
    oxc: { jsx: { runtime: 'automatic', development: false } },
    // Vite's own choice between the two builds goes by NODE_ENV, which is `test` here.
    resolve: { conditions: ['module', 'browser', mode] },
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: fileURLToPath(entry), formats: ['iife'], name: 'bundle' },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk === undefined) throw new Error(`Nothing was built of ${entry}.`);
  if (mode === 'production' && chunk.code.includes('[silent-refresh]')) {
    throw new Error(`${entry} was built with the checks of the development build, which apps do not ship.`);
  }
  return chunk.code;
};
