import type { PageEvent, Platform } from '../../src/platform/platform.ts';

/** A platform whose time, page, storage and network are the test's. */
export interface FakePlatform extends Platform {
  /** Lets time pass on both clocks, firing timers in order and letting promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone (a clock that is set), or both without timers firing (`sleep`). */
  setWall(byMs: number): void;
  sleep(ms: number): void;
  /** Tells the page's listeners; with `stored`, of which key. */
  happen(event: PageEvent, key?: string): void;
  readonly stored: Map<string, string>;
  readonly cookies: Map<string, string>;
  readonly reported: unknown[];
  readonly warned: string[];
  readonly timers: () => number;
  readonly listeners: () => number;
  visible: boolean;
  prerendering: boolean;
  inForeignFrame: boolean;
  cameByRedirect: boolean;
  address: string | undefined;
  /** Stands in the place of the global `fetch`. */
  replacement: Platform['fetch'] | undefined;
  nextRandom: number;
}

/** Lets everything that waits for a promise alone go on. */
export const flush = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

export const createFakePlatform = (
  fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>,
  stored = new Map<string, string>(),
): FakePlatform => {
  let wallAt = 1_700_000_000_000;
  let monotonicAt = 1000;
  let ids = 0;
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();
  const listeners = new Set<(event: PageEvent, key?: string) => void>();
  const platform: FakePlatform = {
    clock: {
      now: () => ({ wallAt, monotonicAt }),
      setTimer: (callback, delayMs) => {
        const id = ++ids;
        timers.set(id, { at: monotonicAt + delayMs, callback });
        return () => void timers.delete(id);
      },
    },
    page: {
      address: () => platform.address,
      origin: () => (platform.address === undefined ? undefined : new URL(platform.address).origin),
      isVisible: () => platform.visible,
      isPrerendering: () => platform.prerendering,
      isForeignFrame: () => platform.inForeignFrame,
      isArrival: () => platform.cameByRedirect,
      global: () => platform,
      cookies: () => Array.from(platform.cookies, ([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; '),
      watch: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    storage: {
      read: (key) => stored.get(key),
      write: (key, value) => void (value === undefined ? stored.delete(key) : stored.set(key, value)),
    },
    locks: undefined,
    joinChannel: () => undefined,
    fetch: (input, init) => (platform.replacement ?? fetch)(input, init),
    nativeFetch: (input, init) => (platform.replacement === undefined ? platform.fetch : fetch)(input, init),
    isFetchReplaced: () => platform.replacement !== undefined,
    random: () => platform.nextRandom,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    report: (error) => void platform.reported.push(error),
    warn: (message) => void platform.warned.push(message),
    advance: async (ms) => {
      const end = monotonicAt + ms;
      await flush();
      for (;;) {
        const [id, next] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
        if (id === undefined || next === undefined || next.at > end) break;
        timers.delete(id);
        const by = Math.max(next.at - monotonicAt, 0);
        wallAt += by;
        monotonicAt += by;
        next.callback();
        await flush();
      }
      wallAt += end - monotonicAt;
      monotonicAt = end;
    },
    setWall: (byMs) => {
      wallAt += byMs;
    },
    sleep: (ms) => {
      wallAt += ms;
    },
    happen: (event, key) => {
      for (const listener of [...listeners]) listener(event, key);
    },
    stored,
    cookies: new Map(),
    reported: [],
    warned: [],
    timers: () => timers.size,
    listeners: () => listeners.size,
    visible: true,
    prerendering: false,
    inForeignFrame: false,
    cameByRedirect: false,
    address: 'https://app.example/',
    replacement: undefined,
    nextRandom: 0.5,
  };
  return platform;
};
