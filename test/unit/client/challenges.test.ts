import { describe, expect, it } from 'vitest';
import { refused, status } from './fake-server.ts';
import { holding } from './held-scenes.ts';
import { credentials, outcome, signedInWorld, tally, times } from './world.ts';

const unauthorized = (challenge: string) => status(401, {}, { 'WWW-Authenticate': challenge });

describe('an endpoint that always answers 401', () => {
  it('BB-5 costs 2 API calls and 1 refresh, and the user stays signed in', async () => {
    const { client, server, sessions } = await signedInWorld();
    server.always('/api', refused);
    const response = await client.authFetch('/api');
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([2, 1]);
    expect(client.getSession().status).toBe('authenticated');
    expect(sessions).toEqual([]);
  });

  it('BB-5 is not refreshed for over and over: 10 calls, 1 refresh', async () => {
    const { client, server } = await signedInWorld();
    server.always('/api', refused);
    for (const _ of times(10, () => 0)) expect(await outcome(client.authFetch('/api'))).toBe(401);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([11, 1]);
  });

  it('is told of as a replay only where it is sent again', async () => {
    const { client, server, events } = await signedInWorld();
    server.always('/api', refused);
    for (const _ of times(3, () => 0)) await outcome(client.authFetch('/api'));
    expect(events.filter(({ type }) => type === 'call-replayed')).toHaveLength(1);
  });

  it('BB-6 costs 1 refresh for 100 parallel calls', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/api', refused);
    const calls = times(100, () => client.authFetch('/api'));
    await platform.advance(100);
    expect(tally(await Promise.all(calls.map(outcome)))).toEqual({ 401: 100 });
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([200, 1]);
  });

  it('is refreshed for at growing distances: 5 s, 10 s, 20 s, up to 5 min', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { lifetimeS: 86_400 } });
    server.always('/api', refused);
    for (const _ of times(1800, () => 0)) {
      await outcome(client.authFetch('/api'));
      await platform.advance(1000);
    }
    const at = server.asked('/auth/refresh').map((asked) => asked.at);
    const gaps = at.slice(1).map((time, n) => Math.round((time - (at[n] ?? 0)) / 1000));
    expect(gaps).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, 300]);
  });

  it('forgets the distance when a call with a newer token succeeds', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/bad', refused);
    await outcome(client.authFetch('/bad'));
    await platform.advance(5000);
    await outcome(client.authFetch('/bad'));
    await platform.advance(250_000);
    await outcome(client.authFetch('/good'));
    server.forget();
    server.revokeTokens();
    expect(await outcome(client.authFetch('/good'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('does not hold up the regular refreshes', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { lifetimeS: 10 } });
    server.always('/bad', refused);
    for (const _ of times(60, () => 0)) {
      await outcome(client.authFetch('/bad'));
      expect(await outcome(client.authFetch('/good'))).toBe(200);
      await platform.advance(1000);
    }
  });
});

describe('a 401 that is not about the token', () => {
  it.each([
    ['BB-7 insufficient_scope', 'Bearer error="insufficient_scope", scope="write"'],
    ['BB-8 insufficient_user_authentication', 'Bearer error="insufficient_user_authentication", max_age="60"'],
    ['invalid_request', 'Bearer error="invalid_request"'],
    ['Basic', 'Basic realm="intranet"'],
    ['Negotiate', 'Negotiate'],
    ['BB-9 Basic with a Bearer in its realm', 'Basic realm="a, Bearer error=invalid_token"'],
    ['DPoP', 'DPoP algs="ES256"'],
  ])('is the caller’s, and never refreshes: %s', async (_, challenge) => {
    const { client, server } = await signedInWorld();
    server.always('/api', unauthorized(challenge));
    expect(await outcome(client.authFetch('/api'))).toBe(401);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([1, 0]);
  });

  it('BB-7 never refreshes for a 403 insufficient_scope', async () => {
    const { client, server } = await signedInWorld();
    server.always('/api', status(403, {}, { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' }));
    expect(await outcome(client.authFetch('/api'))).toBe(403);
    expect(server.count('/auth/refresh')).toBe(0);
  });
});

describe('a 401 that is about the token', () => {
  it.each([
    ['no challenge', {}],
    ['Bearer alone', { 'WWW-Authenticate': 'Bearer realm="api"' }],
    ['invalid_token', { 'WWW-Authenticate': 'BEARER realm="a, b", error="invalid_token"' }],
    ['BB-9 Bearer after Basic', { 'WWW-Authenticate': 'Basic realm="x, \\"y", Bearer error="invalid_token"' }],
  ])('is replayed once: %s', async (_, headers) => {
    const { client, server } = await signedInWorld();
    server.next('/api', status(401, {}, headers as Record<string, string>));
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect([server.calls().length, server.count('/auth/refresh')]).toEqual([2, 1]);
  });

  it('is replayed where it has no body', async () => {
    const { client, server } = await signedInWorld();
    server.next('/api', () => new Response(null, { status: 401 }));
    expect(await outcome(client.authFetch('/api'))).toBe(200);
  });

  it('tells of the replay', async () => {
    const { client, server, events } = await signedInWorld();
    server.next('/api', refused);
    await client.authFetch('/api');
    expect(events.map(({ type }) => type)).toEqual(['refresh-started', 'refreshed', 'call-replayed']);
  });

  it('RT-14 cancels the body of the answer that the caller never sees', async () => {
    const { client, server } = await signedInWorld();
    let cancelled = false;
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    server.next('/api', () => new Response(body, { status: 401 }));
    await client.authFetch('/api');
    expect(cancelled).toBe(true);
  });

  it('hands a second 401 to the caller with its body readable', async () => {
    const { client, server } = await signedInWorld();
    server.always('/api', status(401, { why: 'because' }));
    expect(await (await client.authFetch('/api')).json()).toEqual({ why: 'because' });
  });
});

describe('isTokenRejected', () => {
  it('makes of a 200 with errors an answer about the token', async () => {
    const isTokenRejected = async (response: Response) => (await response.clone().text()).includes('UNAUTHENTICATED');
    const { client, server } = await signedInWorld('ann', { client: { isTokenRejected } });
    server.next('/graphql', status(200, { errors: [{ code: 'UNAUTHENTICATED' }] }));
    const response = await client.authFetch('/graphql', { method: 'POST', body: '{}' });
    expect(await response.json()).toEqual({ user: 'ann', path: '/graphql' });
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('is told the address and the method, and replaces the rule about 401', async () => {
    const seen: unknown[] = [];
    const isTokenRejected = (_: Response, request: { url: string; method: string }) => {
      seen.push({ ...request });
      return false;
    };
    const { client, server } = await signedInWorld('ann', { client: { isTokenRejected } });
    server.always('/api', refused);
    expect(await outcome(client.authFetch('/api', { method: 'PUT' }))).toBe(401);
    expect(seen).toEqual([{ url: 'https://app.example/api', method: 'PUT' }]);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it.each([
    { answer: 'first answer', judged: [] },
    { answer: 'answer to a replay', judged: [true] },
  ])(
    'RT-14 that throws is what the call rejects with, and the body of the $answer is cancelled',
    async ({ judged }) => {
      const results = [...judged];
      const isTokenRejected = () => {
        const result = results.shift();
        if (result === undefined) throw new RangeError('my bug');
        return result;
      };
      const { client, server } = await signedInWorld('ann', { client: { isTokenRejected } });
      let cancelled = 0;
      const cancel = () => void cancelled++;
      server.always('/api', () => new Response(new ReadableStream({ cancel }), { status: 401 }));
      expect(await outcome(client.authFetch('/api'))).toBe('RangeError');
      expect(server.calls()).toHaveLength(judged.length + 1);
      expect(cancelled).toBe(judged.length + 1);
    },
  );
});

describe('an endpoint that refuses tokens which others take', () => {
  const brokenBesideFine = async () => {
    const world = await signedInWorld('ann', { client: holding });
    world.server.always('/broken', refused);
    for (const _ of times(4, () => 0)) {
      await outcome(world.client.authFetch('/broken'));
      await world.platform.advance(5000);
      expect(await outcome(world.client.authFetch('/fine'))).toBe(200);
      await world.platform.advance(5000);
    }
    return world;
  };

  it('does not keep the others from being refreshed for', async () => {
    const { client, server } = await brokenBesideFine();
    server.revokeTokens();
    expect(await outcome(client.authFetch('/fine', { method: 'POST', body: 'x' }))).toBe(200);
  });

  it('does not keep one that took the token, and refuses it 3 s later, from its refresh and its replay (C-11)', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/bad', refused);
    expect(await outcome(client.authFetch('/bad'))).toBe(401);
    expect(await outcome(client.authFetch('/good'))).toBe(200);
    server.forget();
    await platform.advance(3000);
    server.revokeTokens();
    expect(await outcome(client.authFetch('/good'))).toBe(200);
    expect([server.count('/good'), server.count('/auth/refresh')]).toEqual([2, 1]);
    expect(await outcome(client.authFetch('/bad'))).toBe(401);
    expect([server.count('/bad'), server.count('/auth/refresh')]).toEqual([1, 1]);
  });

  it('does not keep one from its refresh that took the token before the other refused it (C-11)', async () => {
    const { client, platform, server } = await signedInWorld();
    const second = server.gate(refused);
    server.next('/bad', refused, second.answer);
    const bad = outcome(client.authFetch('/bad'));
    await platform.advance(1000);
    expect(await outcome(client.authFetch('/good'))).toBe(200);
    second.open();
    expect(await bad).toBe(401);
    server.revokeTokens();
    const good = outcome(client.authFetch('/good'));
    await platform.advance(500);
    expect(await good).toBe(200);
  });

  it('keeps its own growing distance, however often the others succeed (C-11)', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { lifetimeS: 86_400 } });
    server.always('/bad', refused);
    for (const _ of times(60, () => 0)) {
      for (const path of ['/bad', '/good']) {
        const call = outcome(client.authFetch(path));
        await platform.advance(1000);
        expect(await call).toBe(path === '/bad' ? 401 : 200);
      }
      await outcome(client.authFetch('/good'));
      server.revokeTokens();
    }
    // Within two minutes: at once, and after 5, 10, 20 and 40 s.
    expect(server.count('/bad')).toBe(60 + 5);
  });

  it('does not keep a call of another endpoint from being held', async () => {
    const { client, platform, server } = await brokenBesideFine();
    server.end('revoked');
    const call = outcome(client.authFetch('/form', { method: 'POST', body: 'x', auth: { relogin: 'hold' } }));
    await platform.advance(1000);
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 1 });
    await client.signIn(credentials('ann'));
    expect(await call).toBe(200);
  });

  it('is refreshed for no more often for it', async () => {
    const { client, platform, server } = await signedInWorld('ann', { server: { lifetimeS: 86_400 } });
    server.always('/broken', refused);
    for (const _ of times(600, () => 0)) {
      await outcome(client.authFetch('/broken'));
      await outcome(client.authFetch('/fine'));
      await platform.advance(1000);
    }
    expect(server.count('/auth/refresh')).toBe(7);
  });
});
