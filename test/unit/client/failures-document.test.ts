import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from './fault-row.ts';
import { faults } from './fault-rows.ts';

const endings = new Set(['expired', 'revoked', 'reused']);

/** The status that a page shows, and the reason or the problem's kind, which stand in parentheses in the matrix. */
const shown = (text: string): string => {
  const [, status, detail] = /^(\S+)(?: \((\w+).*\))?$/.exec(text) ?? [];
  if (detail === undefined) return `\`${status}\``;
  return endings.has(detail) ? `\`${status}\`, \`${detail}\`` : `\`problem\` of kind \`${detail}\``;
};

const asksAgain = ({ again, hint }: Fault): string => {
  if (again === 'never') return 'no';
  if (hint === 'never before') return 'when `Retry-After` says';
  const [atLeastMs, atMostMs] = again;
  return atLeastMs === atMostMs ? `after ${atLeastMs / 1000} s` : 'before the token expires';
};

const later: Record<Fault['later'], string> = {
  200: 'are sent',
  UnauthenticatedError: '`UnauthenticatedError`',
  RefreshUnavailableError: '`RefreshUnavailableError` after 10 s',
  'RefreshUnavailableError at once': '`RefreshUnavailableError` at once',
};

const sooner: Record<Fault['hint'], string> = {
  'at once': 'at once',
  '`online`, after 5 s': 'after 5 s',
  'never before': 'no',
  no: '–',
};

/** A row of the matrix in the words of the document. */
const outcomeOf = (row: Fault): string[] => [
  row.effect,
  shown(row.shows.expired),
  row.waiting === 200 ? 'is sent' : `\`${row.waiting}\``,
  later[row.later],
  asksAgain(row),
  sooner[row.hint],
];

const text = await readFile(new URL('../../../docs/failures.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '))
  .filter(([first]) => first !== '---' && first !== 'outcome');
const outcomes = new Map(rows.filter((row) => row.length > 2).map(([name = '', ...cells]) => [name, cells]));
const listed = rows
  .filter((row) => row.length === 2)
  .flatMap(([name = '', answers = '']) => answers.split(' · ').map((fault) => ({ name, fault })));

describe('docs/failures.md', () => {
  it('lists every answer of the matrix once, and no other', () => {
    expect(listed.map(({ fault }) => fault).sort()).toEqual(faults.map(({ fault }) => fault).sort());
    expect(new Set(faults.map(({ fault }) => fault)).size).toBe(faults.length);
  });

  it('says of each answer what the matrix says', () => {
    const said = Object.fromEntries(listed.map(({ name, fault }) => [fault, outcomes.get(name)]));
    expect(said).toEqual(Object.fromEntries(faults.map((row) => [row.fault, outcomeOf(row)])));
  });

  it('has one row for each outcome', () => {
    expect(new Set([...outcomes.values()].map((cells) => cells.join())).size).toBe(outcomes.size);
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(outcomes.keys()));
  });

  it('is right about calls that have a valid token, and about pages that are loading', () => {
    for (const { effect, meanwhile, shows } of faults) {
      expect(meanwhile).toBe(effect === 'ended' ? 'UnauthenticatedError' : 200);
      expect(shows.valid).toBe(shows.expired);
      const loading = shows.expired.replace('authenticated (', 'loading (');
      const starts = effect === 'ended' ? 'unauthenticated (anonymous)' : loading;
      expect([shows.starting, shows.hadSession]).toEqual([
        starts,
        effect === 'ended' ? 'unauthenticated (expired)' : loading,
      ]);
    }
  });
});
