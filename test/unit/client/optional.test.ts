import { describe, expect, it } from 'vitest';
import { status } from './fake-server.ts';
import { atExpiry, createWorld, outcome, signedInWorld, signedOutWorld } from './world.ts';

describe('a token that is optional, or not wanted', () => {
  it('is sent without a token if the response says that nobody is signed in', async () => {
    const { client, server } = await signedOutWorld();
    expect(await outcome(client.authFetch('/api', { auth: { token: 'optional' } }))).toBe(401);
    expect(server.calls().map(({ token }) => token)).toEqual([undefined]);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('waits until it is known that nobody is signed in, then is sent without a token', async () => {
    const { client, platform, server } = createWorld();
    server.next('/auth/refresh', server.late(500));
    client.start();
    const call = client.authFetch('/api', { auth: { token: 'optional' } });
    await platform.advance(400);
    expect(server.calls()).toHaveLength(0);
    await platform.advance(200);
    expect(await outcome(call)).toBe(401);
    expect(server.calls().map(({ token }) => token)).toEqual([undefined]);
  });

  it('bears the token where somebody is signed in', async () => {
    const { client, server } = await signedInWorld();
    await client.fetchWith({ token: 'optional' })('/api');
    expect(server.ownerOf(server.calls()[0]?.token)).toBe('ann');
  });

  it('is not sent without a token while refreshing fails', async () => {
    const { client, platform, server } = createWorld();
    server.always('/auth/refresh', status(503));
    client.start();
    const call = outcome(client.authFetch('/api', { auth: { token: 'optional' } }));
    await platform.advance(10_000);
    expect(await call).toBe('RefreshUnavailableError');
    expect(server.calls()).toHaveLength(0);
  });

  it('is not sent without a token when the session of its user ends meanwhile', async () => {
    const { client, platform, server } = await atExpiry();
    server.end('revoked');
    const call = outcome(client.authFetch('/api', { auth: { token: 'optional' } }));
    await platform.advance(10);
    expect(await call).toBe('UnauthenticatedError');
    expect(server.calls()).toHaveLength(0);
  });

  it('is a plain fetch with `none`: no token, no wait, no refresh', async () => {
    const { client, server } = await atExpiry();
    expect(await outcome(client.fetchWith({ token: 'none' })('/api'))).toBe(401);
    expect(server.calls().map(({ token }) => token)).toEqual([undefined]);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('prefers the options of the call to those bound, and those to the client’s', async () => {
    const { client, server } = await signedInWorld('ann', { client: { token: 'none' } });
    await client.authFetch('/1');
    await client.fetchWith({ token: 'required' })('/2');
    await client.fetchWith({ token: 'required' })('/3', { auth: { token: 'none' } });
    expect(server.calls().map(({ token }) => server.ownerOf(token))).toEqual([undefined, 'ann', undefined]);
  });
});
