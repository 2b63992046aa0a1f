import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAuthClient } from '../../../src/index.ts';
import { browserPlatform } from '../../../src/platform/browser.ts';
import { createFakeServer } from '../client/fake-server.ts';
import { outcome } from '../client/world.ts';
import { flush } from '../fake-platform.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('the locks of the browser', () => {
  // Node has Web Locks, too.
  it('TAB-4 are never stolen, and never polled: who comes second goes without, or waits in line', async () => {
    const requests = vi.spyOn(navigator.locks, 'request');
    const { locks } = browserPlatform();
    const wait = new AbortController().signal;
    const told: string[] = [];
    let release = () => {};
    const first = locks?.request('a lock', wait, async (isGranted) => {
      told.push(`first ${isGranted}`);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      told.push('first is done');
    });
    await vi.waitFor(() => expect(told).toEqual(['first true']));
    await locks?.request('a lock', 'never', async (isGranted) => void told.push(`second ${isGranted}`));
    const third = locks?.request('a lock', wait, async (isGranted) => void told.push(`third ${isGranted}`));
    await flush();
    expect(told).toEqual(['first true', 'second false']);
    release();
    await Promise.all([first, third]);
    expect(told.slice(2)).toEqual(['first is done', 'third true']);
    expect(requests).toHaveBeenCalledTimes(3);
  });

  it.each([undefined, null])(
    'are left out where `navigator.locks` is %j, as it is in older browsers and happy-dom',
    (locks) => {
      vi.stubGlobal('navigator', { locks });
      expect(browserPlatform().locks).toBeUndefined();
    },
  );
});

describe('a browser that says it is offline', () => {
  it('TIM-7 is not believed: refresh and call go out', async () => {
    const address = 'https://app.example/';
    // A token that says no time, since the clock is the real one here.
    const server = createFakeServer({ form: 'opaque' });
    server.enter('ann');
    const page = Object.assign(new EventTarget(), { origin: new URL(address).origin });
    vi.stubGlobal('window', Object.assign(page, { parent: page }));
    vi.stubGlobal('document', Object.assign(new EventTarget(), { baseURI: address, referrer: '' }));
    vi.stubGlobal('navigator', { onLine: false });
    vi.stubGlobal('fetch', server.fetch);
    const client = createAuthClient({ tabs: 'off' });
    onTestFinished(client.start());
    page.dispatchEvent(new Event('offline'));
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.log.map(({ path }) => path)).toEqual(['/auth/refresh', '/api']);
  });
});

describe('the page', () => {
  it.each([
    ['theme', ['stored', 'theme']],
    [null, ['stored', undefined]],
  ])('tells which key was stored: %s (C-44)', (key, expected) => {
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('document', new EventTarget());
    const told = vi.fn();
    onTestFinished(browserPlatform().page.watch(told));
    window.dispatchEvent(Object.assign(new Event('storage'), { key }));
    expect(told.mock.calls).toEqual([expected]);
  });
});

describe('the cookies', () => {
  it('are not there in a sandboxed frame, where reading any throws', () => {
    vi.stubGlobal('document', {
      get cookie(): string {
        throw new DOMException('The document is sandboxed.', 'SecurityError');
      },
    });
    expect(browserPlatform().page.cookies()).toBe('');
  });
});
