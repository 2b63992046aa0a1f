import { describe, expect, it } from 'vitest';
import { never } from './fake-server.ts';
import { createWorld, credentials, outcome, signedInWorld, tally, times, watched } from './world.ts';

describe('RT-13 a refresh that hangs', () => {
  it('settles every waiting call within `refreshTimeoutMs`', async () => {
    const { client, platform, server } = await signedInWorld('ann', { client: { refreshTimeoutMs: 4000 } });
    server.revokeTokens();
    server.always('/auth/refresh', never);
    const calls = times(10, () => outcome(client.authFetch('/api')));
    await platform.advance(4000);
    expect(tally(await Promise.all(calls))).toEqual({ RefreshUnavailableError: 10 });
    expect(client.getSession().status).toBe('authenticated');
  });

  it('is never aborted, and no second one is sent beside it for 15 s', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', never);
    const refreshed = outcome(client.refresh());
    await platform.advance(14_000);
    expect(await refreshed).toBe('RefreshUnavailableError');
    void outcome(client.refresh());
    await platform.advance(900);
    expect(server.count('/auth/refresh')).toBe(1);
    await platform.advance(1000);
    expect(server.count('/auth/refresh')).toBe(2);
    expect(server.log[0]?.request.signal.aborted).toBe(false);
  });

  it('is still committed when its answer comes late', async () => {
    const { client, platform, server } = await signedInWorld();
    const before = await client.getAccessToken();
    server.next('/auth/refresh', server.late(30_000));
    const refreshed = outcome(client.refresh());
    await platform.advance(30_000);
    expect(await refreshed).toBe('RefreshUnavailableError');
    expect(await client.getAccessToken()).not.toBe(before);
    expect(client.getSession()).not.toHaveProperty('problem');
  });

  it('does not keep calls from a token that is still valid', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', never);
    void outcome(client.refresh());
    await platform.advance(5000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    await platform.advance(20_000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
  });

  it('gives way to the fresher of two answers', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', server.late(30_000));
    void outcome(client.refresh());
    await platform.advance(15_000);
    void outcome(client.refresh());
    await platform.advance(1000);
    const token = await client.getAccessToken();
    await platform.advance(20_000);
    expect(await client.getAccessToken()).toBe(token);
  });
});

describe('the problem of a refresh that hangs', () => {
  it('TIM-8 says `timeout` once a refresh has gone unanswered for `refreshTimeoutMs`: loading', async () => {
    const { client, platform, server, events } = createWorld();
    server.always('/auth/refresh', () => new Promise<Response>(() => {}));
    client.start();
    await platform.advance(10_000);
    expect(client.getSession()).toMatchObject({ status: 'loading', problem: { kind: 'timeout' } });
    expect(events.map(({ type }) => type)).toEqual(['refresh-started', 'refresh-failed']);
  });

  it('TIM-8 says `timeout` once a refresh has gone unanswered for `refreshTimeoutMs`: authenticated', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/auth/refresh', () => new Promise<Response>(() => {}));
    watched(client.refresh());
    await platform.advance(10_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', problem: { kind: 'timeout' } });
  });

  it('of the user before is not shown to the user after', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', () => new Promise<Response>(() => {}));
    watched(client.refresh());
    await platform.advance(1000);
    expect(server.count('/auth/refresh')).toBe(1);
    void client.signOut();
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(4000);
    expect(await signIn).toMatchObject({ status: 'authenticated' });
    await platform.advance(6000);
    expect(client.getSession()).toEqual(await signIn);
  });
});
