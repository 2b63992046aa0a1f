import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../comparison/behaviours.ts';
import { SUBJECTS } from '../comparison/subjects.ts';
import { markdownOf } from '../comparison/table.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

/** The cells of the tables in a text, by their row and their column. */
const cellsIn = (text: string): Map<string, Map<string, string>> => {
  const found = new Map<string, Map<string, string>>();
  for (const [table] of text.matchAll(/^\| +\|(?:.*\n\|)*.*$/gm)) {
    const [header = [], , ...rows] = table.split('\n').map((line) => line.split('|').slice(1, -1));
    for (const [name = '', ...cells] of rows) {
      const row = found.get(name.trim()) ?? new Map<string, string>();
      for (const [at, cell] of cells.entries()) row.set((header[at + 1] ?? '').trim(), cell.trim());
      found.set(name.trim(), row);
    }
  }
  return found;
};

describe('docs/comparison.md', () => {
  const text = read('docs/comparison.md');
  const cells = cellsIn(text);

  it('holds what `npm run compare` prints: every library, its version and options, and every behaviour', () => {
    const [, date = ''] = /^Measured on (\d{4}-\d\d-\d\d) /m.exec(text) ?? [];
    const measured = new Map(
      SUBJECTS.map((subject) => [subject, cells.get(subject.name) ?? new Map<string, string>()]),
    );
    expect(text).toContain(markdownOf(GROUPS, measured, date));
  });

  it('has a result in every cell', () => {
    const behaviours = Object.values(GROUPS).flat();
    const missing = SUBJECTS.flatMap(({ name }) =>
      behaviours
        .filter((behaviour) => /^$|^not measured/.test(cells.get(name)?.get(behaviour.name) ?? ''))
        .map((behaviour) => `${name}: ${behaviour.name}`),
    );
    expect(missing).toEqual([]);
  });

  it('says the same as the table of the README, and of the same day', () => {
    const [, compared = ''] = read('README.md').split(/^## Compared.*$/m);
    const [section = ''] = compared.split(/^## /m);
    const said = cellsIn(section);
    expect(said.size).toBeGreaterThan(5);
    for (const [name, row] of said)
      expect(cells.get(name), name).toEqual(new Map([...(cells.get(name) ?? []), ...row]));
    const [, date = 'no day'] = /^Measured on (\d{4}-\d\d-\d\d) /m.exec(text) ?? [];
    expect(section).toContain(date);
  });
});
