import { act, render, screen } from '@testing-library/react';
import { createElement } from 'react';
import { createAuthClient } from 'silent-refresh';
import { AuthProvider, SignedIn, useSession } from 'silent-refresh/react';

const answer = (status, body) =>
  new Response(body && JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const tokenFor = (claims) => `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.c2ln`;

let user;
let seen;

beforeEach(() => {
  localStorage.clear();
  user = undefined;
  seen = [];
  globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    seen.push(pathname);
    if (pathname === '/auth/login') user = JSON.parse(init.body).name;
    if (pathname === '/auth/logout') user = undefined;
    if (pathname.startsWith('/api'))
      return answer(200, { authorized: new Headers(init?.headers).has('authorization') });
    if (pathname === '/auth/logout') return answer(204);
    if (user === undefined) return answer(401, { error: 'invalid_grant' });
    return answer(200, { access_token: tokenFor({ sub: user }), token_type: 'Bearer', expires_in: 300 });
  };
});

test('starts, signs in, calls, refreshes and signs out', async () => {
  const auth = createAuthClient();
  const stop = auth.start();
  expect((await auth.ready()).status).toBe('unauthenticated');
  expect((await auth.signIn({ name: 'ann' })).claims.sub).toBe('ann');
  const response = await auth.authFetch('/api/orders', { method: 'POST', body: JSON.stringify({ item: 1 }) });
  expect(await response.json()).toEqual({ authorized: true });
  expect((await auth.refresh()).status).toBe('authenticated');
  expect(await auth.signOut()).toMatchObject({ confirmed: true });
  expect(auth.getSession().status).toBe('unauthenticated');
  expect(seen).toEqual(['/auth/refresh', '/auth/login', '/api/orders', '/auth/refresh', '/auth/logout']);
  stop();
});

test('shows who is signed in, and who is not any more', async () => {
  user = 'ann';
  const auth = createAuthClient();
  const Name = () =>
    createElement(
      'b',
      null,
      useSession((session) => session.claims?.sub),
    );
  const { unmount } = render(
    createElement(
      AuthProvider,
      { client: auth },
      createElement(SignedIn, { loading: 'one moment', fallback: 'please sign in' }, createElement(Name)),
    ),
  );
  expect(document.body.textContent).toBe('one moment');
  expect(await screen.findByText('ann')).toBeTruthy();
  await act(() => auth.signOut());
  expect(document.body.textContent).toBe('please sign in');
  unmount();
});
