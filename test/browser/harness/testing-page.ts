import { HttpResponse, http } from 'msw';
import { setupWorker } from 'msw/browser';
import { createAuthClient } from '../../../src/index.ts';
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

/** The app's own client, with the authority behind msw's worker. */
export const useWorker = async () => {
  const authority = createTestAuthority();
  const orders = http.get(
    '/api/orders',
    authority.guard(({ claims }) => HttpResponse.json([claims.sub])),
  );
  const worker = setupWorker(...authority.handlers(http), orders);
  await worker.start({ quiet: true, serviceWorker: { url: '/mockServiceWorker.js' } });
  authority.signIn();
  const client = createAuthClient();
  client.start();
  const { status } = await client.ready();
  const first = await (await client.authFetch('/api/orders')).json();
  const refreshed = await client.refresh();
  await worker.stop();
  return { status, first, refreshed: refreshed.status };
};
