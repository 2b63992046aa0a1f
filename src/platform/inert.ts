import type { Platform } from './platform.ts';

/** No page: a server that renders. Nothing is ever asked, kept or timed. */
export const inertPlatform = (): Platform => ({
  clock: { now: () => ({ wallAt: 0, monotonicAt: 0 }), setTimer: () => () => {} },
  page: {
    address: () => undefined,
    origin: () => undefined,
    isVisible: () => false,
    isPrerendering: () => false,
    isForeignFrame: () => false,
    cookie: () => undefined,
    watch: () => () => {},
  },
  storage: { read: () => undefined, write: () => {} },
  locks: undefined,
  joinChannel: () => undefined,
  fetch: () => Promise.reject(new TypeError('There is no page here.')),
  random: () => 0,
  uuid: () => '',
  report: () => {},
});
