import { describe, expect, it } from 'vitest';
import {
  elapsedMs,
  type Instant,
  isUsable,
  leadTimeMs,
  refreshDueInMs,
  remainingMs,
} from '../../../src/session/time.ts';
import fc from '../random.ts';
import { at, DAY, HOUR, MINUTE, SECOND } from './events.ts';
import { policy } from './play.ts';

describe('elapsedMs', () => {
  it.each<{ name: string; now: Instant; ms: number }>([
    { name: 'both clocks agree', now: at(5 * SECOND), ms: 5 * SECOND },
    { name: 'TIM-3 the machine slept: only the wall clock saw it', now: at(0, HOUR), ms: HOUR },
    { name: 'TIM-3 the wall clock was set back', now: at(MINUTE, -HOUR), ms: MINUTE },
    { name: 'the wall clock was set 25 h ahead', now: at(SECOND, 25 * HOUR), ms: 25 * HOUR + SECOND },
    { name: 'both clocks went back', now: at(-SECOND), ms: 0 },
  ])('$name', ({ now, ms }) => {
    expect(elapsedMs(at(0), now)).toBe(ms);
  });

  it('is never negative and never less than either clock says', () => {
    const instant = fc.record({ wallAt: fc.integer(), monotonicAt: fc.nat() });
    fc.assert(
      fc.property(instant, instant, (since, now) => {
        const elapsed = elapsedMs(since, now);
        expect(elapsed).toBeGreaterThanOrEqual(0);
        expect(elapsed).toBeGreaterThanOrEqual(now.wallAt - since.wallAt);
        expect(elapsed).toBeGreaterThanOrEqual(now.monotonicAt - since.monotonicAt);
      }),
    );
  });
});

describe('the lead time (TIM-5)', () => {
  it.each([
    { lifetimeMs: SECOND, leadMs: 200 },
    { lifetimeMs: 5 * SECOND, leadMs: SECOND },
    { lifetimeMs: MINUTE, leadMs: 12 * SECOND },
    { lifetimeMs: 5 * MINUTE, leadMs: MINUTE },
    { lifetimeMs: HOUR, leadMs: MINUTE },
    { lifetimeMs: 60 * DAY, leadMs: MINUTE },
  ])('of $lifetimeMs ms is $leadMs ms', ({ lifetimeMs, leadMs }) => {
    expect(leadTimeMs(lifetimeMs, 0.5, policy)).toBeCloseTo(leadMs, 6);
  });

  it('is always shorter than the life, and at most 110 % of its bound', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e15, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ms, jitter) => {
          const lead = leadTimeMs(ms, jitter, policy);
          expect(lead).toBeGreaterThan(0);
          expect(lead).toBeLessThan(ms);
          expect(lead).toBeLessThanOrEqual(66_000);
        },
      ),
    );
  });
});

describe('a token', () => {
  const token = { obtainedAt: at(0), lifetimeMs: 100 * SECOND, leadMs: 20 * SECOND };

  it('is due ahead of its end', () => {
    expect(refreshDueInMs(token, at(30 * SECOND))).toBe(50 * SECOND);
    expect(remainingMs(token, at(30 * SECOND))).toBe(70 * SECOND);
  });

  it('that says nothing of its end is never due, and never runs out', () => {
    const opaque = { obtainedAt: at(0) };
    expect(refreshDueInMs(opaque, at(60 * DAY))).toBeUndefined();
    expect(remainingMs(opaque, at(60 * DAY))).toBe(Number.POSITIVE_INFINITY);
    expect(isUsable(opaque, at(60 * DAY), HOUR, policy)).toBe(true);
  });

  it.each([
    { name: 'fresh', now: at(0), minValidityMs: 0, usable: true },
    { name: 'in its lead time', now: at(90 * SECOND), minValidityMs: 0, usable: true },
    { name: 'in its guard time', now: at(96 * SECOND), minValidityMs: 0, usable: false },
    { name: 'at its end', now: at(100 * SECOND), minValidityMs: 0, usable: false },
    { name: 'asked for longer than it lives', now: at(0), minValidityMs: 100 * SECOND, usable: false },
    { name: 'asked for as long as it lives', now: at(0), minValidityMs: 99 * SECOND, usable: true },
    { name: 'after a sleep', now: at(SECOND, HOUR), minValidityMs: 0, usable: false },
    { name: 'after the wall clock went back', now: at(100 * SECOND, -HOUR), minValidityMs: 0, usable: false },
  ])('$name is usable: $usable', ({ now, minValidityMs, usable }) => {
    expect(isUsable(token, now, minValidityMs, policy)).toBe(usable);
  });

  it('of one second is usable for most of its life', () => {
    const short = { obtainedAt: at(0), lifetimeMs: SECOND, leadMs: 200 };
    expect(isUsable(short, at(799), 0, policy)).toBe(true);
    expect(isUsable(short, at(800), 0, policy)).toBe(false);
  });
});
