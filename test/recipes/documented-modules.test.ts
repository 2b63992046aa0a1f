import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentedFiles } from '../package/documented-files.ts';

const tests = readdirSync(import.meta.dirname)
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

it.each(['docs/recipes.md', 'docs/roles.md'])('every file of %s is run by a test', (document) => {
  const names = [...documentedFiles(document).keys()];
  expect(names.length).toBeGreaterThan(1);
  expect(names.filter((name) => !tests.includes(`'${name}'`) && !tests.includes(`${document}/${name}`))).toEqual([]);
});
