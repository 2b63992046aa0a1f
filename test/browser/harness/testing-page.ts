import { createTestAuthority, createTestClient } from '../../../src/testing/index.ts';

const api = { 'GET /api/me': ({ claims }: { readonly claims: { readonly sub: string } }) => Response.json(claims.sub) };

/** A test client in a page: what its calls and its sign-out led to. */
export const useTestClient = async () => {
  const authority = createTestAuthority({ api });
  const client = createTestClient({ authority });
  const stop = client.start();
  const first = await (await client.authFetch('/api/me')).json();
  authority.expireTokens();
  const replayed = await (await client.authFetch('/api/me')).json();
  const { confirmed } = await client.signOut();
  stop();
  client.reset();
  return { first, replayed, confirmed };
};
