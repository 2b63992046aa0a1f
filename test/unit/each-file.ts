import { afterEach, expect } from 'vitest';

// Test files share a process, and some servers replace globals when they start (@hono/node-server does): each file begins
// with those of Node.
const kept = globalThis as { [key: symbol]: unknown };
const key = Symbol.for('silent-refresh: what the test process began with');
kept[key] ??= { Request, Response, warn: console.warn };
const { warn, ...globals } = kept[key] as Pick<typeof globalThis, 'Request' | 'Response'> & Pick<Console, 'warn'>;
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value });

// The development build warns of what is set up wrong. Nothing is, in a test that does not look for such a warning.
const warnings: unknown[] = [];
console.warn = (...given: unknown[]) => {
  if (String(given[0]).startsWith('[silent-refresh]')) warnings.push(given[0]);
  else warn(...given);
};

afterEach(() => {
  expect(warnings.splice(0)).toEqual([]);
});
