import type { Clock, Platform } from '../../platform/platform.ts';
import { createEndableClock } from '../platform/endable-clock.ts';
import { createTestPlatform, type TestPlatform } from '../platform/test-platform.ts';
import { createPageLife, type PageLife } from './page-life.ts';
import type { TabChannels } from './tab-channels.ts';
import type { TabLocks } from './tab-locks.ts';

export interface TabPageParts {
  readonly clock: Clock;
  readonly stored: Map<string, string>;
  /** What the page sees of `stored`. */
  storageOf(plain: Platform['storage']): Platform['storage'];
  readonly fetch: Platform['fetch'];
  /** Absent: a browser without locks, or without channels. */
  readonly locks?: TabLocks | undefined;
  readonly channels?: TabChannels | undefined;
  /** Runs something in a task of its own. */
  inTask(work: () => void): void;
  /** Whether a page that was left is kept when it is sent a message, and hears it once it is back, as in WebKit. Default false. */
  readonly isKeptWithMessages?: boolean | undefined;
}

/** The page that a tab shows. */
export interface TabPage {
  readonly platform: TestPlatform;
  readonly life: PageLife;
  /** Another page has written to storage, or without a key, somebody has cleared it. */
  hearOfStorage(key?: string): void;
  /** It is gone at once: its locks are free, and its requests go on without it. */
  close(): void;
}

/** Makes the page of a tab: nothing runs in it while it is frozen or left, and nothing at all once it is closed. */
export function createTabPage(name: string, parts: TabPageParts): TabPage {
  const { locks, channels, fetch, stored } = parts;
  const clock = createEndableClock(parts.clock);
  const life = createPageLife((event, key) => platform.happen(event, key), parts.inTask);

  const close = () => {
    life.end();
    clock.end();
    channels?.vacate(name);
    locks?.vacate(name);
  };

  const platform = createTestPlatform({
    clock: { now: clock.now, setTimer: (callback, ms) => clock.setTimer(() => life.run(callback), ms) },
    stored,
    fetch: (input, init) =>
      new Promise((resolve, reject) => {
        // A page that is gone asks for nothing more.
        if (life.state() === 'gone') return;
        fetch(input, init).then(
          (response) => life.run(() => resolve(response)),
          (error: unknown) => life.run(() => reject(error)),
        );
      }),
  });
  Object.assign(platform, {
    storage: parts.storageOf(platform.storage),
    locks: locks?.of(name, life.run),
    joinChannel: (channel, listener) =>
      channels?.join(name, channel, (message) => {
        if (life.state() === 'left' && parts.isKeptWithMessages !== true) close();
        else life.run(() => listener(message));
      }),
  } satisfies Partial<Platform>);

  return {
    platform,
    life,
    hearOfStorage: (key) => {
      if (life.state() !== 'left') life.happen('stored', key);
    },
    close,
  };
}
