import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/create-client.ts';
import { inertPlatform } from '../../../src/platform/inert.ts';
import { flush } from '../fake-platform.ts';
import { networkError, never } from './fake-server.ts';
import { createWorld, credentials, outcome, reloaded, signedInWorld, times, watched } from './world.ts';

describe('before the start', () => {
  it('nothing happens: no request, timer or listener, nothing stored', async () => {
    const { client, platform, server } = createWorld();
    await platform.advance(60_000);
    expect([server.log.length, platform.timers(), platform.listeners(), platform.stored.size]).toEqual([0, 0, 0, 0]);
    expect(client.getSession()).toEqual({ status: 'loading' });
  });

  it('calls wait for it, whatever they ask', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const calls = [client.authFetch('/api'), client.getAccessToken(), client.ready(), client.refresh()].map(watched);
    await platform.advance(5000);
    expect([server.log.length, calls.some(({ settled }) => settled)]).toEqual([0, false]);
    client.start();
    await platform.advance(2000);
    expect(calls.every(({ settled }) => settled)).toBe(true);
    expect(server.count('/api')).toBe(1);
  });

  it('calls give up after `refreshTimeoutMs`, with a TypeError that names `start()`', async () => {
    const { client, platform } = createWorld({ client: { refreshTimeoutMs: 2000 } });
    const calls = [
      client.authFetch('/api'),
      client.getAccessToken(),
      client.ready(),
      client.refresh(),
      client.signIn(credentials('ann')),
      client.completeSignIn({ access_token: 'x' }),
    ];
    const settled = Promise.allSettled(calls);
    await platform.advance(2000);
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(TypeError) });
      expect((result as PromiseRejectedResult).reason.message).toMatch('start()');
    }
    expect(platform.timers()).toBe(0);
  });

  it('a plain fetch is a plain fetch', async () => {
    const { client } = createWorld();
    expect(await outcome(client.authFetch('https://cdn.test/'))).toBe(200);
    expect(await outcome(client.authFetch('/public', { auth: { token: 'none' } }))).toBe(401);
  });
});

describe('where there is no page', () => {
  it('calls reject at once with a TypeError that says so', async () => {
    const client = createClient({}, inertPlatform('server'));
    client.start();
    const calls = [
      () => client.authFetch('/api'),
      () => client.authFetch('https://cdn.test/'),
      () => client.getAccessToken(),
      () => client.ready(),
      () => client.refresh(),
      () => client.signIn(credentials('ann')),
      () => client.completeSignIn({ access_token: 'x' }),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(/no page here/);
    expect(await client.signOut()).toEqual({ confirmed: false });
  });

  it('the session is `loading`', () => {
    expect(createClient({}, inertPlatform('server')).getSession()).toEqual({ status: 'loading' });
  });
});

describe('start', () => {
  it('LIF-5 stop and start again in one task is one bootstrap', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const stop = client.start();
    stop();
    client.start();
    await platform.advance(1000);
    expect([server.count('/auth/refresh'), platform.listeners()]).toEqual([1, 1]);
    expect(client.getSession().status).toBe('authenticated');
  });

  it('LIF-5 is one bootstrap for calls made in between, too', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const early = client.authFetch('/early');
    client.start()();
    const between = client.authFetch('/between');
    client.start();
    await platform.advance(1000);
    expect([await outcome(early), await outcome(between), server.count('/auth/refresh')]).toEqual([200, 200, 1]);
  });

  it('is counted: the last undoing counts, and each only once', async () => {
    const { client, platform } = createWorld();
    const [first, second] = [client.start(), client.start()];
    first();
    first();
    await platform.advance(10);
    expect(platform.listeners()).toBe(1);
    second();
    await platform.advance(10);
    expect(platform.listeners()).toBe(0);
  });

  it('finds nobody, and says so', async () => {
    const { client, platform, sessions } = createWorld();
    client.start();
    await platform.advance(100);
    expect(sessions).toEqual([{ status: 'unauthenticated', reason: 'anonymous' }]);
    expect(await client.ready()).toBe(client.getSession());
  });

  it('anew, later, asks nothing while the token is good, and goes on refreshing', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const stop = client.start();
    await platform.advance(1000);
    stop();
    await platform.advance(1000);
    client.start();
    await platform.advance(100_000);
    expect(server.count('/auth/refresh')).toBe(1);
    await platform.advance(150_000);
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it('keeps its listeners apart from those of another client', async () => {
    const [ann, bob] = await Promise.all([signedInWorld('ann'), signedInWorld('bob')]);
    await ann.client.signOut();
    expect(ann.client.getSession().status).toBe('unauthenticated');
    expect(bob.client.getSession().claims?.sub).toBe('bob');
  });
});

describe('stop', () => {
  it('and start again, later, lets calls that wait go on', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const stop = client.start();
    await platform.advance(1000);
    platform.happen('hidden');
    await platform.advance(300_000);
    stop();
    await platform.advance(10);
    const call = watched(client.authFetch('/api'));
    await platform.advance(5000);
    expect([call.settled, server.count('/auth/refresh')]).toEqual([false, 1]);
    client.start();
    await platform.advance(100);
    expect([call.settled, server.count('/auth/refresh')]).toEqual([true, 2]);
  });

  it('leaves no timer and no listener', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const stop = client.start();
    await platform.advance(1000);
    expect([platform.timers(), platform.listeners()]).toEqual([1, 1]);
    stop();
    await platform.advance(1);
    expect([platform.timers(), platform.listeners()]).toEqual([0, 0]);
    server.forget();
    await platform.advance(3_600_000);
    expect(server.log).toHaveLength(0);
  });

  it('settles nothing: token and session outlive it', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const stop = client.start();
    await platform.advance(1000);
    stop();
    await platform.advance(1000);
    expect(client.getSession().status).toBe('authenticated');
    expect(await outcome(client.authFetch('/api'))).toBe(200);
  });

  it('lets a refresh under way be committed, and its callers have their token', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    server.next('/auth/refresh', server.late(1000));
    const stop = client.start();
    const calls = times(3, () => client.authFetch('/api'));
    await platform.advance(500);
    stop();
    await platform.advance(600);
    expect(await Promise.all(calls.map(outcome))).toEqual([200, 200, 200]);
    expect(client.getSession().status).toBe('authenticated');
    expect(platform.timers()).toBe(0);
  });

  it('leaves no timer for longer than a refresh under way may take', async () => {
    const { client, platform, server } = createWorld();
    server.next('/auth/refresh', never);
    const stop = client.start();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(500);
    stop();
    await platform.advance(60_000);
    expect([await call, platform.timers(), platform.listeners()]).toEqual(['TypeError', 0, 0]);
  });
});

describe('TAB-7 a page that is rendered ahead', () => {
  it('asks nothing before it is activated', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    platform.prerendering = true;
    client.start();
    const call = client.authFetch('/api');
    await platform.advance(5000);
    expect(server.log).toHaveLength(0);
    platform.prerendering = false;
    platform.happen('activated');
    await flush();
    await platform.advance(100);
    expect([await outcome(call), server.count('/auth/refresh')]).toEqual([200, 1]);
  });

  it('does not finish the sign-out of the page before, either', async () => {
    const before = await signedInWorld();
    before.server.next('/auth/logout', networkError);
    await before.client.signOut();
    const { client, platform, server } = reloaded(before);
    server.forget();
    platform.prerendering = true;
    client.start();
    platform.happen('online');
    await platform.advance(5000);
    expect(server.log).toHaveLength(0);
  });
});

describe('a started client that has not begun yet', () => {
  it('does not ask for `start()` when finishing a sign-out takes long', async () => {
    const before = await signedInWorld();
    before.server.always('/auth/logout', () => new Promise<Response>(() => {}));
    void before.client.signOut();
    await before.platform.advance(100);
    const { client, platform } = reloaded(before);
    const call = outcome(client.authFetch('/api'));
    client.start();
    await platform.advance(11_000);
    expect(await call).not.toBe('TypeError');
  });

  it('does not ask for `start()` while it waits for the page to be activated', async () => {
    const { client, platform } = createWorld();
    platform.prerendering = true;
    client.start();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(11_000);
    expect(await call).not.toBe('TypeError');
  });
});
