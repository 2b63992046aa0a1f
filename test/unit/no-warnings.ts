import { afterEach, expect } from 'vitest';

// The development build warns of what is set up wrong. Nothing is, in a test that does not look for such a warning.
const warnings: unknown[] = [];
const { warn } = console;
console.warn = (...given: unknown[]) => {
  if (String(given[0]).startsWith('[silent-refresh]')) warnings.push(given[0]);
  else warn(...given);
};

afterEach(() => {
  expect(warnings.splice(0)).toEqual([]);
});
