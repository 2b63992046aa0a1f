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

type CellOf = (behaviour: string) => string;

/** The columns of the README's table, and how each of its cells follows from those of docs/comparison.md. */
const IN_SHORT: Readonly<Record<string, (cellOf: CellOf) => string>> = {
  refreshes: (cellOf) => rangeIn(cellOf(FIVE_TABS), /^(\d+(?: to \d+)?) refresh/),
  'failed calls': (cellOf) => rangeIn(cellOf(FIVE_TABS), /(\d+(?: to \d+)?) of 100 calls failed/),
  'session kept': (cellOf) => keptIn(cellOf(FIVE_TABS)),
  'after a lost answer': (cellOf) => survivalIn(cellOf('lost answer, strict server that reads `Idempotency-Key`')),
  'refresh token readable': (cellOf) => (/Storage/.test(cellOf('the refresh token can be read in')) ? 'yes' : 'no'),
  gzipped: (cellOf) => cellOf('gzipped size'),
};

const FIVE_TABS = '5 tabs × 20 calls when the token is due';

const rangeIn = (cell: string, range: RegExp) => range.exec(cell)?.[1]?.replace(' to ', '–') ?? cell;

const keptIn = (cell: string) => {
  if (cell.endsWith(', kept')) return 'yes';
  const [, lost = '', runs = ''] = /lost in (\d) of (\d) runs$/.exec(cell) ?? [];
  if (runs === '') return cell;
  return lost === runs ? 'no' : `${Number(runs) - Number(lost)} of ${runs}`;
};

const survivalIn = (cell: string) => {
  if (cell === 'kept, by a new session from the provider') return 'new session';
  return { kept: 'kept', 'signed out': 'lost' }[cell] ?? cell;
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

  it('says at length what the table of the README says in short, and of the same day', () => {
    const [, compared = ''] = read('README.md').split(/^## Compared.*$/m);
    const [section = ''] = compared.split(/^## /m);
    const lines = section.split('\n').filter((line) => line.startsWith('|'));
    const named = lines.slice(2).map((line) => line.split('|')[1]?.trim() ?? '');
    // Of the libraries that can be set up in two ways, the README shows the one whose tabs share a session.
    const subjectOf = (name: string) => (cells.has(name) ? name : `${name}, localStorage`);
    expect(named).toContain('silent-refresh');
    expect(named.length).toBeGreaterThan(5);
    const row = (...of: string[]) => `| ${of.join(' | ')} |`;
    const header = ['', ...Object.keys(IN_SHORT)];
    // Where the figures have changed, these lines are the README's new ones.
    expect(lines).toEqual([
      row(...header),
      row(...header.map(() => '---')),
      ...named.map((name) => row(name, ...Object.values(IN_SHORT).map((inShort) => inShort(cellOf(subjectOf(name)))))),
    ]);
    const [, date = 'no day'] = /^Measured on (\d{4}-\d\d-\d\d) /m.exec(text) ?? [];
    expect(section).toContain(date);
  });

  it('has no library that loses the session if the server has leeway or the refresh endpoint fails, as the README says', () => {
    const { 'The refresh endpoint fails for six seconds': outages = [] } = GROUPS;
    const withLeeway = Object.values(GROUPS)
      .flat()
      .filter(({ name }) => name.includes('leeway'));
    expect([outages.length, withLeeway.length]).toEqual([4, 2]);
    const losing = SUBJECTS.flatMap((subject) =>
      [...outages, ...withLeeway]
        .filter((behaviour) => !cellOf(subject.name)(behaviour.name).endsWith('kept'))
        .map((behaviour) => `${subject.name}: ${behaviour.name}`),
    );
    expect(losing).toEqual([]);
  });

  function cellOf(subject: string): CellOf {
    return (behaviour) => cells.get(subject)?.get(behaviour) ?? `no ${behaviour} of ${subject}`;
  }
});
