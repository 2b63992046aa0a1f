import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const built = new Map<string, Promise<string>>();

/** A module and all it imports as one classic script, built from `src` once per test file. */
export const bundle = (entry: URL, mode: 'production' | 'development' = 'production'): Promise<string> => {
  const key = `${entry} ${mode}`;
  const found = built.get(key) ?? buildOne(entry, mode);
  built.set(key, found);
  return found;
};

const buildOne = async (entry: URL, mode: string): Promise<string> => {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    mode,
    // React's development runtime for JSX is not in its production build.
    oxc: { jsx: { runtime: 'automatic', development: false } },
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
  return chunk.code;
};
