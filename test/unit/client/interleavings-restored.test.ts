import { describe, expect, it } from 'vitest';
import { never } from './fake-server.ts';
import { atExpiry, credentials } from './world.ts';

describe('a return from the back/forward cache', () => {
  it('while a refresh waits for its slot sends one refresh, not two', async () => {
    const { client, platform, server } = await atExpiry();
    server.always('/auth/login', never);
    client.signIn(credentials('ann')).catch(() => {});
    await platform.advance(0);
    server.always('/auth/refresh', server.late(10_000));
    client.authFetch('/api').catch(() => {});
    await platform.advance(1000);
    expect(server.count('/auth/refresh')).toBe(0);
    platform.happen('restored');
    await platform.advance(9000);
    expect(server.peak('/auth/refresh')).toBe(1);
  });
});
