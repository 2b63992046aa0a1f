import type { AuthClient } from '../../../src/client/auth-client.ts';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import type { Clock, PageEvent } from '../../../src/platform/platform.ts';
import type { AuthEvent } from '../../../src/session/events.ts';
import type { ServerOptions } from '../client/fake-server.ts';
import type { Claims } from '../client/world.ts';
import type { FakePlatform } from '../fake-platform.ts';
import type { Network } from './fake-network.ts';

/** What happens between tabs, or between a tab and the world, and takes its time. */
type Passage = 'request' | 'answer' | 'message' | 'grant' | 'storage';

export interface Passing {
  readonly passage: Passage;
  readonly tab: string;
  /** What it brings, as far as the tab can see. */
  readonly brings: string;
  deliver(): void;
  /** It never arrives, where such a thing can happen: a broken connection. */
  readonly lose?: (() => void) | undefined;
}

export interface FakeTab {
  readonly name: string;
  readonly client: AuthClient<Claims>;
  readonly events: AuthEvent[];
  readonly platform: FakePlatform;
  /** Another client in the same page. */
  beside(client: AuthClientOptions<Claims>): AuthClient<Claims>;
  happen(event: PageEvent): void;
  /** Nothing runs in it until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Its user goes on to another page, and `last` runs: it is kept as it is, until it is sent a message. */
  leave(last?: () => void): void;
  /** Its user comes back to it. Where it was thrown away, it stays dead. */
  back(): void;
  /** It is gone at once: its locks are free, its requests go on without it. */
  kill(): void;
  isLive(): boolean;
}

export interface BrowserOptions {
  readonly server?: ServerOptions;
  /** In place of the fake server. */
  readonly network?: Network;
  readonly client?: AuthClientOptions<Claims>;
  /** How long what happens is on its way. Default: requests 0 ms, all else 2 ms. */
  readonly latencyMs?: (passage: Passage, brings: string) => number;
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
