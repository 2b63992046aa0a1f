import type { AuthClient } from '../../../src/client/auth-client.ts';
import { createClient } from '../../../src/client/create-client.ts';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import type { Clock, PageEvent, Platform } from '../../../src/platform/platform.ts';
import type { AuthEvent } from '../../../src/session/events.ts';
import { createTabChannels } from '../../../src/testing/browser/tab-channels.ts';
import { createTabLocks } from '../../../src/testing/browser/tab-locks.ts';
import { createTabPage } from '../../../src/testing/browser/tab-page.ts';
import { flush } from '../../../src/testing/platform/flush.ts';
import type { TestPlatform } from '../../../src/testing/platform/test-platform.ts';
import { createVirtualClock } from '../../../src/testing/platform/virtual-clock.ts';
import { createFakeServer, type FakeServer, type ServerOptions } from '../client/fake-server.ts';
import type { Claims } from '../client/world.ts';
import { fetchOver, type Network, networkOf } from './fake-network.ts';
import { type Latency, type Passing, passInTime } from './passing.ts';

/** A tab of the test kit with a client, which hides nothing from the test. */
export interface FakeTab {
  readonly name: string;
  readonly client: AuthClient<Claims>;
  readonly events: AuthEvent[];
  readonly platform: TestPlatform;
  /** Another client in the same page. */
  beside(client: AuthClientOptions<Claims>): AuthClient<Claims>;
  happen(event: PageEvent): void;
  /** Nothing runs in it until it is resumed. */
  freeze(): void;
  resume(): void;
  /** Its user goes on to another page, and `last` runs: it is kept as it is, until it is sent a message. */
  leave(last?: () => void): void;
  /** Its user comes back to it. Where it was thrown away, it stays dead. */
  back(): void;
  /** It is gone at once: its locks are free, its requests go on without it. */
  close(): void;
  isLive(): boolean;
}

export interface BrowserOptions {
  readonly server?: ServerOptions;
  /** In place of the fake server. */
  readonly network?: Network;
  readonly client?: AuthClientOptions<Claims>;
  /** How long what happens is on its way. Default: requests 0 ms, all else 2 ms. */
  readonly latencyMs?: Latency;
  /** Passes what happens on, in place of time. */
  readonly pass?: (passing: Passing) => void;
  /** The time of a tab. Default: that of the browser, which `advance` lets pass. */
  readonly clockOf?: (tab: string) => Clock;
  /** Hears of what a tab finds in storage. */
  readonly observe?: (tab: string, found: string) => void;
  readonly locks?: boolean;
  readonly channel?: boolean;
  /** A page that was left is kept though it is sent messages, and hears them when it is back (WebKit). */
  readonly keepsListening?: boolean;
  /** `stale`: what another tab has written is there when its event is. `full`: nothing new can be kept. */
  readonly storage?: 'shared' | 'stale' | 'full' | 'forbidden';
}

/**
 * A browser of the test kit's parts, with the fake server, in which a test says how long each request, answer, message, lock and
 * storage event takes, or passes it on by itself. Time passes in all tabs at once.
 */
export const createFakeBrowser = (options: BrowserOptions = {}) => {
  const { storage = 'shared', latencyMs = (passage) => (passage === 'request' ? 0 : 2) } = options;
  const server: FakeServer = createFakeServer(options.server);
  const network = options.network ?? networkOf(server);
  const clock = createVirtualClock(flush);
  server.attach(clock);
  const pass = options.pass ?? passInTime(clock, latencyMs);
  const stored = new Map<string, string>();
  const said: unknown[] = [];
  const locks = createTabLocks((tab, brings, deliver) => pass({ passage: 'grant', tab, brings, deliver }));
  const channels = createTabChannels(
    (tab, brings, deliver) => pass({ passage: 'message', tab, brings, deliver }),
    (message) => void said.push(message),
  );
  const tabs: (FakeTab & { hearOfStorage(key: string, isNews: boolean): void })[] = [];

  const open = (given: AuthClientOptions<Claims> = options.client ?? {}): FakeTab => {
    const name = `tab ${tabs.length + 1}`;
    const view = storage === 'stale' ? new Map(stored) : stored;

    const storageOf = ({ read, write }: Platform['storage']): Platform['storage'] => ({
      read: (key) => {
        const found = storage === 'forbidden' ? undefined : read(key);
        options.observe?.(name, `${key} ${found}`);
        return found;
      },
      write: (key, value) => {
        if (storage === 'forbidden' || (storage === 'full' && value !== undefined) || read(key) === value) return;
        const isNews = sessionKeyIn(key, stored.get(key)) !== sessionKeyIn(key, value);
        write(key, value);
        put(stored, key, value);
        for (const other of tabs) if (other.name !== name) other.hearOfStorage(key, isNews);
      },
    });

    const { platform, life, hearOfStorage, close } = createTabPage(name, {
      clock: options.clockOf?.(name) ?? clock,
      stored: view,
      storageOf,
      fetch: fetchOver(network, name, pass),
      locks: options.locks === false ? undefined : locks,
      channels: options.channel === false ? undefined : channels,
      inTask: (work) => pass({ passage: 'task', tab: name, brings: '', deliver: work }),
      isKeptWithMessages: options.keepsListening,
    });
    let ids = 0;
    Object.assign(platform, { uuid: () => `${name.replace(' ', '-')}-${++ids}` });

    const events: AuthEvent[] = [];
    const client = createClient<Claims>(given, platform);
    client.onEvent((event) => void events.push(event));
    const tab = {
      name,
      client,
      events,
      platform,
      beside: (more: AuthClientOptions<Claims>) => createClient<Claims>(more, platform),
      happen: (event: PageEvent) => life.happen(event),
      freeze: life.freeze,
      resume: life.resume,
      leave: life.leave,
      back: life.back,
      close,
      isLive: () => life.state() === 'live',
      hearOfStorage: (key: string, isNews: boolean) => {
        const deliver = () => {
          if (storage === 'stale') put(view, key, stored.get(key));
          hearOfStorage(key);
        };
        pass({ passage: 'storage', tab: name, brings: isNews ? 'news' : '', deliver });
      },
    };
    tabs.push(tab);
    return tab;
  };

  return {
    server,
    stored,
    tabs: tabs as FakeTab[],
    open,
    locks,
    clock,
    advance: clock.advance,
    /** The machine sleeps: the wall clock goes on, and no timer fires. */
    sleep: clock.setWall,
    said,
    /** Says something on a channel of the origin, as any script of it can. */
    say: channels.say,
  };
};

const put = (kept: Map<string, string>, key: string, value: string | undefined): void =>
  void (value === undefined ? kept.delete(key) : kept.set(key, value));

/** The key of the session in the record. Another entry, or a renewal, is no news of it. */
const sessionKeyIn = (key: string, text: string | undefined): unknown =>
  /:[a-z-]+$/.test(key) ? undefined : (JSON.parse(text ?? '{}') as { sessionKey?: unknown }).sessionKey;

export type FakeBrowser = ReturnType<typeof createFakeBrowser>;
