import { browserPlatform } from '../../platform/browser.ts';
import type { Clock, PageEvent, Platform } from '../../platform/platform.ts';

/** A platform in memory: what a client asks of it, and what only a test may do. */
export interface TestPlatform extends Platform {
  /** Tells the page's listeners; with `stored`, of which key. */
  happen(event: PageEvent, key?: string): void;
  readonly stored: Map<string, string>;
  readonly cookies: Map<string, string>;
  readonly reported: unknown[];
  readonly warned: string[];
  /** How many listeners the page has. */
  readonly listeners: () => number;
  visible: boolean;
  prerendering: boolean;
  inForeignFrame: boolean;
  cameByRedirect: boolean;
  address: string | undefined;
  /** What the page has put in the place of the global `fetch`. */
  replacement: Platform['fetch'] | undefined;
  nextRandom: number;
}

export interface TestPlatformParts {
  readonly clock: Clock;
  readonly fetch: Platform['fetch'];
  /** What is kept for the origin. */
  readonly stored?: Map<string, string>;
}

/** Makes a visible page at `https://app.example/` that has no other tabs. */
export function createTestPlatform({ clock, fetch, stored = new Map() }: TestPlatformParts): TestPlatform {
  const listeners = new Set<(event: PageEvent, key?: string) => void>();
  const platform: TestPlatform = {
    clock,
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
    uuid: browserPlatform().uuid,
    report: (error) => void platform.reported.push(error),
    warn: (message) => void platform.warned.push(message),
    happen: (event, key) => {
      for (const listener of [...listeners]) listener(event, key);
    },
    stored,
    cookies: new Map(),
    reported: [],
    warned: [],
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
}
