import { defineConfig } from 'vitest/config';

// The tests that are to notice a mutant: those of the pure parts, and those of the whole client. Random histories are left
// out: they would notice more, and each mutant would take seconds.
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/unit/{session,refresh,fetch,client,tabs,fuzz}/**/*.test.ts'],
    exclude: ['**/*.property.test.ts'],
  },
});
