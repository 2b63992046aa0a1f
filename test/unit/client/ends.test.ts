import { describe, expect, it } from 'vitest';
import { type Answer, networkError, status } from './fake-server.ts';
import { atExpiry, createWorld, credentials, outcome, signedInWorld, signedOutWorld, tally, times } from './world.ts';

describe('the back end is down at start', () => {
  it.each([
    ['503', status(503), { kind: 'status', status: 503 }],
    ['no network', networkError, { kind: 'network' }],
    ['a page of HTML', status(200, '<html>wifi</html>'), { kind: 'malformed' }],
  ])(
    'is `loading` with a problem, `ready` rejects in bounded time, the session comes by itself: %s',
    async (_, answer, problem) => {
      const { client, platform, server } = createWorld();
      server.enter('ann');
      server.always('/auth/refresh', answer);
      client.start();
      const ready = outcome(client.ready());
      await platform.advance(9999);
      expect(client.getSession()).toMatchObject({ status: 'loading', problem });
      await platform.advance(1);
      expect(await ready).toBe('RefreshUnavailableError');
      server.always('/auth/refresh', undefined);
      await platform.advance(30_000);
      expect(client.getSession()).toEqual({ status: 'authenticated', claims: expect.objectContaining({ sub: 'ann' }) });
      expect(await client.ready()).toBe(client.getSession());
    },
  );

  it('TIM-8 is bounded also where the server hangs, and the late answer counts', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    server.next('/auth/refresh', server.late(12_000));
    client.start();
    const ready = outcome(client.ready());
    const call = outcome(client.authFetch('/api'));
    await platform.advance(10_000);
    expect([await ready, await call]).toEqual(['RefreshUnavailableError', 'RefreshUnavailableError']);
    expect(client.getSession().status).toBe('loading');
    await platform.advance(2000);
    expect(client.getSession()).toEqual({ status: 'authenticated', claims: expect.objectContaining({ sub: 'ann' }) });
    expect(server.count('/auth/refresh')).toBe(1);
  });
});

describe('a refresh that is answered with a definitive no', () => {
  it('requires a re-login once: 50 waiting calls reject, the endpoint is asked once and not again', async () => {
    const { client, platform, server, sessions, left } = await atExpiry();
    server.end('revoked');
    const calls = times(50, () => outcome(client.authFetch('/api')));
    await platform.advance(100);
    expect(tally(await Promise.all(calls))).toEqual({ UnauthenticatedError: 50 });
    expect(sessions).toEqual([
      { status: 'relogin-required', claims: expect.objectContaining({ sub: 'ann' }), reason: 'revoked', heldCalls: 0 },
    ]);
    const later = times(10, () => outcome(client.authFetch('/api')));
    await platform.advance(3_600_000);
    expect(tally(await Promise.all(later))).toEqual({ UnauthenticatedError: 10 });
    expect([server.count('/auth/refresh'), server.calls().length, sessions.length, left.length]).toEqual([1, 0, 1, 0]);
  });

  it.each([
    ['401', status(401), 'expired'],
    ['401 revoked', status(401, { error: 'invalid_grant', reason: 'revoked' }), 'revoked'],
    ['401 reused', status(401, { error: 'invalid_grant', reason: 'reused' }), 'reused'],
    ['400 invalid_grant', status(400, { error: 'invalid_grant' }), 'expired'],
    ['403 invalid_token', status(403, { error: 'invalid_token' }), 'expired'],
    ['204', status(204), 'expired'],
  ])('TOK-5 ends the session: %s', async (_, answer, reason) => {
    const { client, server } = await signedInWorld();
    server.always('/auth/refresh', answer as Answer);
    expect(await outcome(client.refresh())).toBe('RefreshRejectedError');
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', reason });
  });

  it('is `anonymous` at the first start, and `expired` where somebody was signed in before', async () => {
    const world = await signedOutWorld();
    expect(world.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'anonymous' });
    await world.client.signIn(credentials('ann'));
    world.server.end('expired');
    const next = createWorld({ stored: world.platform.stored, at: world.server });
    next.client.start();
    await next.platform.advance(1000);
    expect(next.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'expired' });
  });
});
