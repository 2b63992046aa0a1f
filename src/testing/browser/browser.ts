import { checkNames } from '../../spelling/unknown-names.ts';
import { createTestAuthority, type TestAuthority } from '../authority/authority.ts';
import { AUTHORITY_OPTIONS, type TestAuthorityOptions } from '../authority/options.ts';
import { checkPassing } from '../durations.ts';
import { flush, nextTask } from '../platform/flush.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { createUnfinished } from '../unfinished.ts';
import { type OpenTab, openTab, type TestTab } from './tab.ts';
import { createTabChannels } from './tab-channels.ts';
import { createTabLocks } from './tab-locks.ts';

export interface TestBrowserOptions extends Omit<TestAuthorityOptions, 'clock'> {
  /** How many tabs it begins with. Default 1. */
  readonly tabs?: number;
}

/** A browser in memory: tabs of one origin, with one cookie jar, storage, locks, channels, and a clock that the test moves. */
export interface TestBrowser {
  readonly tabs: readonly TestTab[];
  /** The authority that all tabs ask, by the same clock. */
  readonly authority: TestAuthority;
  /** Opens another tab. */
  open(): TestTab;
  /**
   * Lets time pass in all tabs and at the authority, and everything settle that needs no time. Nothing happens in the tabs
   * while the clock stands still, so call it with 0 as well to let requests be answered. Calls made at the same time follow one
   * another. Throws a `TypeError` for anything else than milliseconds that can pass.
   */
  advance(ms: number): Promise<void>;
  /** Disconnects the browser from the network, or connects it again. */
  setOnline(isOnline: boolean): void;
  /** Its user deletes the cookies and the storage of the site. The tabs stay open. */
  clearSiteData(): void;
  /** Blocks localStorage in all tabs, as some private modes and settings do, or allows it again: blocked, it throws. */
  setStorageAllowed(isAllowed: boolean): void;
  /**
   * Begins anew, with new tabs and nobody signed in. Throws an `Error` that says what the test has left behind: a client that was
   * never stopped, calls that are still held, a request that nobody handled.
   */
  reset(): void;
}

/** Creates a browser in memory. Throws a `TypeError` for an unknown option. */
export function createTestBrowser(given: TestBrowserOptions = {}): TestBrowser {
  const { tabs: count = 1, ...options } = given;
  checkNames(given, BROWSER_OPTIONS);
  if (!(Number.isInteger(count) && count >= 0)) {
    throw new TypeError(`\`tabs\` is a number of tabs, 0 or more; it was ${count}.`);
  }
  const settled = async (): Promise<void> => {
    for (let seen = -1; seen !== authority.requests.length; ) {
      seen = authority.requests.length;
      await flush();
      await authority.settled();
    }
    await flush();
  };
  const clock = createVirtualClock(settled);
  const authority = createTestAuthority({ ...options, clock });
  const unfinished = createUnfinished();
  const open: OpenTab[] = [];
  const tabs: TestTab[] = [];
  let isOnline = true;
  let isStorageAllowed = true;

  const inTask = (_tab: string, _brings: string, deliver: () => void) => void nextTask().then(deliver);
  const begin = () => ({ locks: createTabLocks(inTask), channels: createTabChannels(inTask), stored: new Map() });
  let shared = begin();

  const tellOfStorage = (key?: string, writer?: OpenTab) => {
    for (const one of open) if (one !== writer) void nextTask().then(() => one.hearOfStorage(key));
  };

  const openOne = (): TestTab => {
    const opened: OpenTab = openTab(`tab ${open.length + 1}`, {
      ...shared,
      clock,
      fetch: (input, init) =>
        isOnline ? authority.fetch(input, init) : Promise.reject(new TypeError('Failed to fetch')),
      isStorageAllowed: () => isStorageAllowed,
      wrote: (key) => tellOfStorage(key, opened),
    });
    open.push(opened);
    tabs.push(opened.tab);
    return opened.tab;
  };
  const openAll = () => {
    for (let tab = 0; tab < count; tab++) openOne();
  };

  openAll();
  return {
    tabs,
    authority,
    open: openOne,
    advance: async (ms) => {
      checkPassing('advance', ms);
      await clock.advance(ms);
    },
    setOnline: (online) => {
      isOnline = online;
      if (online) for (const one of open) one.online();
    },
    clearSiteData: () => {
      authority.clearCookies();
      shared.stored.clear();
      tellOfStorage();
    },
    setStorageAllowed: (isAllowed) => {
      isStorageAllowed = isAllowed;
    },
    reset: () => {
      for (const one of open.splice(0)) for (const what of one.end()) unfinished.note(what);
      tabs.length = 0;
      unfinished.noteError(authority.reset);
      shared = begin();
      isOnline = true;
      isStorageAllowed = true;
      openAll();
      unfinished.throwIfAny();
    },
  };
}

// It has a clock of its own.
const { clock: _clock, ...sharedOptions } = AUTHORITY_OPTIONS;
const BROWSER_OPTIONS: Readonly<Record<keyof TestBrowserOptions, true>> = { tabs: true, ...sharedOptions };
