import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { slowestFirst } from './test/once/slowest-first.ts';
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

/** Unit tests that put a module in the place of another, which a process can do only before it has imported it. */
const mocking = globSync('test/unit/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(`${import.meta.dirname}/${file}`, 'utf8').includes('vi.mock('),
);

/** Browser tests that want the machine to themselves: they count refreshes to the last one, or move answers of 64 MiB in time. */
const alone = ['demo-tabs', 'engines/tabs', 'keepalive', 'soak', 'tabs/many'].map(
  (name) => `test/browser/${name}.test.ts`,
);

/** Tests for which a minute has to go by in a real browser. All three together keep one core busy. */
const waiting = [
  'test/browser/presumed-lost.test.ts',
  'test/browser/tabs/endurance.test.ts',
  'test/stores/two-processes.test.ts',
];

/** Each of these takes far longer than the other files beside it. */
const slowest = [
  'test/package/testing.test.ts',
  'test/package/package.test.ts',
  'test/examples/nextjs.test.ts',
  'test/examples/protected-routes.test.ts',
  'test/browser/engines/leaving.test.ts',
];

/** What all tests in Chromium have in common. They mostly wait, so two files do it at the same time, after the other tests. */
const inChromium = {
  environment: 'node',
  // Above the 45 s that a test waits for one thing on a busy machine.
  testTimeout: 120_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
} as const;

/** What tests in three engines have in common. */
const inEngines = {
  environment: 'node',
  testTimeout: 300_000,
  hookTimeout: 120_000,
  maxWorkers: 2,
  // Most of these tests wait for something slow, and do so at the same time.
  maxConcurrency: 32,
} as const;

/** All files at once: what waits leaves a core to the model, which computes in the background. */
const besideEachOther = { maxWorkers: 6, sequence: { groupOrder: 5 } } as const;

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
    // As many files at a time as there are cores. Vitest would leave one core out, which is half of a machine with two.
    maxWorkers: '100%',
    globalSetup: './test/once/run-folder.ts',
    sequence: { sequencer: slowestFirst(slowest) },
    reporters: ['./scripts/plain-reporter.mjs'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/unit/**/*.test.ts', 'test/package/**/*.test.ts'],
          setupFiles: ['./test/unit/each-file.ts'],
          exclude: [...model, ...mocking],
          // A process for each file would cost half of the time: starting it, and importing everything anew.
          isolate: false,
          testTimeout: 20_000,
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.{ts,tsx}'], tsconfig: './tsconfig.json' },
        },
      },
      {
        extends: true,
        test: {
          name: 'mocking',
          environment: 'node',
          include: mocking,
          setupFiles: ['./test/unit/each-file.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'react',
          environment: './test/unit/react/dom-environment.ts',
          include: ['test/unit/react/**/*.test.tsx'],
          setupFiles: ['./test/unit/each-file.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        plugins: [documentedModules('docs/recipes.md'), documentedModules('docs/roles.md')],
        test: {
          name: 'recipes',
          environment: './test/unit/react/dom-environment.ts',
          include: ['test/recipes/**/*.test.{ts,tsx}'],
          setupFiles: ['./test/unit/each-file.ts', './test/recipes/page-globals.ts'],
        },
      },
      { extends: true, test: { ...inChromium, name: 'chromium', include: mainPromises } },
      {
        extends: true,
        test: {
          ...inChromium,
          name: 'examples',
          // The first test of a file starts a server, which bundles what its page imports.
          testTimeout: 180_000,
          include: ['test/examples/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...besideEachOther,
          name: 'model',
          environment: 'node',
          include: model,
          setupFiles: ['./test/unit/tabs/model-priority.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...inChromium,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: ['test/browser/engines/**', ...mainPromises, ...alone, ...waiting],
        },
      },
      {
        extends: true,
        test: { ...inEngines, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: {
          ...inEngines,
          name: 'engines',
          include: ['test/browser/engines/**/*.test.ts'],
          exclude: alone,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stores',
          environment: 'node',
          include: ['test/stores/**/*.test.ts'],
          exclude: waiting,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file starts databases of its own, and mostly waits for them.
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          ...inChromium,
          ...besideEachOther,
          name: 'waiting',
          include: waiting,
        },
      },
    ],
  },
});
