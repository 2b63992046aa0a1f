import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from './fault-row.ts';
import { faults } from './fault-rows.ts';

/** A row of the matrix in the words of the document. */
const written = (row: Fault): string[] => {
  const { starting, hadSession, expired } = row.shows;
  const [atLeastMs, atMostMs] = row.again === 'never' ? [] : row.again;
  const isExact = atLeastMs === atMostMs;
  return [
    row.fault,
    row.verdict,
    starting === hadSession ? starting : `${starting}; with a record ${hadSession}`,
    expired,
    String(row.meanwhile),
    String(row.waiting),
    String(row.later),
    atLeastMs === undefined || atMostMs === undefined
      ? 'never'
      : `after ${isExact ? '' : `${atLeastMs / 1000} to `}${atMostMs / 1000} s`,
    row.hint,
  ];
};

const tablesOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));

describe('docs/faults.md', () => {
  it('says of every fault what the matrix says, and of no other', async () => {
    const text = await readFile(new URL('../../../docs/faults.md', import.meta.url), 'utf8');
    const [, ...rows] = tablesOf(text).filter(([first]) => first !== '---');
    expect(rows).toEqual(faults.map(written));
  });

  it('names every fault once', () => {
    expect(new Set(faults.map(({ fault }) => fault)).size).toBe(faults.length);
  });

  it('has one expectation for a page that is signed in, whether its token has expired or not', () => {
    expect(faults.filter(({ shows }) => shows.expired !== shows.valid)).toEqual([]);
  });
});
