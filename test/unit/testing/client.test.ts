import { afterEach, describe, expect, it, vi } from 'vitest';
import { holdCalls, SignInRejectedError, UnauthenticatedError } from '../../../src/index.ts';
import { createTestAuthority, createTestClient, type TestSession } from '../../../src/testing/index.ts';

const api = { 'GET /api/me': ({ claims }: { claims: { sub: string } }) => Response.json({ sub: claims.sub }) };

/** A client of an authority with an API, and the authority. */
const createScene = (session?: TestSession['session']) => {
  const authority = createTestAuthority({ api });
  return { authority, client: createTestClient({ authority, session, relogin: holdCalls() }) };
};

afterEach(() => void vi.useRealTimers());

describe('a test client', () => {
  it.each([
    ['authenticated', { status: 'authenticated', claims: { sub: '1' } }],
    ['unauthenticated', { status: 'unauthenticated', reason: 'anonymous' }],
    ['relogin-required', { status: 'relogin-required', reason: 'revoked', heldCalls: 0, claims: { sub: '1' } }],
    ['loading', { status: 'loading' }],
  ] as const)('is %s from the first line on', (session, shown) => {
    expect(createTestClient({ session }).getSession()).toMatchObject(shown);
  });

  it('is signed in where nothing is asked for', () => {
    expect(createTestClient().getSession().status).toBe('authenticated');
  });

  it('shows the claims that it was given', () => {
    const client = createTestClient({ claims: { sub: '7', role: 'admin', user: { name: 'Ada' } } });
    expect(client.getSession().claims).toMatchObject({ sub: '7', role: 'admin', user: { name: 'Ada' } });
  });

  it('goes on showing them after a refresh', async () => {
    const client = createTestClient({ claims: { sub: '7', role: 'admin', user: { name: 'Ada' } } });
    const stop = client.start();
    await client.refresh();
    expect(client.getSession().claims).toMatchObject({ sub: '7', role: 'admin', user: { name: 'Ada' } });
    stop();
  });

  it('reads claims with `parseClaims` of the app', () => {
    const client = createTestClient({
      claims: { sub: '7', role: 'admin' },
      parseClaims: (raw) => ({ id: raw.sub, isAdmin: raw.role === 'admin' }),
    });
    expect(client.getSession().claims).toEqual({ id: '7', isAdmin: true });
  });

  it('sends calls with a token that the authority takes, without a refresh', async () => {
    const { authority, client } = createScene();
    client.start();
    const response = await client.authFetch('/api/me');
    expect(await response.json()).toEqual({ sub: '1' });
    expect(authority.requests).toEqual([{ method: 'GET', path: '/api/me' }]);
  });

  it('finds its user when it was loading', async () => {
    const { client } = createScene('loading');
    client.start();
    expect(await client.ready()).toMatchObject({ status: 'authenticated', claims: { sub: '1' } });
  });

  it('signs in and out', async () => {
    const { client } = createScene('unauthenticated');
    client.start();
    expect((await client.signIn({ name: 'ada' })).status).toBe('authenticated');
    expect(await client.signOut()).toMatchObject({ confirmed: true });
    await expect(client.authFetch('/api/me')).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('refuses credentials that no user has', async () => {
    const authority = createTestAuthority({ users: [{ id: '7', credentials: { password: 'right' } }] });
    const client = createTestClient({ authority, session: 'unauthenticated' });
    client.start();
    await expect(client.signIn({ password: 'wrong' })).rejects.toBeInstanceOf(SignInRejectedError);
    expect((await client.signIn({ password: 'right' })).claims).toMatchObject({ sub: '7' });
  });

  it('holds a call that is made while it is locked out, and sends it after the sign-in', async () => {
    const { client } = createScene('relogin-required');
    client.start();
    const call = client.authFetch('/api/me');
    await vi.waitFor(() => expect(client.getSession()).toMatchObject({ heldCalls: 1 }));
    await client.signIn({});
    expect((await call).status).toBe(200);
  });

  it('refreshes ahead of time when fake timers move on', async () => {
    vi.useFakeTimers();
    const { authority, client } = createScene();
    client.start();
    // In steps, as an answer takes a moment that fake timers know nothing of.
    for (let ms = 0; ms < 300_000 && authority.requests.length === 0; ms += 1000) {
      await vi.advanceTimersByTimeAsync(1000);
    }
    await authority.settled();
    expect(authority.requests).toEqual([{ method: 'POST', path: '/auth/refresh' }]);
  });

  it('keeps nothing in the browser, and no timer, after a reset (C-67)', () => {
    vi.useFakeTimers();
    const { client } = createScene();
    const stop = client.start();
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    stop();
    client.reset();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('begins anew with a reset, as before or as it is asked to', async () => {
    const { client } = createScene();
    const stop = client.start();
    await client.signOut();
    stop();
    client.reset();
    expect(client.getSession().status).toBe('authenticated');
    client.reset({ session: 'loading' });
    expect(client.getSession().status).toBe('loading');
    client.reset();
    expect(client.getSession().status).toBe('authenticated');
  });

  it('refuses a status that no session has', () => {
    expect(() => createTestClient({ session: 'signed-in' as never })).toThrow(
      '`session` is one of authenticated, unauthenticated, relogin-required, loading; it was signed-in.',
    );
  });

  it('refuses an option that no client has', () => {
    expect(() => createTestClient({ refreshTimeout: 1 } as never)).toThrow('refreshTimeoutMs');
  });

  it('refuses an authority that is none, a `fetch`, and what a reset does not know', () => {
    expect(() => createTestClient({ authority: { api } } as never)).toThrow(
      '`authority` is what createTestAuthority()',
    );
    expect(() => createTestClient({ fetch } as never)).toThrow('A test client has no `fetch`: its authority answers.');
    expect(() => createTestClient({ users: [] } as never)).toThrow(
      '`users` is an option of the authority: createTestClient({ authority: createTestAuthority({ users: … }) }).',
    );
    expect(() => createTestClient().reset({ status: 'loading' } as never)).toThrow(
      '`status` is not an option. The options are: session, claims.',
    );
  });

  it('finds its authority at the endpoints of the app', async () => {
    const endpoints = { signIn: '/session/in', refresh: new URL('https://auth.example/session/refresh') };
    const client = createTestClient({ session: 'unauthenticated', endpoints });
    client.start();
    expect((await client.signIn({})).status).toBe('authenticated');
    expect((await client.refresh()).status).toBe('authenticated');
    expect(client.authority.requests.map(({ path }) => path)).toEqual(['/session/in', '/session/refresh']);
  });

  it('works destructured', async () => {
    const { authFetch, start } = createScene().client;
    start();
    expect((await authFetch('/api/me')).status).toBe(200);
  });
});

describe('the reset of a test client', () => {
  it('keeps no claim of before where it is given claims', () => {
    const client = createTestClient({ claims: { sub: '1', role: 'admin', user: { name: 'Ada' } } });
    client.reset({ claims: { sub: '1' } });
    expect(client.getSession().claims).not.toHaveProperty('role');
    expect(client.getSession().claims).not.toHaveProperty('user');
    client.reset();
    expect(client.getSession().claims).toMatchObject({ role: 'admin', user: { name: 'Ada' } });
  });

  it('takes an undefined status for none', () => {
    const client = createTestClient({ session: 'unauthenticated' });
    client.reset({ session: undefined });
    expect(client.getSession().status).toBe('unauthenticated');
  });

  it('tells of a client that was never stopped, and stops it', () => {
    const { client } = createScene();
    client.start();
    expect(() => client.reset()).toThrow('The test client was started and never stopped. Unmount what shows it');
    expect(() => client.reset()).not.toThrow();
  });

  it('tells of calls that are still held', async () => {
    const { client } = createScene('relogin-required');
    const stop = client.start();
    const call = client.authFetch('/api/me').catch((error: unknown) => error);
    await vi.waitFor(() => expect(client.getSession()).toMatchObject({ heldCalls: 1 }));
    stop();
    expect(() => client.reset()).toThrow('a call is held for a sign-in that never came. Show a sign-in form');
    expect(await call).toBeInstanceOf(UnauthenticatedError);
  });

  it('tells those who listen to a session that is locked out that it is over', () => {
    const { client } = createScene('relogin-required');
    const seen: string[] = [];
    client.subscribe(({ status }) => void seen.push(status));
    client.reset();
    expect(seen).toEqual(['unauthenticated']);
  });

  it('tells of a request that nobody handled', async () => {
    const { client } = createScene();
    const stop = client.start();
    const call = client.authFetch('/api/orders', { method: 'POST' });
    await expect(call).rejects.toThrow(
      'Nobody handles POST /api/orders. `api` of createTestAuthority() has GET /api/me',
    );
    stop();
    expect(() => client.reset()).toThrow('Nobody handles POST /api/orders');
  });

  it('tells of all of these at once', async () => {
    const { client } = createScene();
    client.start();
    await client.authFetch('/api/orders').catch(() => {});
    expect(() => client.reset()).toThrow(/never stopped.*\n.*Nobody handles GET \/api\/orders/);
  });
});
