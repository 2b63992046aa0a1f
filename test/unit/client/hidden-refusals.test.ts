import { describe, expect, it } from 'vitest';
import { networkError } from './fake-server.ts';
import { outcome, signedInWorld, tally, times } from './world.ts';

const API = 'https://api.example';
const client = { allowedOrigins: [API], networkErrorMeansRejected: true };

describe('a network error of an API whose 401 the browser hides', () => {
  it('counts as a refusal: one refresh, one replay (C-25)', async () => {
    const { client: auth, server } = await signedInWorld('ann', { client });
    server.next(`${API}/items`, networkError);
    expect(await outcome(auth.authFetch(`${API}/items`, { method: 'POST', body: 'x' }))).toBe(200);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([2, 1]);
    const tokens = server.calls().map(({ token }) => token);
    expect(new Set(tokens).size).toBe(2);
    expect(await server.calls()[1]?.request.text()).toBe('x');
  });

  it('is the caller’s where nobody says so (C-25)', async () => {
    const { client: auth, server } = await signedInWorld('ann', { client: { allowedOrigins: [API] } });
    server.next(`${API}/items`, networkError);
    expect(await outcome(auth.authFetch(`${API}/items`))).toBe('TypeError');
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([1, 0]);
  });

  it('is answered by one refresh for all calls with that token (C-25)', async () => {
    const { client: auth, platform, server } = await signedInWorld('ann', { client });
    const calls = times(20, (n) => {
      server.next(`${API}/items/${n}`, networkError);
      return outcome(auth.authFetch(`${API}/items/${n}`));
    });
    await platform.advance(1000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 20 });
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('counts once per token: a server that is down costs one refresh (C-25)', async () => {
    const { client: auth, platform, server } = await signedInWorld('ann', { client });
    for (const n of times(20, (nth) => nth)) {
      server.always(`${API}/items/${n}`, networkError);
      expect(await outcome(auth.authFetch(`${API}/items/${n}`))).toBe('TypeError');
      expect(await outcome(auth.authFetch('/fine'))).toBe(200);
      await platform.advance(10_000);
    }
    expect([server.count('/auth/refresh'), server.calls().length]).toEqual([1, 41]);
  });

  it('counts again once that server has taken the token (C-25)', async () => {
    const { client: auth, platform, server } = await signedInWorld('ann', { client });
    server.next(`${API}/items`, networkError, networkError);
    expect(await outcome(auth.authFetch(`${API}/items`))).toBe('TypeError');
    expect(await outcome(auth.authFetch(`${API}/items`))).toBe(200);
    await platform.advance(10_000);
    server.next(`${API}/items`, networkError);
    expect(await outcome(auth.authFetch(`${API}/items`))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it('is the caller’s own where the token cannot be refreshed either (C-25)', async () => {
    const { client: auth, platform, server } = await signedInWorld('ann', { client });
    server.always(`${API}/items`, networkError);
    server.always('/auth/refresh', networkError);
    const call = outcome(auth.authFetch(`${API}/items`));
    await platform.advance(10_000);
    expect(await call).toBe('TypeError');
  });

  it('is the end of the session where the refresh says so (C-25)', async () => {
    const { client: auth, server } = await signedInWorld('ann', { client });
    server.end('revoked');
    server.always(`${API}/items`, networkError);
    expect(await outcome(auth.authFetch(`${API}/items`))).toBe('UnauthenticatedError');
  });

  it('is none where the caller has aborted (C-25)', async () => {
    const { client: auth, platform, server } = await signedInWorld('ann', { client });
    server.always(`${API}/items`, () => new Promise(() => {}));
    for (const reason of [undefined, new TypeError('mine')]) {
      const abort = new AbortController();
      const call = outcome(auth.authFetch(`${API}/items`, { signal: abort.signal }));
      await platform.advance(10);
      abort.abort(reason);
      expect(await call).toBe(reason === undefined ? 'AbortError' : 'TypeError');
    }
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([2, 0]);
  });

  it('is none at the page’s own origin, where nothing is hidden (C-25)', async () => {
    const { client: auth, server } = await signedInWorld('ann', { client });
    server.next('/items', networkError);
    expect(await outcome(auth.authFetch('/items'))).toBe('TypeError');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('is judged by a function, which is told the address and the method (C-25)', async () => {
    const asked: unknown[] = [];
    const networkErrorMeansRejected = (request: { method: string }) => {
      asked.push({ ...request });
      return request.method === 'GET';
    };
    const { client: auth, server } = await signedInWorld('ann', { client: { ...client, networkErrorMeansRejected } });
    server.next(`${API}/items`, networkError, networkError);
    expect(await outcome(auth.authFetch(`${API}/items`, { method: 'DELETE' }))).toBe('TypeError');
    expect(await outcome(auth.authFetch(`${API}/items`))).toBe(200);
    expect(asked).toEqual(['DELETE', 'GET'].map((method) => ({ url: `${API}/items`, method })));
  });
});
