import { describe, expect, it } from 'vitest';
import { createTimer } from '../../../src/platform/timer.ts';
import { createFakePlatform } from '../fake-platform.ts';

const HALF_A_DAY = 43_200_000;
const DAY = 2 * HALF_A_DAY;

const createFixture = () => {
  const platform = createFakePlatform(() => Promise.reject(new TypeError('no network here')));
  const delays: number[] = [];
  const rings: number[] = [];
  const setTimer = createTimer(
    {
      now: platform.clock.now,
      setTimer: (callback, delayMs) => {
        delays.push(delayMs);
        return platform.clock.setTimer(callback, delayMs);
      },
    },
    () => rings.push(platform.clock.now().monotonicAt - 1000),
  );
  return { platform, setTimer, delays, rings };
};

describe('a timer', () => {
  it('rings once, at its time', async () => {
    const { platform, setTimer, rings } = createFixture();
    setTimer(500);
    await platform.advance(499);
    expect(rings).toEqual([]);
    await platform.advance(5000);
    expect(rings).toEqual([500]);
  });

  it('that is set again replaces the one before', async () => {
    const { platform, setTimer, rings } = createFixture();
    setTimer(500);
    setTimer(700);
    expect(platform.timers()).toBe(1);
    await platform.advance(1000);
    expect(rings).toEqual([700]);
  });

  it('that is taken away leaves no timer', async () => {
    const { platform, setTimer, rings } = createFixture();
    setTimer(500);
    setTimer(undefined);
    expect(platform.timers()).toBe(0);
    await platform.advance(1000);
    expect(rings).toEqual([]);
  });

  it.each([
    { name: '2^31 ms', inMs: 2 ** 31 },
    { name: '60 days', inMs: 60 * DAY },
    { name: 'half the age of the universe', inMs: 2e20 },
    { name: 'Infinity', inMs: Number.POSITIVE_INFINITY },
  ])('TIM-1 of $name is made of slices of half a day', ({ inMs }) => {
    const { setTimer, delays } = createFixture();
    setTimer(inMs);
    expect(delays).toEqual([HALF_A_DAY]);
  });

  it('TIM-1 of 60 days rings 120 times for whoever sets it anew each time, and never at once', async () => {
    const { platform, delays } = createFixture();
    const dueAt = platform.clock.now().monotonicAt + 60 * DAY;
    let rings = 0;
    const setTimer = createTimer(platform.clock, () => {
      rings++;
      const leftMs = dueAt - platform.clock.now().monotonicAt;
      setTimer(leftMs > 0 ? leftMs : undefined);
    });
    setTimer(60 * DAY);
    await platform.advance(1000);
    expect(rings).toBe(0);
    await platform.advance(60 * DAY);
    expect(rings).toBe(120);
    expect(platform.timers()).toBe(0);
    expect(delays).toEqual([]);
  });

  it('rings no sooner than asked for a part of a ms', () => {
    const { setTimer, delays } = createFixture();
    setTimer(0.2);
    expect(delays).toEqual([1]);
  });
});
