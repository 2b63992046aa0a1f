import { describe, expect, it } from 'vitest';
import { atExpiry, credentials, outcome, signedInWorld, signedOutWorld, times, watched } from './world.ts';

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

describe('getAccessToken, told of a token that was refused', () => {
  it('refreshes once for three uploads that are refused with one token at 0, 0.7 and 1.4 s (C-26)', async () => {
    const { client, platform, server } = await signedInWorld();
    const refusedToken = await client.getAccessToken();
    server.always('/auth/refresh', server.late(1000));
    const uploads: Promise<string>[] = [];
    for (const _ of times(3, () => 0)) {
      uploads.push(client.getAccessToken({ newerThan: refusedToken }));
      await platform.advance(700);
    }
    const tokens = new Set(await Promise.all(uploads));
    expect(tokens.size).toBe(1);
    expect(tokens.has(refusedToken)).toBe(false);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('gives the newer one that is there already (C-26)', async () => {
    const { client, server } = await signedInWorld();
    const before = await client.getAccessToken();
    await client.refresh();
    expect(await client.getAccessToken({ newerThan: before })).toBe(await client.getAccessToken());
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('gives the present one where it has never given the other (C-26)', async () => {
    const { client, server } = await signedInWorld();
    expect(await client.getAccessToken({ newerThan: 'of-a-page-before' })).toBe(await client.getAccessToken());
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('does not refresh over and over for a server that refuses every token: 5 s, 10 s, 20 s (C-26)', async () => {
    const { client, platform, server, errors } = await signedInWorld('ann', { server: { lifetimeS: 86_400 } });
    let token = await client.getAccessToken();
    for (const _ of times(40, () => 0)) {
      await client.getAccessToken({ newerThan: token }).then(
        (newer) => {
          token = newer;
        },
        () => {},
      );
      await platform.advance(1000);
    }
    const at = server.asked('/auth/refresh').map((asked) => asked.at);
    const gaps = at.slice(1).map((time, n) => Math.round((time - (at[n] ?? 0)) / 1000));
    expect(gaps).toEqual([6, 11, 21]);
    expect(errors[0]).toMatchObject({ code: 'refresh_unavailable', retryAt: expect.any(Number) });
  });

  it('refreshes at once for a replacement that was good for a while (C-26)', async () => {
    const { client, platform, server } = await signedInWorld();
    const first = await client.getAccessToken();
    const second = await client.getAccessToken({ newerThan: first });
    await platform.advance(6000);
    expect(await client.getAccessToken({ newerThan: second })).not.toBe(second);
    expect(server.count('/auth/refresh')).toBe(2);
  });

  it('gives nobody another user’s token in its place (C-26)', async () => {
    const { client } = await signedInWorld();
    const ofAnn = await client.getAccessToken();
    void client.signOut();
    await client.signIn(credentials('bob'));
    expect(await outcome(client.getAccessToken({ newerThan: ofAnn }))).toBe('UserChangedError');
  });

  it.each([
    ['an empty text', ''],
    ['a number', 7],
    ['null', null],
  ])('refuses %s in place of a token (C-26)', async (_, newerThan) => {
    const { client } = await signedInWorld();
    await expect(client.getAccessToken({ newerThan: newerThan as string })).rejects.toThrow(/newerThan/);
  });
});

describe('refresh', () => {
  it('is one refresh for all who ask before it begins', async () => {
    const { client, platform, server } = await signedInWorld();
    const all = Promise.all(times(20, () => client.refresh()));
    await platform.advance(1000);
    await all;
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('resolves with the session of a refresh of its own', async () => {
    const { client, server } = await signedInWorld();
    expect(await client.refresh()).toBe(client.getSession());
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('resolves only from a refresh begun after the call', async () => {
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
