import { expect, it } from 'vitest';
import { signedInWorld } from './world.ts';

it('`parseClaims` may take members out of the response: what a refresh leaves out keeps its last value', async () => {
  const parseClaims = (_: unknown, response: { user?: object }) => {
    const claims = { ...response.user };
    delete response.user;
    return claims;
  };
  const { client, server } = await signedInWorld('ann', { client: { parseClaims } as never });
  server.next('/auth/refresh', () => Response.json({ access_token: 'second-token', expires_in: 300, sid: 'sid-1' }));
  await client.refresh();
  expect(client.getSession().claims).toEqual({ id: 'ann', name: 'Name of ann' });
});
