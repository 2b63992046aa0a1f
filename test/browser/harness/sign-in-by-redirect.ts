import type { TestServer } from './server.ts';

/** Has the server sign in bob at an address, and lead on from there. */
export const signInByRedirect = async (server: TestServer): Promise<void> => {
  const signIn = new Request(`${server.origin}/auth/login`, {
    method: 'POST',
    headers: { origin: server.origin, 'x-auth-client': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bob', password: 'right' }),
  });
  const { headers } = await server.authority.handle(signIn);
  server.pages.set(
    '/callback',
    () =>
      new Response(null, {
        status: 303,
        headers: { 'set-cookie': String(headers.get('set-cookie')), location: '/next' },
      }),
  );
};
