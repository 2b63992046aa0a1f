import { defineConfig } from 'vitest/config';

export default defineConfig({
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
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.{ts,tsx}'], tsconfig: './tsconfig.json' },
        },
      },
      {
        extends: true,
        test: {
          name: 'react',
          environment: './test/unit/react/dom-environment.ts',
          include: ['test/unit/react/**/*.test.tsx'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          exclude: ['test/browser/engines/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          // After the others: a browser wants the machine to itself.
          sequence: { groupOrder: 1 },
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
    ],
  },
});
