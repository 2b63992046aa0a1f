import { describe, expect, it } from 'vitest';
import { replayStreams } from '../../../src/requests/replay/replay-streams.ts';
import { networkError, refused, status } from './fake-server.ts';
import { atExpiry, credentials, outcome, signedInWorld, signedOutWorld, tally, times } from './world.ts';

describe('calls', () => {
  it('makes 200 calls at the moment of expiry with 1 refresh and 200 API calls', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(300));
    const calls = times(200, (n) => client.authFetch(`/api/${n}`));
    await platform.advance(1000);
    expect(tally(await Promise.all(calls.map(outcome)))).toEqual({ 200: 200 });
    expect(server.count('/auth/refresh')).toBe(1);
    expect(server.calls()).toHaveLength(200);
  });

  it('makes 200 calls with a token about to expire with 1 refresh, and sends none with the old token', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.happen('hidden');
    await platform.advance(296_000);
    const old = server.secrets.size;
    const calls = times(200, (n) => client.authFetch(`/api/${n}`));
    await platform.advance(100);
    expect(tally(await Promise.all(calls.map(outcome)))).toEqual({ 200: 200 });
    expect([server.count('/auth/refresh'), server.calls().length, old]).toEqual([1, 200, 2]);
    expect(new Set(server.calls().map(({ token }) => token)).size).toBe(1);
  });

  it('uses a token to its very end where refreshing fails', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.happen('hidden');
    await platform.advance(296_000);
    server.always('/auth/refresh', status(503));
    const call = outcome(client.authFetch('/api'));
    await platform.advance(10);
    expect(await call).toBe(200);
    await platform.advance(5000);
    const late = outcome(client.authFetch('/api'));
    await platform.advance(10_000);
    expect(await late).toBe('RefreshUnavailableError');
  });

  it('BB-6 makes 50 calls with a token revoked early with 1 refresh and 0 failures', async () => {
    const { client, platform, server } = await signedInWorld();
    server.revokeTokens();
    server.next('/auth/refresh', server.late(300));
    const calls = times(50, (n) => client.authFetch(`/api/${n}`));
    await platform.advance(1000);
    expect(tally(await Promise.all(calls.map(outcome)))).toEqual({ 200: 50 });
    expect(server.count('/auth/refresh')).toBe(1);
    expect(server.calls()).toHaveLength(100);
  });

  it('BB-6 replays a straggler 401 with the newer token, without a second refresh', async () => {
    const { client, platform, server } = await signedInWorld();
    const slow = server.gate(refused);
    server.next('/api/slow', slow.answer);
    const straggler = client.authFetch('/api/slow');
    server.revokeTokens();
    const quick = client.authFetch('/api/quick');
    await platform.advance(10);
    expect(await outcome(quick)).toBe(200);
    slow.open();
    await platform.advance(10);
    expect(await outcome(straggler)).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('lets all of 10 parallel calls succeed that are refused at different times', async () => {
    const { client, platform, server } = await signedInWorld();
    for (const n of times(10, (index) => index)) server.next(`/api/${n}`, server.late(n * 100, refused));
    const calls = times(10, (n) => client.authFetch(`/api/${n}`));
    await platform.advance(3000);
    expect(tally(await Promise.all(calls.map(outcome)))).toEqual({ 200: 10 });
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('BB-3 sends the token as Bearer and in no other place', async () => {
    const { client, server } = await signedInWorld();
    await client.authFetch('/api/x?y=1');
    const [{ request, token } = {}] = server.calls();
    expect(server.ownerOf(token)).toBe('ann');
    expect(request?.url).toBe('https://app.example/api/x?y=1');
    expect([...(request?.headers.keys() ?? [])]).toEqual(['authorization']);
  });

  it('sends a call with a valid token within the call', async () => {
    const { client, server } = await signedInWorld();
    const call = client.authFetch('/api/now');
    await Promise.resolve();
    await Promise.resolve();
    expect(server.calls()).toHaveLength(1);
    await call;
  });

  it('uses the old token while it is valid and a refresh ahead of time is under way', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', server.late(5000));
    await platform.advance(245_000);
    expect(server.count('/auth/refresh')).toBe(1);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('gives any status but a 401 about the token to the caller, without a refresh', async () => {
    const { client, server } = await signedInWorld();
    for (const code of [400, 403, 404, 409, 418, 429, 500, 503]) {
      server.next('/api', status(code));
      expect(await outcome(client.authFetch('/api'))).toBe(code);
    }
    expect(server.count('/auth/refresh')).toBe(0);
    expect(server.calls()).toHaveLength(8);
  });

  it('BB-13 gives a network error to the caller and sends nothing again', async () => {
    const { client, server } = await signedInWorld();
    server.next('/api', networkError);
    await expect(client.authFetch('/api', { method: 'POST', body: 'x' })).rejects.toThrow('Failed to fetch');
    expect(server.calls()).toHaveLength(1);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('BB-12 does not send a stream again whose call failed: nobody knows what became of it', async () => {
    const { client, server } = await signedInWorld('ann', { client: { streams: replayStreams() } });
    server.next('/api', async ({ request }) => {
      await request.text();
      throw new TypeError('Failed to fetch');
    });
    const init = { method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' } as RequestInit;
    await expect(client.authFetch('/api', init)).rejects.toThrow('Failed to fetch');
    expect(server.calls()).toHaveLength(1);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('rejects at once where nobody is signed in, and asks no server', async () => {
    const { client, server } = await signedOutWorld();
    await expect(client.authFetch('/api')).rejects.toMatchObject({ code: 'unauthenticated', reason: 'anonymous' });
    expect(server.log).toHaveLength(0);
  });

  it('works destructured', async () => {
    const {
      client: { authFetch, getSession, getAccessToken },
      server,
    } = await signedInWorld();
    expect(await outcome(authFetch('/api'))).toBe(200);
    expect(server.ownerOf(await getAccessToken())).toBe('ann');
    expect(getSession().claims?.sub).toBe('ann');
  });
});

describe('a refresh that calls wait for', () => {
  it('is one, however long it takes: committed', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(1000));
    const calls = times(200, (n) => outcome(client.authFetch(`/api/${n}`)));
    await platform.advance(5000);
    await Promise.all(calls);
    expect([server.count('/auth/refresh'), server.calls().length]).toEqual([1, 200]);
  });

  it('is one, however long it takes: refused', async () => {
    const { client, platform, server } = await atExpiry();
    server.end('revoked');
    server.next('/auth/refresh', server.late(1000));
    const calls = times(50, (n) => outcome(client.authFetch(`/api/${n}`)));
    await platform.advance(5000);
    await Promise.all(calls);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('is not begun by the sign-in that brings the token', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', status(503, {}, { 'Retry-After': '20' }));
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1000);
    await client.signIn(credentials('ann'));
    await platform.advance(5000);
    expect(await call).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });
});
