import { describe, expect, it } from 'vitest';
import { networkError, opaqueRedirect, status } from './fake-server.ts';
import { atExpiry, createWorld, outcome, signedInWorld, tally, times, watched } from './world.ts';

describe('a refresh that fails for now', () => {
  it.each([
    ['503', status(503)],
    ['429', status(429)],
    ['408', status(408)],
    ['409 duplicate', status(409)],
    ['network error', networkError],
    ['403 without a code', status(403)],
    ['403 CSRF', status(403, { error: 'request_refused' })],
    ['400 without a code', status(400, 'bad')],
    ['401 of HTML', status(401, '<html>', { 'Content-Type': 'text/html' })],
    ['401 of a proxy', status(401, {}, { 'WWW-Authenticate': 'Basic realm="proxy"' })],
    ['a captive portal', status(200, '<html>', { 'Content-Type': 'text/html' })],
    ['JSON cut off', status(200, '{"access_tok')],
    ['no token', status(200, { ok: true })],
    ['a token of another type', status(200, { access_token: 'x', token_type: 'mac' })],
    ['a body that breaks', () => new Response(new ReadableStream({ pull: (c) => c.error(new TypeError('broken')) }))],
  ])('TOK-5 signs nobody out, and is tried again: %s', async (_, answer) => {
    const { client, platform, server, left } = await atExpiry();
    server.next('/auth/refresh', answer, answer);
    const call = outcome(client.authFetch('/api'));
    await platform.advance(100);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', problem: { attempts: 1 } });
    await platform.advance(5000);
    expect(await call).toBe(200);
    expect(client.getSession()).not.toHaveProperty('problem');
    expect([server.count('/auth/refresh'), left.length]).toEqual([3, 0]);
  });

  it('fails no call: 503 twice, then well, 20 calls', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', status(503), status(503));
    const calls = times(20, (n) => outcome(client.authFetch(`/api/${n}`)));
    await platform.advance(5000);
    expect(tally(await Promise.all(calls))).toEqual({ 200: 20 });
    expect([server.count('/auth/refresh'), server.calls().length]).toEqual([3, 20]);
  });

  it('lets calls go on with the old token while that is valid', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/auth/refresh', status(503));
    await platform.advance(270_000);
    expect(server.count('/auth/refresh')).toBeGreaterThan(1);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
  });

  it('tells calls at once, between attempts, once it has failed three times', async () => {
    const { client, platform, server } = await atExpiry();
    platform.nextRandom = 1;
    server.always('/auth/refresh', status(503));
    const first = client.authFetch('/api').catch((error: unknown) => error);
    await platform.advance(1600);
    expect(await first).toMatchObject({ code: 'refresh_unavailable' });
    const later = watched(client.authFetch('/api'));
    await platform.advance(0);
    expect([later.settled, server.count('/auth/refresh')]).toEqual([true, 3]);
  });

  it('says when the next attempt is due', async () => {
    const { client, platform, server, errors } = await atExpiry();
    server.always('/auth/refresh', status(503, {}, { 'Retry-After': '120' }));
    const call = outcome(client.authFetch('/api'));
    await platform.advance(10_000);
    expect(await call).toBe('RefreshUnavailableError');
    expect(errors).toEqual([expect.objectContaining({ retryAt: platform.clock.now().wallAt + 110_000 })]);
  });

  it.each(['online', 'visible'] as const)('is tried again at once when the page is %s', async (event) => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    platform.nextRandom = 1;
    server.always('/auth/refresh', networkError);
    client.start();
    await platform.advance(60_000);
    server.always('/auth/refresh', undefined);
    server.forget();
    platform.happen(event);
    await platform.advance(600);
    expect(client.getSession().status).toBe('authenticated');
  });

  it('TOK-8 is not tried again before `Retry-After`, whatever happens', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', status(429, {}, { 'Retry-After': '30' }));
    const call = outcome(client.authFetch('/api'));
    for (const _ of times(29, () => 0)) {
      await platform.advance(1000);
      platform.happen('online');
      platform.happen('visible');
      void outcome(client.authFetch('/api'));
      void outcome(client.refresh());
    }
    expect(server.count('/auth/refresh')).toBe(1);
    expect(await call).toBe('RefreshUnavailableError');
    await platform.advance(1000);
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it('TOK-8 reads `Retry-After` as a date, too, by the server’s clock where it shows it', async () => {
    const { client, platform, server } = await atExpiry();
    const headers = { 'Retry-After': 'Tue, 01 Jan 2030 00:00:08 GMT', Date: 'Tue, 01 Jan 2030 00:00:00 GMT' };
    server.next('/auth/refresh', status(503, {}, headers));
    const call = outcome(client.authFetch('/api'));
    await platform.advance(7900);
    expect(server.count('/auth/refresh')).toBe(1);
    await platform.advance(200);
    expect(await call).toBe(200);
  });

  it('keeps a distance that grows and ends at 30 s', async () => {
    const { client, platform, server } = createWorld();
    platform.nextRandom = 1;
    server.always('/auth/refresh', networkError);
    client.start();
    await platform.advance(300_000);
    const at = server.asked('/auth/refresh').map((asked) => asked.at);
    const gaps = at.slice(1).map((time, n) => time - (at[n] ?? 0));
    expect(gaps.slice(0, 9)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is reported where an answer can be read and not be understood: a bug that somebody has to hear of', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    server.next('/auth/refresh', status(200, { ok: true }), status(200, '<html>'));
    const refreshed = client.refresh();
    await platform.advance(5000);
    await refreshed;
    expect(platform.reported).toEqual([expect.objectContaining({ code: 'token_response' })]);
  });
});

describe('a refresh endpoint that redirects', () => {
  it('is a problem of its own, and a call says what to set (C-24)', async () => {
    const { client, platform, server } = await atExpiry();
    server.always('/auth/refresh', opaqueRedirect);
    const call = client.authFetch('/api').catch((error: unknown) => error);
    await platform.advance(10_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', problem: { kind: 'redirected' } });
    expect(await call).toMatchObject({ code: 'refresh_unavailable' });
    expect(String(await call)).toContain('check `endpoints.refresh`');
  });
});
