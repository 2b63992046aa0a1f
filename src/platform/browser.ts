import type { Locks, PageEvent, Platform } from './platform.ts';

/** Where this code runs. */
export type Place = 'page' | 'worker' | 'react-native' | 'server';

/** Finds out where this code runs. Servers have nothing in common, so whatever is none of the others is a server. */
export function currentPlace(): Place {
  if (typeof window !== 'undefined' && typeof document !== 'undefined') return 'page';
  // Workers of a browser have this, module workers included; servers that call themselves workers do not.
  if (typeof (globalThis as { importScripts?: unknown }).importScripts === 'function') return 'worker';
  return typeof navigator !== 'undefined' && navigator.product === 'ReactNative' ? 'react-native' : 'server';
}

/**
 * The browser. Every member looks its global up when it is called, so that a later replacement (a test's
 * `fetch`, a tracer) is used.
 */
export function browserPlatform(): Platform {
  return {
    clock: {
      now: () => ({ wallAt: Date.now(), monotonicAt: performance.now() }),
      setTimer: (callback, delayMs) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
    page: {
      address: () => document.baseURI,
      // `origin` is right in frames without an address of their own, too. Not every DOM for tests has it.
      origin: () => window.origin ?? location.origin,
      isVisible: () => document.visibilityState !== 'hidden',
      isPrerendering: () => (document as { prerendering?: boolean }).prerendering === true,
      isForeignFrame: () => {
        try {
          for (let page: Window = window; page !== page.parent; page = page.parent) {
            // Throws for a page of another origin.
            if (page.parent.location.origin !== location.origin) return true;
          }
          return false;
        } catch {
          return true;
        }
      },
      isArrival: () => {
        // Not every DOM for tests has this method.
        const [how] = (performance.getEntriesByType?.('navigation') ?? []) as PerformanceNavigationTiming[];
        const from = document.referrer;
        return (
          how?.type === 'navigate' &&
          (how.redirectCount > 0 || (from !== '' && new URL(from).origin !== location.origin))
        );
      },
      global: () => globalThis,
      cookies: () => {
        try {
          return document.cookie;
        } catch {
          // A sandboxed frame has no cookies.
          return '';
        }
      },
      watch: (listener) => {
        const undo: (() => void)[] = [];
        const on = (target: EventTarget, type: string, what: (event: Event) => PageEvent | undefined) => {
          const heard = (event: Event) => {
            const happened = what(event);
            if (happened !== undefined) listener(happened, (event as Partial<StorageEvent>).key ?? undefined);
          };
          // Capturing, so that it runs before the app's listeners, if the engine allows: they see a session
          // that is up to date.
          target.addEventListener(type, heard, true);
          // Not by a signal: jsdom takes none of Node's, which is the global one where tests have Node's fetch.
          undo.push(() => target.removeEventListener(type, heard, true));
        };
        on(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? 'hidden' : 'visible'));
        on(document, 'freeze', () => 'frozen');
        on(document, 'resume', () => 'resumed');
        on(document, 'prerenderingchange', () => 'activated');
        on(window, 'online', () => 'online');
        on(window, 'storage', () => 'stored');
        on(window, 'pagehide', () => 'left');
        on(window, 'pageshow', (event) => ((event as PageTransitionEvent).persisted ? 'restored' : undefined));
        return () => {
          for (const one of undo) one();
        };
      },
    },
    storage: {
      read: (key) => {
        try {
          return localStorage.getItem(key) ?? undefined;
        } catch {
          return undefined;
        }
      },
      write: (key, value) => {
        try {
          if (value === undefined) localStorage.removeItem(key);
          else localStorage.setItem(key, value);
        } catch {
          // Full, or forbidden. The client works without.
        }
      },
    },
    get locks() {
      // happy-dom has `null`.
      return navigator.locks ? { request: requestLock } : undefined;
    },
    joinChannel: (name, listener) => {
      if (typeof BroadcastChannel === 'undefined') return undefined;
      try {
        const channel = new BroadcastChannel(name);
        channel.onmessage = ({ data }) => listener(data);
        return { post: (message) => channel.postMessage(message), close: () => channel.close() };
      } catch {
        // A frame without an origin of its own may have no channels.
        return undefined;
      }
    },
    ...browserFetch(),
    random: () => Math.random(),
    // `randomUUID` exists in secure contexts only.
    uuid: () =>
      crypto.randomUUID?.() ??
      Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    warn: (message) => console.warn(message),
    report: (error) => {
      if (typeof reportError === 'function') reportError(error);
      else console.error(error);
    },
  };
}

function browserFetch(): Pick<Platform, 'fetch' | 'nativeFetch' | 'isFetchReplaced'> {
  const native: typeof fetch | undefined = globalThis.fetch;
  return {
    fetch: (input, init) => fetch(input, init),
    // A DOM for tests may get its `fetch` later.
    nativeFetch: (input, init) => (native ?? fetch)(input, init),
    isFetchReplaced: () => globalThis.fetch !== native,
  };
}

const requestLock: Locks['request'] = async (name, wait, held) => {
  const options = wait === 'never' ? { ifAvailable: true } : { signal: wait };
  await navigator.locks.request(name, options, (lock) => held(lock !== null));
};
