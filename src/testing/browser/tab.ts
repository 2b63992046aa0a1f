import type { AuthClient } from '../../client/auth-client.ts';
import { createClient } from '../../client/create-client.ts';
import type { AuthClientOptions, DefaultClaims } from '../../client/options.ts';
import type { Clock, Platform } from '../../platform/platform.ts';
import { type WatchedClient, watchClient } from '../client/watched-client.ts';
import { nextTask } from '../platform/flush.ts';
import type { TabChannels } from './tab-channels.ts';
import type { TabLocks } from './tab-locks.ts';
import { createTabPage } from './tab-page.ts';

/** A tab of a test browser. */
export interface TestTab {
  readonly name: string;
  /** Creates a client that lives in this tab; otherwise as `createAuthClient`. Throws a `TypeError` in a closed tab. */
  createAuthClient<Claims = DefaultClaims>(options?: AuthClientOptions<Claims>): AuthClient<Claims>;
  /** The tab is covered by another one, or comes to the front. */
  setVisible(isVisible: boolean): void;
  /** The browser stops it to save energy: nothing runs in it until it is resumed. A tab that is left or closed stays so. */
  freeze(): void;
  resume(): void;
  /** Its user goes on to another page. The tab is kept in the back/forward cache until it is sent a message. */
  leave(): void;
  /** Its user comes back. Returns whether the page was still there; if not, open another tab. */
  back(): boolean;
  /** A script of the app calls `localStorage.clear()`. The other tabs hear of it. */
  clearStorage(): void;
  /** It is closed, or crashes: what it has asked for goes on without it, and its locks are free. */
  close(): void;
  /** What listeners of the app threw, and what the client has said on the console. */
  readonly reported: readonly unknown[];
  readonly warned: readonly string[];
}

export interface TabParts {
  readonly clock: Clock;
  readonly stored: Map<string, string>;
  /** Whether script may use storage. Where it may not, it throws, as in some private modes. */
  isStorageAllowed(): boolean;
  readonly locks: TabLocks;
  readonly channels: TabChannels;
  readonly fetch: Platform['fetch'];
  /** Is told that this tab has written to storage, or without a key, has cleared it. */
  wrote(key?: string): void;
}

/** A tab as its browser sees it. */
export interface OpenTab {
  readonly tab: TestTab;
  /** Another tab has written to storage, or without a key, somebody has cleared it. */
  hearOfStorage(key?: string): void;
  online(): void;
  /** Closes it, and says in words what the test has left. */
  end(): string[];
}

export function openTab(name: string, parts: TabParts): OpenTab {
  const { isStorageAllowed, stored, wrote, ...shared } = parts;
  const clients: WatchedClient<unknown>[] = [];
  const { platform, life, hearOfStorage, close } = createTabPage(name, {
    ...shared,
    stored,
    inTask: (work) => void nextTask().then(work),
    storageOf: ({ read, write }) => ({
      // The client's own platform catches what storage throws.
      read: (key) => (isStorageAllowed() ? read(key) : undefined),
      write: (key, value) => {
        if (!isStorageAllowed() || read(key) === value) return;
        write(key, value);
        wrote(key);
      },
    }),
  });

  const tab: TestTab = {
    name,
    createAuthClient: <Claims = DefaultClaims>(options: AuthClientOptions<Claims> = {}) => {
      if (life.state() === 'gone') {
        throw new TypeError(
          `${name} is closed. Take one of \`browser.tabs\`, which a reset() opens anew, or open() another.`,
        );
      }
      const watched = watchClient(createClient<Claims>(options, platform), close, `The client of ${name}`);
      clients.push(watched as WatchedClient<unknown>);
      return watched.client;
    },
    setVisible: (isVisible) => {
      platform.visible = isVisible;
      life.happen(isVisible ? 'visible' : 'hidden');
    },
    freeze: life.freeze,
    resume: life.resume,
    leave: life.leave,
    back: () => {
      life.back();
      return life.state() === 'live';
    },
    clearStorage: () =>
      life.run(() => {
        if (!isStorageAllowed()) return;
        stored.clear();
        wrote();
      }),
    close,
    reported: platform.reported,
    warned: platform.warned,
  };

  return {
    tab,
    hearOfStorage,
    online: () => life.happen('online'),
    end: () => {
      const left = life.state() === 'gone' ? [] : clients.flatMap((client) => client.end());
      close();
      return left;
    },
  };
}
