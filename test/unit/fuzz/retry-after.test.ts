import { describe, expect, it, vi } from 'vitest';
import { backoffMs, retryAfterMs } from '../../../src/auth-server/backoff.ts';
import fc from '../random.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

const fiveMinutesMs = 300_000;
/** A header may hold any of these characters. */
const headerText = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff })), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));
const likely = fc
  .array(
    fc.constantFrom(
      '1',
      '9',
      '0',
      '-',
      '+',
      '.',
      'e',
      ' ',
      ',',
      ':',
      'Jan',
      'Tue',
      'GMT',
      '2030',
      '12:00:00',
      '(',
      'x',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const wallAt = fc.integer({ min: 0, max: 4_000_000_000_000 });
/** Whole seconds between 1970 and 2096. */
const second = fc.integer({ min: 0, max: 4_000_000_000 }).map((s) => s * 1000);
const clamped = (ms: number): number => Math.min(Math.max(ms, 0), fiveMinutesMs);

describe('Retry-After', () => {
  it('of any text is a time of 0 to 5 minutes, or none', () => {
    let none = 0;
    let found = 0;
    fc.assert(
      fc.property(fc.oneof(headerText, likely), fc.oneof(headerText, likely), wallAt, (value, date, now) => {
        const ms = retryAfterMs(new Headers({ 'retry-after': value, date }), now);
        if (ms === undefined) none++;
        else {
          found++;
          expect(ms >= 0 && ms <= fiveMinutesMs).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(none).toBeGreaterThan(500);
    expect(found).toBeGreaterThan(50);
  });

  it('in seconds is that long, five minutes at most, whatever any clock says', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(headerText), wallAt, (seconds, date, now) => {
        const headers = new Headers({ 'retry-after': String(seconds), ...(date !== null && { date }) });
        expect(retryAfterMs(headers, now)).toBe(clamped(seconds * 1000));
      }),
    );
  });

  it('as a date is the time from the server’s clock to it, whatever the device’s clock says', () => {
    let inside = 0;
    fc.assert(
      fc.property(second, fc.integer({ min: -400, max: 400 }), wallAt, (serverAt, inS, now) => {
        const until = serverAt + inS * 1000;
        const headers = new Headers({
          'retry-after': new Date(until).toUTCString(),
          date: new Date(serverAt).toUTCString(),
        });
        expect(retryAfterMs(headers, now)).toBe(clamped(inS * 1000));
        inside += Number(inS > 0 && inS < 300);
      }),
    );
    expect(inside).toBeGreaterThan(10);
  });

  it('as a date is the time from the device’s clock to it, where the server shows none', () => {
    fc.assert(
      fc.property(second, fc.integer({ min: -400_000, max: 400_000 }), (until, beforeMs) => {
        const headers = new Headers({ 'retry-after': new Date(until).toUTCString() });
        expect(retryAfterMs(headers, until - beforeMs)).toBe(clamped(beforeMs));
      }),
    );
  });
});

describe('the pause after failures', () => {
  it('is never negative, never over 30 s, and never longer than twice as long a run of failures allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, random) => {
        const ms = backoffMs(count, random);
        expect(ms >= 0 && ms <= 30_000).toBe(true);
        expect(ms <= 500 * 2 ** Math.min(count - 1, 6)).toBe(true);
      }),
    );
  });
});
