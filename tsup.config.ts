import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'react/index': 'src/react/index.ts',
    'server/index': 'src/server/index.ts',
    'node/index': 'src/node/index.ts',
  },
  format: ['esm'],
  dts: true,
  sourcemap: true,
  clean: true,
  splitting: true, // one AuthError class, whichever door throws it
  treeshake: false, // rollup's pass drops 'use client'; esbuild shakes the tree anyway
  // The oldest that are supported: see README, Requirements.
  target: ['chrome111', 'firefox111', 'safari16.4', 'node20.19'],
});
