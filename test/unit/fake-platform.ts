import type { Platform } from '../../src/platform/platform.ts';
import { flush } from '../../src/testing/platform/flush.ts';
import { createTestPlatform, type TestPlatform } from '../../src/testing/platform/test-platform.ts';
import { createVirtualClock, type VirtualClock } from '../../src/testing/platform/virtual-clock.ts';

export { flush };

/** The platform of `silent-refresh/testing` with a clock of its own, whose time is the test's. */
export interface FakePlatform extends TestPlatform, Pick<VirtualClock, 'advance' | 'setWall' | 'timers'> {
  /** The machine sleeps: the wall clock goes on, and no timer fires. */
  sleep(ms: number): void;
}

export const createFakePlatform = (fetch: Platform['fetch'], stored = new Map<string, string>()): FakePlatform => {
  const clock = createVirtualClock(flush);
  const { advance, setWall, timers } = clock;
  return Object.assign(createTestPlatform({ clock, fetch, stored }), { advance, setWall, timers, sleep: setWall });
};
