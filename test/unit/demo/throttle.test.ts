import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../../demo/server/throttle.ts';

function fixture() {
  const clock = { now: 1_000_000 };
  const throttle = createThrottle(() => clock.now);
  const fail = (times: number, name = 'ada'): void => {
    for (let n = 0; n < times; n += 1) throttle.begin(name);
  };
  return { clock, throttle, fail };
}

describe('createThrottle', () => {
  it('makes a name wait half a minute after five failures in a row', () => {
    const { clock, throttle, fail } = fixture();
    fail(4);
    expect(throttle.begin('ada')).not.toHaveProperty('retryAfterMs');
    expect(throttle.begin('ada')).toEqual({ retryAfterMs: 30_000 });
    clock.now += 29_999;
    expect(throttle.begin('ada')).toEqual({ retryAfterMs: 1 });
  });

  it('lets one attempt through after the wait, and then waits again', () => {
    const { clock, throttle, fail } = fixture();
    fail(5);
    clock.now += 30_000;
    expect(throttle.begin('ada')).not.toHaveProperty('retryAfterMs');
    expect(throttle.begin('ada')).toEqual({ retryAfterMs: 30_000 });
  });

  it('forgets the failures at a success', () => {
    const { throttle, fail } = fixture();
    fail(4);
    const attempt = throttle.begin('ada');
    if ('succeeded' in attempt) attempt.succeeded();
    fail(4);
    expect(throttle.begin('ada')).not.toHaveProperty('retryAfterMs');
  });

  it('takes a name in any case for the same and no name for another', () => {
    const { throttle, fail } = fixture();
    fail(5, 'Ada');
    expect(throttle.begin('aDA')).toHaveProperty('retryAfterMs');
    expect(throttle.begin('grace')).not.toHaveProperty('retryAfterMs');
  });
});
