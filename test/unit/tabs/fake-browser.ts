import { createClient } from '../../../src/client/create-client.ts';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import type { PageEvent, Platform } from '../../../src/platform/platform.ts';
import type { AuthEvent } from '../../../src/session/events.ts';
import { createPageLife } from '../../../src/testing/browser/page-life.ts';
import { createTabChannels } from '../../../src/testing/browser/tab-channels.ts';
import { createTabLocks } from '../../../src/testing/browser/tab-locks.ts';
import { createFakeServer, type FakeServer } from '../client/fake-server.ts';
import type { Claims } from '../client/world.ts';
import { createFakePlatform } from '../fake-platform.ts';
import { networkOf } from './fake-network.ts';
import type { BrowserOptions, FakeTab, Passing } from './fake-tab.ts';

export type { BrowserOptions, FakeTab, Passing } from './fake-tab.ts';

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
  const locks = createTabLocks((tab, brings, deliver) => pass({ passage: 'grant', tab, brings, deliver }));
  const said: unknown[] = [];
  const channels = createTabChannels(
    (tab, brings, deliver) => pass({ passage: 'message', tab, brings, deliver }),
    (message) => void said.push(message),
  );
  const tabs: (FakeTab & { hearOfStorage(key: string, isNews: boolean): void })[] = [];

  const open = (client: AuthClientOptions<Claims> = options.client ?? {}): FakeTab => {
    const name = `tab ${tabs.length + 1}`;
    const clock = options.clockOf?.(name) ?? main.clock;
    const view = storage === 'stale' ? new Map(stored) : stored;
    let ids = 0;
    const life = createPageLife(
      (event, key) => platform.happen(event, key),
      (work) => void main.clock.setTimer(work, 0),
    );
    const { run: inTab, happen } = life;
    const kill = () => {
      life.end();
      channels.vacate(name);
      locks.vacate(name);
    };

    const joinChannel = (channel: string, listener: (message: unknown) => void) =>
      channels.join(name, channel, (message) => {
        if (life.state() === 'left' && options.keepsListening !== true) kill();
        else inTab(() => listener(message));
      });

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
    const tab = {
      name,
      client: auth,
      events,
      platform,
      beside: (more: AuthClientOptions<Claims>) => createClient<Claims>(more, platform),
      happen: (event: PageEvent) => happen(event),
      freeze: life.freeze,
      thaw: life.resume,
      leave: life.leave,
      back: life.back,
      kill,
      isLive: () => life.state() === 'live',
      hearOfStorage: (key: string, isNews: boolean) => {
        const deliver = () => {
          if (storage === 'stale') put(view, key, stored.get(key));
          if (life.state() !== 'left') happen('stored', key);
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
    say: channels.say,
  };
};

const put = (kept: Map<string, string>, key: string, value: string | undefined): void =>
  void (value === undefined ? kept.delete(key) : kept.set(key, value));

/** The key of the session in the record. Another entry, or a renewal, is no news of it. */
const sessionKeyIn = (key: string, text: string | undefined): unknown =>
  /:[a-z-]+$/.test(key) ? undefined : (JSON.parse(text ?? '{}') as { sessionKey?: unknown }).sessionKey;

export type FakeBrowser = ReturnType<typeof createFakeBrowser>;
