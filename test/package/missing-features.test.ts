import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { beforeAll, describe, it } from 'vitest';
import type { AuthClient } from '../../src/index.ts';
import { createAuthority, generateSigningKeys } from '../../src/server/index.ts';
import { builtPackage, bundleWithBuilt } from './built.ts';
import { features, withoutFeatures } from './features.ts';

const builds = { production: 'index.js', development: 'development/index.js' };
const codes = new Map<string, string>();
let keys: Awaited<ReturnType<typeof generateSigningKeys>>;

beforeAll(async () => {
  const folder = await builtPackage();
  for (const file of Object.values(builds)) {
    codes.set(file, await bundleWithBuilt(folder, join(folder, file), 'SilentRefresh'));
  }
  keys = await generateSigningKeys();
}, 60_000);

/** A server of the app, with the cookie jar that a browser would bring, as a `fetch`. */
const createServer = (origin: string) => {
  const authority = createAuthority({
    issuer: origin,
    audience: origin,
    keys,
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    verifyCredentials: () => ({ id: '1' }),
    userId: ({ id }) => id,
  });
  const seen: string[] = [];
  const jar = new Map<string, string>();
  const fetch = async (input: RequestInfo, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    seen.push(pathname);
    if (!pathname.startsWith('/auth/')) {
      const claims = await authority.guard(request);
      return claims instanceof Response ? claims : Response.json({ sub: claims.sub });
    }
    request.headers.set('origin', origin);
    request.headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await authority.handle(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  return { fetch, seen };
};

/** A page with its own intrinsics, with what a browser has, and without `missing`. */
const clientWithout = (code: string, missing: readonly string[], fetch: unknown, origin: string): AuthClient => {
  const page = new EventTarget();
  const stored = new Map<string, string>();
  const world = Object.assign(createContext({}), {
    // Classes of their own, so that what is taken away is taken from them alone.
    URL: class extends URL {},
    Headers: class extends Headers {},
    Request,
    Response: class extends Response {},
    BroadcastChannel: class extends BroadcastChannel {},
    ReadableStream,
    URLSearchParams,
    FormData,
    Blob,
    AbortController,
    AbortSignal: class extends AbortSignal {},
    TextDecoder,
    TextEncoder,
    TransformStream,
    atob,
    btoa,
    clearTimeout,
    setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms).unref(),
    queueMicrotask,
    reportError: (error: unknown) => {
      throw error;
    },
    structuredClone,
    console,
    fetch,
    crypto: {
      getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
      randomUUID: () => crypto.randomUUID(),
    },
    performance: { now: () => performance.now(), getEntriesByType: () => [{ type: 'navigate', redirectCount: 0 }] },
    navigator: { locks: navigator.locks },
    location: { origin, href: `${origin}/` },
    localStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    },
    document: Object.assign(new EventTarget(), {
      baseURI: `${origin}/`,
      referrer: '',
      cookie: '',
      visibilityState: 'visible',
    }),
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
    origin,
  });
  Object.assign(world, { window: world, self: world, parent: world });
  runInContext(withoutFeatures(missing), world);
  return runInContext(`${code}\nSilentRefresh.createAuthClient()`, world);
};

/** Start, sign in, call, refresh, sign out: what each of them led to. */
const journey = async (code: string, missing: readonly string[]) => {
  // Locks and channels are those of the process, and their names those of the address.
  const origin = `https://${crypto.randomUUID()}.example`;
  const { fetch, seen } = createServer(origin);
  const auth = clientWithout(code, missing, fetch, origin);
  const stop = auth.start();
  try {
    const before = await auth.ready();
    const signedIn = await auth.signIn({ name: 'ann' });
    const called = await auth.authFetch('/api/me', { method: 'POST', body: 'x' });
    const refreshed = await auth.refresh();
    const calledAgain = await auth.authFetch(new Request(`${origin}/api/me`));
    const signedOut = await auth.signOut();
    return {
      statuses: [before, signedIn, refreshed, auth.getSession()].map(({ status }) => status),
      sub: signedIn.claims?.sub,
      answers: [called.status, calledAgain.status],
      signedOut,
      seen,
    };
  } finally {
    stop();
  }
};

const whole = {
  statuses: ['unauthenticated', 'authenticated', 'authenticated', 'unauthenticated'],
  sub: '1',
  answers: [200, 200],
  signedOut: { confirmed: true },
  seen: ['/auth/refresh', '/auth/login', '/api/me', '/auth/refresh', '/api/me', '/auth/logout'],
};

describe.each(Object.entries(builds))('the built package for %s', (_name, file) => {
  const travel = (missing: readonly string[]) => journey(codes.get(file) ?? '', missing);

  describe.concurrent('starts, signs in, calls, refreshes and signs out', { timeout: 30_000 }, () => {
    it('with all that a browser has (C-20)', async ({ expect }) => {
      expect(await travel([])).toMatchObject(whole);
    });

    it.for(features)('without %s (C-20)', async (feature, { expect }) => {
      expect(await travel([feature])).toMatchObject(whole);
    });

    it('without any of these (C-20, README-3)', async ({ expect }) => {
      expect(await travel(features)).toMatchObject(whole);
    });
  });
});
