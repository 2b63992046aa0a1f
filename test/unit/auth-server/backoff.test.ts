import { describe, expect, it } from 'vitest';
import { backoffMs, retryAfterMs } from '../../../src/auth-server/backoff.ts';

const now = Date.UTC(2030, 0, 1, 12);
const date = (ms: number): string => new Date(now + ms).toUTCString();
const waitOf = (headers: Record<string, string>): number | undefined => retryAfterMs(new Headers(headers), now);

describe('the pause after failures', () => {
  it.each([
    { failures: 1, most: 500 },
    { failures: 2, most: 1000 },
    { failures: 3, most: 2000 },
    { failures: 6, most: 16_000 },
    { failures: 7, most: 30_000 },
    { failures: 5000, most: 30_000 },
  ])('after $failures is at most $most ms, spread over all of it', ({ failures, most }) => {
    expect(backoffMs(failures, 1)).toBe(most);
    expect(backoffMs(failures, 0.5)).toBe(most / 2);
    expect(backoffMs(failures, 0)).toBe(0);
  });
});

describe('Retry-After (TOK-8)', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['in seconds', { 'retry-after': '3' }, 3000],
    ['of zero', { 'retry-after': '0' }, 0],
    ['with white space', { 'retry-after': '  7 ' }, 7000],
    ['of a day, bounded', { 'retry-after': '86400' }, 300_000],
    ['of any number of digits, bounded', { 'retry-after': '9'.repeat(400) }, 300_000],
    ['as a date', { 'retry-after': date(20_000) }, 20_000],
    ['as a date that begins with a digit', { 'retry-after': new Date(now + 20_000).toISOString() }, 20_000],
    ['as a date that ends with one', { 'retry-after': date(20_000).replace('GMT', '+0000') }, 20_000],
    ['as a date that is over', { 'retry-after': date(-20_000) }, 0],
    ['as a date next year, bounded', { 'retry-after': date(365 * 86_400_000) }, 300_000],
    [
      'as a date by a server whose clock is an hour fast',
      { 'retry-after': date(3_620_000), date: date(3_600_000) },
      20_000,
    ],
    [
      'as a date by a server whose clock is an hour slow',
      { 'retry-after': date(-3_580_000), date: date(-3_600_000) },
      20_000,
    ],
    ['as a date beside a Date that is garbage', { 'retry-after': date(20_000), date: 'noon' }, 20_000],
    ['in seconds, whatever Date says', { 'retry-after': '3', date: date(3_600_000) }, 3000],
    ['that is missing', {}, undefined],
    ['that is empty', { 'retry-after': '' }, undefined],
    ['that is garbage', { 'retry-after': 'soon' }, undefined],
    ['with a unit', { 'retry-after': '120 seconds' }, undefined],
  ])('%s', (_, headers, ms) => {
    expect(waitOf(headers)).toBe(ms);
  });

  it.each(['-5', '1.5', '5, 10', '1e3', '+3', '0x10', '3,3', '-1', '12:00', '3;'])(
    'of an odd form, %s, is never negative, endless or NaN',
    (value) => {
      const ms = retryAfterMs(new Headers({ 'retry-after': encodeURI(value) }), now) ?? 0;
      expect(ms >= 0 && ms <= 300_000).toBe(true);
    },
  );
});
