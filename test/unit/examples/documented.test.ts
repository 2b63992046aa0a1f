import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentedFiles } from '../../package/documented-files.ts';

const root = join(import.meta.dirname, '../../..');

it('the docs show files of the examples as they are', () => {
  const shown = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => [...documentedFiles(`docs/${name}`)])
    .filter(([name]) => name.startsWith('examples/'));
  for (const [name, code] of shown) {
    expect(code, name).toBe(`// ${name}\n${readFileSync(join(root, name), 'utf8')}`);
  }
  expect(shown.length).toBeGreaterThanOrEqual(4);
});
