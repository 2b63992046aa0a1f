import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const src = `${import.meta.dirname}/../../src`;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: {
    // The package by its own names, from its source: the demo needs no build of it.
    alias: [
      { find: /^silent-refresh$/, replacement: `${src}/index.ts` },
      { find: /^silent-refresh\/react$/, replacement: `${src}/react/index.ts` },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Everything a file of our own: the content security policy allows nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
