import { describe, expect, it } from 'vitest';
import { never } from './fake-server.ts';
import { outcome, signedInWorld, signedOutWorld, type World } from './world.ts';

const tokensOf = (user: string, more: object) => ({ access_token: `${user}-token`, expires_in: 300, ...more });

/** What the sign-out names. */
const signOutOf = async ({ client, server }: World): Promise<string | undefined> => {
  await client.signOut();
  return server.asked('/auth/logout')[0]?.request.clone().text();
};

describe('a session whose `sid` is an empty text', () => {
  it('has no name: a call is not sent with the token of another user who has none either', async () => {
    const { client, platform, server } = await signedOutWorld();
    await client.completeSignIn(tokensOf('ann', { sid: '' }));
    platform.happen('hidden');
    await platform.advance(301_000);
    server.always('/auth/refresh', never);
    const call = outcome(client.authFetch('/api/letters', { method: 'POST', body: 'of ann' }));
    await platform.advance(10);
    await client.completeSignIn(tokensOf('bob', { sid: '' }));
    expect(await call).toBe('UserChangedError');
    expect(server.calls()).toEqual([]);
  });

  it('is ended by a sign-out that names none', async () => {
    const world = await signedOutWorld();
    await world.client.completeSignIn(tokensOf('ann', { sid: '' }));
    expect(await signOutOf(world)).toBe('');
  });
});

describe('a session without a `sid` after one of the same user that had one', () => {
  it('is not ended under the name of the one before, which would leave it alive', async () => {
    const world = await signedInWorld('ann');
    await world.client.completeSignIn(tokensOf('ann', { user: { id: 'ann' } }));
    expect(await signOutOf(world)).toBe('');
  });

  it('keeps the name that a refresh leaves out, once a response has given one', async () => {
    const world = await signedInWorld('ann');
    world.server.next('/auth/refresh', () => Response.json(tokensOf('ann', { user: { id: 'ann' } })));
    await world.client.refresh();
    expect(await signOutOf(world)).toBe('{"sid":"sid-1"}');
  });
});
