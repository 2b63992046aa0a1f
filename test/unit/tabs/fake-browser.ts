import type { AuthClient } from '../../../src/auth-client.ts';
import { createClient } from '../../../src/client.ts';
import type { AuthClientOptions } from '../../../src/options.ts';
import type { Channel, Locks, PageEvent } from '../../../src/platform/platform.ts';
import type { AuthEvent } from '../../../src/session/event.ts';
import { createFakeServer, type FakeServer, type ServerOptions } from '../client/fake-server.ts';
import type { Claims } from '../client/world.ts';
import { createFakePlatform, type FakePlatform } from '../fake-platform.ts';

/** What happens between tabs, or between a tab and the world, and takes its time. */
export type Passage = 'message' | 'grant' | 'answer' | 'storage' | 'timer';

export interface FakeTab {
  readonly name: string;
  readonly client: AuthClient<Claims>;
  readonly events: AuthEvent[];
  readonly platform: FakePlatform;
  happen(event: PageEvent): void;
  /** Nothing runs in it until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** It is gone at once: its locks are free, its requests go on without it. */
  kill(): void;
}

export interface BrowserOptions {
  readonly server?: ServerOptions;
  readonly client?: AuthClientOptions<Claims>;
  /** Passes what happens on, at some time. Default: after 2 ms. */
  readonly pass?: (passage: Passage, tab: string, deliver: () => void) => void;
  readonly locks?: boolean;
  readonly channel?: boolean;
}

interface Request {
  readonly tab: string;
  readonly grant: () => void;
}

/** A browser with tabs of one origin: one cookie jar, one storage, one lock manager, channels; time passes in all at once. */
export const createFakeBrowser = (options: BrowserOptions = {}) => {
  const server: FakeServer = createFakeServer(options.server);
  const stored = new Map<string, string>();
  const main = createFakePlatform(server.fetch, stored);
  server.attach(main.clock);
  const pass = options.pass ?? ((_, __, deliver) => void main.clock.setTimer(deliver, 2));
  const channels = new Set<{
    readonly tab: string;
    readonly name: string;
    readonly hear: (message: unknown) => void;
  }>();
  const queues = new Map<string, Request[]>();
  const said: unknown[] = [];
  const tabs: FakeTab[] = [];

  const release = (name: string, request: Request) => {
    const queue = queues.get(name) ?? [];
    const wasFirst = queue[0] === request;
    queue.splice(queue.indexOf(request), queue.includes(request) ? 1 : 0);
    if (wasFirst) queue[0]?.grant();
  };

  const open = (client: AuthClientOptions<Claims> = options.client ?? {}): FakeTab => {
    const name = `tab ${tabs.length + 1}`;
    let state: 'live' | 'frozen' | 'dead' = 'live';
    let waiting: (() => void)[] = [];
    /** Runs in the tab, when it can. */
    const inTab = (run: () => void) => {
      if (state === 'live') run();
      if (state === 'frozen') waiting.push(run);
    };
    const own = new Set<{ readonly name: string; readonly request: Request }>();

    const locks: Locks = {
      request: (lock, wait, held) =>
        new Promise<void>((resolve, reject) => {
          const queue = queues.get(lock) ?? [];
          queues.set(lock, queue);
          const run = (isGranted: boolean) =>
            pass('grant', name, () =>
              inTab(() => {
                held(isGranted).then(
                  () => {
                    release(lock, request);
                    resolve();
                  },
                  (error: unknown) => {
                    release(lock, request);
                    reject(error);
                  },
                );
              }),
            );
          const entry = {
            name: lock,
            request: {
              tab: name,
              grant: () => {
                if (wait !== 'never') wait.removeEventListener('abort', aborted);
                run(true);
              },
            },
          };
          const { request } = entry;
          const aborted = () => {
            release(lock, request);
            own.delete(entry);
            reject(new DOMException('', 'AbortError'));
          };
          if (wait === 'never' && queue.length > 0) return run(false);
          if (wait !== 'never' && wait.aborted) return reject(new DOMException('', 'AbortError'));
          own.add(entry);
          queue.push(request);
          if (queue.length === 1) request.grant();
          else if (wait !== 'never') wait.addEventListener('abort', aborted);
        }),
    };

    const joinChannel = (channel: string, listener: (message: unknown) => void): Channel => {
      const end = { tab: name, name: channel, hear: (message: unknown) => inTab(() => listener(message)) };
      channels.add(end);
      return {
        post: (message) => {
          const copy = structuredClone(message);
          said.push(copy);
          for (const other of channels) {
            if (other === end || other.name !== channel) continue;
            pass('message', other.tab, () => channels.has(other) && other.hear(structuredClone(copy)));
          }
        },
        close: () => void channels.delete(end),
      };
    };

    const platform = createFakePlatform(
      (input, init) =>
        new Promise((resolve, reject) => {
          server.fetch(input, init).then(
            (response) => pass('answer', name, () => inTab(() => resolve(response))),
            (error: unknown) => pass('answer', name, () => inTab(() => reject(error))),
          );
        }),
      stored,
    );
    Object.assign(platform, {
      uuid: server.uuid,
      clock: {
        now: main.clock.now,
        setTimer: (callback: () => void, delayMs: number) => main.clock.setTimer(() => inTab(callback), delayMs),
      },
      storage: {
        read: (key: string) => stored.get(key),
        write: (key: string, value: string) => {
          if (stored.get(key) === value) return;
          stored.set(key, value);
          for (const other of tabs) {
            if (other.platform !== platform) pass('storage', other.name, () => other.happen('stored'));
          }
        },
      },
      ...(options.locks !== false && { locks }),
      ...(options.channel !== false && { joinChannel }),
    });
    const events: AuthEvent[] = [];
    const auth = createClient<Claims>(client, platform);
    auth.onEvent((event) => void events.push(event));
    const tab: FakeTab = {
      name,
      client: auth,
      events,
      platform,
      happen: (event) => inTab(() => platform.happen(event)),
      freeze: () => {
        state = 'frozen';
      },
      thaw: () => {
        state = 'live';
        platform.happen('resumed');
        const late = waiting;
        waiting = [];
        for (const run of late) inTab(run);
      },
      kill: () => {
        state = 'dead';
        for (const end of channels) if (end.tab === name) channels.delete(end);
        for (const { name: lock, request } of own) release(lock, request);
      },
    };
    tabs.push(tab);
    return tab;
  };

  return { server, stored, tabs, open, advance: main.advance, clock: main.clock, sleep: main.sleep, said };
};

export type FakeBrowser = ReturnType<typeof createFakeBrowser>;
