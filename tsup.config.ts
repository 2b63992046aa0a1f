import { defineConfig, type Options } from 'tsup';

const shared: Options = {
  format: ['esm'],
  sourcemap: true,
  splitting: true, // one AuthError class, whichever entry point throws it
  treeshake: false, // rollup's pass drops 'use client'; esbuild shakes the tree anyway
  // The oldest that are supported: see README, Requirements.
  target: ['chrome111', 'firefox111', 'safari16.4', 'node20.19'],
};

/** Chooses what `imports` in package.json has for development: option checks and advice. */
const forDevelopment: NonNullable<Options['esbuildOptions']> = (options) => {
  options.conditions = ['development'];
};

export default defineConfig([
  {
    ...shared,
    entry: {
      index: 'src/index.ts',
      'react/index': 'src/react/index.ts',
      'server/index': 'src/server/index.ts',
      'server/sqlite': 'src/server/stores/sqlite.ts',
      'server/redis': 'src/server/stores/redis.ts',
      'server/postgres': 'src/server/stores/postgres.ts',
      'node/index': 'src/node/index.ts',
      'testing/index': 'src/testing/index.ts',
    },
    dts: true,
  },
  {
    ...shared,
    entry: { 'development/index': 'src/index.ts', 'development/testing/index': 'src/testing/index.ts' },
    esbuildOptions: forDevelopment,
  },
  {
    ...shared,
    // A command is used by developers, and its messages say what to do, too.
    entry: { 'cli/main': 'src/cli/main.ts' },
    target: 'node20.19',
    esbuildOptions: forDevelopment,
  },
]);
