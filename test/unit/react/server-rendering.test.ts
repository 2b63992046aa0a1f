import { createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { createAuthClient } from '../../../src/index.ts';
import { AuthProvider, SignedIn, useAuth, useSession } from '../../../src/react/index.ts';

const Page = () => {
  const session = useSession();
  const name = useSession(({ claims }) => (claims as { name?: string } | undefined)?.name);
  return createElement('p', null, `${session.status} ${name ?? 'nobody'}`);
};

const pageFor = (name?: string) =>
  renderToString(
    createElement(
      StrictMode,
      null,
      createElement(
        AuthProvider,
        { client: createAuthClient(), ...(name !== undefined && { initialClaims: { name } }) },
        createElement(Page),
        createElement(SignedIn, { loading: 'one moment', fallback: 'sign in' }, 'secret'),
      ),
    ),
  );

describe('on a server', () => {
  it('LIF-5 shows a session that is loading, whoever asks', () => {
    expect(pageFor()).toBe('<p>loading nobody</p>one moment');
  });

  it('LIF-5 shows each of two users rendered in turn their own claims and pages alone (C-66)', () => {
    expect([pageFor('ada'), pageFor(), pageFor('grace')]).toEqual([
      '<p>loading ada</p>secret',
      '<p>loading nobody</p>one moment',
      '<p>loading grace</p>secret',
    ]);
  });

  it('rejects calls at once, since there is no page', async () => {
    const { authFetch, ready, getAccessToken, signIn, refresh } = createAuthClient();
    const calls = [authFetch('/api'), ready(), getAccessToken(), signIn({}), refresh()];
    const settled = await Promise.allSettled(calls);
    expect(settled.map((one) => one.status === 'rejected' && one.reason instanceof TypeError)).toEqual(
      Array(5).fill(true),
    );
  });

  it('signs nobody out, and does not say that it has', async () => {
    await expect(createAuthClient().signOut()).resolves.toEqual({ confirmed: false });
  });

  it('says what is missing if the provider has no client (C-64)', () => {
    const app = createElement(AuthProvider, { client: undefined as never });
    expect(() => renderToString(app)).toThrow(/<AuthProvider> has no client/);
  });

  it('says what is missing if there is no provider', () => {
    const Lost = () => createElement('p', null, String(useAuth()));
    expect(() => renderToString(createElement(Lost))).toThrow(/no <AuthProvider> above/);
  });
});
