import { defineConfig } from 'vitest/config';
import { documentedModules } from './test/recipes/documented-modules.ts';

/** The browser tests of the main promises. `npm test` runs these and leaves the others to `npm run test:rest`. */
const mainPromises = [
  'demo',
  'expiry',
  'identity',
  'origins',
  'react',
  'refused-refresh',
  'sign-in',
  'sign-out',
  'unavailable',
  'tabs/modes',
  'tabs/users',
].map((name) => `test/browser/${name}.test.ts`);

/** Every reachable order of events in several tabs: a minute of computing. */
const model = ['test/unit/tabs/model*.test.ts'];

/** What all tests in Chromium have in common. They run after the others: a browser wants the machine to itself. */
const inChromium = {
  environment: 'node',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  fileParallelism: false,
  sequence: { groupOrder: 1 },
} as const;

export default defineConfig({
  // The examples import the package by its name, as its users do.
  resolve: {
    alias: [
      { find: /^silent-refresh$/, replacement: `${import.meta.dirname}/src/index.ts` },
      { find: /^silent-refresh\/(react|server|node)$/, replacement: `${import.meta.dirname}/src/$1/index.ts` },
      {
        find: /^silent-refresh\/server\/(sqlite|redis|postgres)$/,
        replacement: `${import.meta.dirname}/src/server/stores/$1.ts`,
      },
    ],
  },
  test: {
    // queueMicrotask and setImmediate must stay real: msw hangs when they are faked.
    fakeTimers: { toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] },
    reporters: ['./scripts/plain-reporter.mjs'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/unit/**/*.test.ts', 'test/package/**/*.test.ts'],
          setupFiles: ['./test/unit/no-warnings.ts'],
          exclude: model,
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.{ts,tsx}'], tsconfig: './tsconfig.json' },
        },
      },
      {
        extends: true,
        test: {
          name: 'react',
          environment: './test/unit/react/dom-environment.ts',
          include: ['test/unit/react/**/*.test.tsx'],
          setupFiles: ['./test/unit/no-warnings.ts'],
        },
      },
      {
        extends: true,
        plugins: [documentedModules('docs/recipes.md'), documentedModules('docs/roles.md')],
        test: {
          name: 'recipes',
          environment: './test/unit/react/dom-environment.ts',
          include: ['test/recipes/**/*.test.{ts,tsx}'],
          setupFiles: ['./test/unit/no-warnings.ts', './test/recipes/page-globals.ts'],
        },
      },
      { extends: true, test: { ...inChromium, name: 'chromium', include: mainPromises } },
      {
        extends: true,
        test: {
          ...inChromium,
          name: 'examples',
          include: ['test/examples/**/*.test.ts'],
          globalSetup: './test/examples/harness/install.ts',
        },
      },
      { extends: true, test: { name: 'model', environment: 'node', include: model } },
      {
        extends: true,
        test: {
          ...inChromium,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: ['test/browser/engines/**', ...mainPromises],
        },
      },
      {
        extends: true,
        test: {
          name: 'engines',
          environment: 'node',
          include: ['test/browser/engines/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Most of these tests wait for something slow, and do so at the same time.
          maxConcurrency: 32,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stores',
          environment: 'node',
          include: ['test/stores/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
