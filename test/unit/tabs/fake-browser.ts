import { createClient } from '../../../src/client/create-client.ts';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import type { PageEvent, Platform, TabChannel } from '../../../src/platform/platform.ts';
import type { AuthEvent } from '../../../src/session/events.ts';
import { createFakeServer, type FakeServer } from '../client/fake-server.ts';
import type { Claims } from '../client/world.ts';
import { createFakePlatform } from '../fake-platform.ts';
import { createFakeLocks } from './fake-locks.ts';
import { networkOf } from './fake-network.ts';
import type { BrowserOptions, FakeTab, Passing } from './fake-tab.ts';

export type { BrowserOptions, FakeTab, Passing } from './fake-tab.ts';

interface End {
  readonly tab: string;
  readonly name: string;
  readonly hear: (message: unknown) => void;
}

/** A browser with tabs of one origin: one cookie jar, one storage, one lock manager, channels; time passes in all at once. */
export const createFakeBrowser = (options: BrowserOptions = {}) => {
  const server: FakeServer = createFakeServer(options.server);
  const network = options.network ?? networkOf(server);
  const { storage = 'shared' } = options;
  const stored = new Map<string, string>();
  const main = createFakePlatform(server.fetch, stored);
  server.attach(main.clock);
  const usual = ({ passage, brings, deliver }: Passing) => {
    const ms = options.latencyMs?.(passage, brings) ?? (passage === 'request' ? 0 : 2);
    if (ms === 0) deliver();
    else main.clock.setTimer(deliver, ms);
  };
  const pass = options.pass ?? usual;
  const locks = createFakeLocks((tab, brings, deliver) => pass({ passage: 'grant', tab, brings, deliver }));
  const channels = new Set<End>();
  const said: unknown[] = [];
  const tabs: (FakeTab & { hearOfStorage(key: string, isNews: boolean): void })[] = [];

  const post = (from: End, message: unknown) => {
    const copy = structuredClone(message);
    said.push(copy);
    for (const to of channels) {
      if (to === from || to.name !== from.name) continue;
      const deliver = () => channels.has(to) && to.hear(structuredClone(copy));
      pass({ passage: 'message', tab: to.tab, brings: `${from.tab}: ${JSON.stringify(copy)}`, deliver });
    }
  };

  const open = (client: AuthClientOptions<Claims> = options.client ?? {}): FakeTab => {
    const name = `tab ${tabs.length + 1}`;
    const clock = options.clockOf?.(name) ?? main.clock;
    const view = storage === 'stale' ? new Map(stored) : stored;
    let state: 'live' | 'frozen' | 'left' | 'dead' = 'live';
    let waiting: (() => void)[] = [];
    let ids = 0;
    /** Runs in the tab, when it can. */
    const inTab = (run: () => void) => {
      if (state === 'live') run();
      if (state === 'frozen' || state === 'left') waiting.push(run);
    };
    const wake = (event: PageEvent) => {
      state = 'live';
      platform.happen(event);
      const late = waiting;
      waiting = [];
      // Each in a task of its own, as in a browser.
      for (const run of late) main.clock.setTimer(() => inTab(run), 0);
    };
    const kill = () => {
      state = 'dead';
      for (const end of channels) if (end.tab === name) channels.delete(end);
      locks.vacate(name);
    };

    const joinChannel = (channel: string, listener: (message: unknown) => void): TabChannel => {
      const hear = (message: unknown) => {
        if (state === 'left' && options.keepsListening !== true) kill();
        else inTab(() => listener(message));
      };
      const end = { tab: name, name: channel, hear };
      channels.add(end);
      return { post: (message) => post(end, message), close: () => void channels.delete(end) };
    };

    const fetch = (input: RequestInfo | URL, init?: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        const sent = network.send(input, init);
        const address = String(input instanceof Request ? input.url : input);
        const to = { tab: name, brings: `${address} ${sent.brings}` };
        const lose = () => {
          sent.lost?.();
          inTab(() => reject(new TypeError('Failed to fetch')));
        };
        const reach = () =>
          sent.reach().then(
            ({ response, land, brings }) => {
              const deliver = () => {
                land();
                inTab(() => resolve(response));
              };
              pass({ passage: 'answer', tab: name, brings: `${address} ${brings}`, deliver, lose });
            },
            (error: unknown) => pass({ passage: 'answer', ...to, deliver: () => inTab(() => reject(error)) }),
          );
        pass({ passage: 'request', ...to, deliver: () => void reach(), lose });
      });

    const platform = createFakePlatform(fetch, view);
    Object.assign(platform, {
      uuid: () => `${name.replace(' ', '-')}-${++ids}`,
      clock: {
        now: clock.now,
        setTimer: (callback: () => void, delayMs: number) => clock.setTimer(() => inTab(callback), delayMs),
      },
      storage: {
        read: (key: string) => {
          const found = storage === 'forbidden' ? undefined : view.get(key);
          options.observe?.(name, `${key} ${found}`);
          return found;
        },
        write: (key: string, value: string | undefined) => {
          if (storage === 'forbidden' || (storage === 'full' && value !== undefined) || view.get(key) === value) return;
          const isNews = sessionKeyIn(key, stored.get(key)) !== sessionKeyIn(key, value);
          put(view, key, value);
          put(stored, key, value);
          for (const other of tabs) if (other.name !== name) other.hearOfStorage(key, isNews);
        },
      } satisfies Platform['storage'],
      ...(options.locks !== false && { locks: locks.of(name, inTab) }),
      ...(options.channel !== false && { joinChannel }),
    });
    const events: AuthEvent[] = [];
    const auth = createClient<Claims>(client, platform);
    auth.onEvent((event) => void events.push(event));
    const happen = (event: PageEvent, key?: string) => inTab(() => platform.happen(event, key));
    const tab = {
      name,
      client: auth,
      events,
      platform,
      beside: (more: AuthClientOptions<Claims>) => createClient<Claims>(more, platform),
      happen,
      freeze: () => {
        state = 'frozen';
      },
      thaw: () => {
        if (state === 'frozen') wake('resumed');
      },
      leave: (last = () => {}) => {
        happen('left');
        happen('hidden');
        last();
        state = 'left';
      },
      back: () => {
        if (state === 'left') wake('restored');
      },
      kill,
      isLive: () => state === 'live',
      hearOfStorage: (key: string, isNews: boolean) => {
        const deliver = () => {
          if (storage === 'stale') put(view, key, stored.get(key));
          if (state !== 'left') happen('stored', key);
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
    advance: main.advance,
    clock: main.clock,
    sleep: main.sleep,
    said,
    /** Says something on a channel of the origin, as any script of it can. */
    say: (name: string, message: unknown) => post({ tab: 'script', name, hear: () => {} }, message),
  };
};

const put = (kept: Map<string, string>, key: string, value: string | undefined): void =>
  void (value === undefined ? kept.delete(key) : kept.set(key, value));

/** The key of the session in the record. Another entry, or a renewal, is no news of it. */
const sessionKeyIn = (key: string, text: string | undefined): unknown =>
  /:[a-z-]+$/.test(key) ? undefined : (JSON.parse(text ?? '{}') as { sessionKey?: unknown }).sessionKey;

export type FakeBrowser = ReturnType<typeof createFakeBrowser>;
