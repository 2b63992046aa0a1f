import { describe, expect, it } from 'vitest';
import { refused } from './fake-server.ts';
import { credentials, outcome, signedInWorld } from './world.ts';

describe('a call of the user before that is refused again', () => {
  it('does not keep the call of who has signed in since from its refresh and its replay', async () => {
    const { client, platform, server } = await signedInWorld();
    const second = server.gate(refused);
    server.next('/api/ann', refused, second.answer);
    const call = outcome(client.authFetch('/api/ann'));
    await platform.advance(1000);
    expect(server.count('/api/ann')).toBe(2);
    void client.signOut();
    await client.signIn(credentials('bob'));
    second.open();
    expect(await call).toBe(401);
    server.revokeTokens();
    const other = outcome(client.authFetch('/api/bob'));
    await platform.advance(1000);
    expect(await other).toBe(200);
  });
});
