import { describe, expect, it } from 'vitest';
import { atExpiry, outcome, signedInWorld, signedOutWorld, times, watched } from './world.ts';

describe('getAccessToken', () => {
  it('gives the token that is held while it lives long enough', async () => {
    const { client, server } = await signedInWorld();
    const token = await client.getAccessToken({ minValidityMs: 200_000 });
    expect(server.ownerOf(token)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('refreshes first where the token does not live for `minValidityMs`', async () => {
    const { client, platform, server } = await signedInWorld();
    const before = await client.getAccessToken();
    await platform.advance(150_000);
    const token = await client.getAccessToken({ minValidityMs: 200_000 });
    expect(token).not.toBe(before);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('gives the best there is, once refreshed, where no token lives that long', async () => {
    const { client, platform, server } = await signedInWorld();
    const token = client.getAccessToken({ minValidityMs: 3_600_000 });
    await platform.advance(100);
    expect(server.ownerOf(await token)).toBe('ann');
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('rejects as calls do', async () => {
    const { client } = await signedOutWorld();
    expect(await outcome(client.getAccessToken())).toBe('UnauthenticatedError');
  });

  it('rejects with the reason of its signal', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(500));
    const abort = new AbortController();
    const token = outcome(client.getAccessToken({ signal: abort.signal }));
    await platform.advance(100);
    abort.abort('not any more');
    expect(await token).toBe('not any more');
  });
});

describe('refresh', () => {
  it('is one exchange for all who ask before it begins', async () => {
    const { client, platform, server } = await signedInWorld();
    const all = Promise.all(times(20, () => client.refresh()));
    await platform.advance(1000);
    await all;
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('resolves with the session of an exchange of its own', async () => {
    const { client, server } = await signedInWorld();
    expect(await client.refresh()).toBe(client.getSession());
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('resolves only from an exchange begun after the call', async () => {
    const { client, platform, server } = await signedInWorld();
    server.always('/auth/refresh', server.late(1000));
    const early = watched(client.refresh());
    await platform.advance(500);
    const late = watched(client.refresh());
    await platform.advance(500);
    expect([early.settled, late.settled, server.count('/auth/refresh')]).toEqual([true, false, 2]);
    await platform.advance(1000);
    expect(late.settled).toBe(true);
    expect(server.peak('/auth/refresh')).toBe(1);
  });

  it('rejects with RefreshRejectedError where the server has ended the session', async () => {
    const { client, server } = await signedInWorld();
    server.end('revoked');
    expect(await outcome(client.refresh())).toBe('RefreshRejectedError');
  });

  it('asks anew in `relogin-required`, where another page may have signed in', async () => {
    const { client, platform, server } = await signedInWorld();
    server.end('revoked');
    await outcome(client.refresh());
    server.enter('ann');
    const again = client.refresh();
    await platform.advance(500);
    expect(await again).toMatchObject({ status: 'authenticated' });
  });
});
