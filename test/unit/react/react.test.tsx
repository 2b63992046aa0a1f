import { act, cleanup, render, screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { Activity, Profiler, StrictMode, useEffect, useState } from 'react';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type AuthClient,
  createAuthClient,
  holdCalls,
  type Session,
  UnauthenticatedError,
} from '../../../src/index.ts';
import { AuthProvider, createAuthHooks, SignedIn, useAuth, useSession } from '../../../src/react/index.ts';
import { createTestAuthority } from '../../../src/testing/index.ts';

const ada = { name: 'ada', password: 'difference' };
const grace = { name: 'grace', password: 'compiler' };

const authority = createTestAuthority({
  users: [
    { id: 'ada', credentials: ada, profile: { name: 'ada' } },
    { id: 'grace', credentials: grace, profile: { name: 'grace' } },
  ],
  api: { 'GET /api/me': ({ claims }) => Response.json({ sub: claims.sub }) },
});
const server = setupServer(...authority.handlers(http));

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  server.resetHandlers();
  authority.reset();
});
afterAll(() => server.close());

/** The paths asked so far, in order. */
const asked = (): string[] => authority.requests.map(({ path }) => path);

/** From now on, an endpoint gives this answer instead of the authority's. */
const answerWith = (path: string, answer: () => Response): void => server.use(http.post(`*${path}`, answer));

const unavailable = () => new HttpResponse(null, { status: 503 });

/** The messages of what is reported: to the console where there is no `reportError`, and what a microtask throws. */
const reports = (): string[] => {
  const messages: string[] = [];
  const note = (error: Error) => void messages.push(error.message);
  vi.spyOn(console, 'error').mockImplementation(note);
  // As in a browser, where that ends no process.
  vi.stubGlobal('queueMicrotask', (task: () => void) => void Promise.resolve().then(task).catch(note));
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  return messages;
};

const Status = () => {
  const session = useSession();
  return <p>{session.status}</p>;
};

const Name = () => <b>{useSession((session) => (session.claims?.user as { name?: string })?.name ?? 'nobody')}</b>;

describe('AuthProvider', () => {
  it('LIF-5 bootstraps once under StrictMode', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    render(
      <StrictMode>
        <AuthProvider client={client}>
          <Status />
        </AuthProvider>
      </StrictMode>,
    );
    expect(screen.getByText('loading')).toBeTruthy();
    expect(await screen.findByText('authenticated')).toBeTruthy();
    expect(asked()).toEqual(['/auth/refresh']);
  });

  it('lets calls made in the first effects of children wait for the start', async () => {
    authority.signIn('ada');
    const Early = () => {
      const { authFetch } = useAuth();
      const [sub, setSub] = useState('');
      useEffect(() => {
        void authFetch('/api/me')
          .then((response) => response.json() as Promise<{ sub: string }>)
          .then((body) => setSub(body.sub));
      }, [authFetch]);
      return <i>{sub}</i>;
    };
    render(
      <AuthProvider client={createAuthClient()}>
        <Early />
      </AuthProvider>,
    );
    expect(await screen.findByText('ada')).toBeTruthy();
    expect(asked()).toEqual(['/auth/refresh', '/api/me']);
  });

  it('stops the client when it is unmounted', async () => {
    answerWith('/auth/refresh', unavailable);
    const client = createAuthClient({ refreshTimeoutMs: 50 });
    const { unmount } = render(<AuthProvider client={client} />);
    unmount();
    await expect(client.authFetch('/api/me')).rejects.toThrow('start()');
  });

  it('tells of a forced re-login once, with the last claims and the reason', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    const told: Session<unknown>[] = [];
    render(
      <StrictMode>
        <AuthProvider client={client} onReloginRequired={(session) => told.push(session)}>
          <Status />
        </AuthProvider>
      </StrictMode>,
    );
    await screen.findByText('authenticated');
    await authority.revoke('ada');
    const calls = await act(() => Promise.allSettled(Array.from({ length: 5 }, () => client.authFetch('/api/me'))));
    expect(calls.map((call) => call.status === 'rejected' && call.reason instanceof UnauthenticatedError)).toEqual(
      Array(5).fill(true),
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ status: 'relogin-required', reason: 'revoked', claims: { user: { name: 'ada' } } });
    expect(screen.getByText('relogin-required')).toBeTruthy();
  });

  it('tells of a forced re-login once, however many calls are held, and again of the next one', async () => {
    authority.signIn('ada');
    const client = createAuthClient({ relogin: holdCalls() });
    const told: Session<unknown>[] = [];
    render(<AuthProvider client={client} onReloginRequired={(session) => told.push(session)} />);
    await client.ready();
    for (const count of [1, 2]) {
      await authority.revoke('ada');
      const abort = new AbortController();
      const aborted = client.authFetch('/api/me', { signal: abort.signal }).catch(() => 'aborted');
      const held = client.authFetch('/api/me');
      await vi.waitFor(() => expect(client.getSession()).toMatchObject({ heldCalls: 2 }));
      abort.abort();
      expect(await aborted).toBe('aborted');
      expect(told).toHaveLength(count);
      await client.signIn(ada);
      expect((await held).status).toBe(200);
    }
  });

  it('does not tell of the same end again when it is mounted anew', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    const stop = client.start();
    onTestFinished(stop);
    await client.ready();
    await authority.revoke('ada');
    await client.refresh().catch(() => {});
    let told = 0;
    for (let mounts = 0; mounts < 3; mounts++) {
      const { unmount } = render(<AuthProvider client={client} onReloginRequired={() => told++} />, {
        reactStrictMode: true,
      });
      await act(async () => {});
      unmount();
    }
    expect(told).toBe(1);
  });

  it('tells of an end that came while it was not mounted, also after another one that it has told', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    onTestFinished(client.start());
    await client.ready();
    let told = 0;
    for (const count of [1, 2]) {
      await authority.revoke('ada');
      await client.refresh().catch(() => {});
      const { unmount } = render(<AuthProvider client={client} onReloginRequired={() => told++} />);
      await act(async () => {});
      expect(told).toBe(count);
      unmount();
      await client.signIn(ada);
    }
  });

  it('leaves an end that it was unmounted too soon to tell to the one that is mounted next', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    onTestFinished(client.start());
    await client.ready();
    await authority.revoke('ada');
    await client.refresh().catch(() => {});
    const told: string[] = [];
    render(<AuthProvider client={client} onReloginRequired={() => told.push('first')} />).unmount();
    render(<AuthProvider client={client} onReloginRequired={() => told.push('second')} />);
    await act(async () => {});
    expect(told).toEqual(['second']);
  });

  it.each([
    { what: 'the only provider that has a handler', handlers: [undefined, 'b'], expected: ['b'] },
    { what: 'one of several that have one', handlers: ['a', 'b'], expected: ['a'] },
  ])('tells $what of a forced re-login, where a client has two', async ({ handlers, expected }) => {
    authority.signIn('ada');
    const client = createAuthClient();
    const told: string[] = [];
    for (const name of handlers) {
      const handler = name === undefined ? {} : { onReloginRequired: () => told.push(name) };
      render(<AuthProvider client={client} {...handler} />);
    }
    await client.ready();
    await authority.revoke('ada');
    await act(() => client.refresh().catch(() => {}));
    expect(told).toEqual(expected);
  });

  it('tells of no forced re-login that is over already', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    let signedOut: Promise<unknown> | undefined;
    client.subscribe(({ status }) => {
      if (status === 'relogin-required') signedOut = client.signOut();
    });
    const told: string[] = [];
    render(<AuthProvider client={client} onReloginRequired={({ status }) => told.push(status)} />);
    await client.ready();
    await authority.revoke('ada');
    await act(() => client.refresh().catch(() => {}));
    expect(client.getSession().status).toBe('unauthenticated');
    expect(told).toEqual([]);
    await signedOut;
  });

  it('tells of a forced re-login with the number of the calls that are held', async () => {
    authority.signIn('ada');
    const client = createAuthClient({ relogin: holdCalls() });
    const told: number[] = [];
    render(<AuthProvider client={client} onReloginRequired={({ heldCalls }) => told.push(heldCalls)} />);
    await client.ready();
    await authority.revoke('ada');
    const refreshed = client.refresh().catch(() => {});
    const held = [1, 2, 3].map(() => client.getAccessToken({ minValidityMs: 3_600_000 }));
    await act(() => refreshed);
    expect(told).toEqual([3]);
    await act(() => client.signIn(ada));
    await Promise.all(held);
  });

  it('reports a handler that throws, at mount and later, and goes on', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    onTestFinished(client.start());
    await client.ready();
    const reported = reports();
    const throwing = (message: string) => () => {
      throw new Error(message);
    };
    await authority.revoke('ada');
    await client.refresh().catch(() => {});
    render(
      <AuthProvider client={client} onReloginRequired={throwing('relogin')} onUserLeft={throwing('left')}>
        <Status />
      </AuthProvider>,
    );
    await act(async () => {});
    expect(reported).toEqual(['relogin']);
    expect(screen.getByText('relogin-required')).toBeTruthy();
    await act(() => client.signIn(ada));
    await authority.revoke('ada');
    await act(() => client.refresh().catch(() => {}));
    await act(() => client.signOut());
    expect(reported).toEqual(['relogin', 'relogin', 'left']);
    expect(screen.getByText('unauthenticated')).toBeTruthy();
  });

  it('tells that a user has left before anything of the next one is shown', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    const seen: string[] = [];
    const Spy = () => {
      const name = useSession((session) => (session.claims?.user as { name?: string })?.name);
      seen.push(`shows ${name ?? session()}`);
      return null;
    };
    const session = () => client.getSession().status;
    render(
      <AuthProvider
        client={client}
        onUserLeft={(claims) => seen.push(`${(claims?.user as { name?: string } | undefined)?.name} left`)}
      >
        <Spy />
        <Status />
      </AuthProvider>,
    );
    await screen.findByText('authenticated');
    await act(() => client.signIn(grace));
    expect(seen.indexOf('ada left')).toBeGreaterThan(seen.indexOf('shows ada'));
    expect(seen.indexOf('ada left')).toBeLessThan(seen.indexOf('shows grace'));
  });

  it('tells of the user of an earlier page who is gone, before anything is shown, and then of who is here (C-10)', async () => {
    authority.signIn('ada');
    const before = render(
      <AuthProvider client={createAuthClient()}>
        <Status />
      </AuthProvider>,
    );
    await screen.findByText('authenticated');
    before.unmount();
    // The client stops at the end of the task.
    await act(async () => {});
    authority.signIn('grace');
    const seen: string[] = [];
    const nameIn = (claims: unknown) =>
      (claims as { user?: { name?: string } } | undefined)?.user?.name ?? 'nobody known';
    const Spy = () => {
      seen.push(`shows ${useSession((session) => nameIn(session.claims))}`);
      return null;
    };
    render(
      <AuthProvider
        client={createAuthClient()}
        onUserLeft={(claims) => seen.push(`${nameIn(claims)} left`)}
        onUserChanged={(claims) => seen.push(`${nameIn(claims)} is here`)}
      >
        <Spy />
        <Status />
      </AuthProvider>,
    );
    await screen.findByText('authenticated');
    const told = seen.filter((what, nth) => what !== seen[nth - 1]);
    expect(told).toEqual(['shows nobody known', 'nobody known left', 'grace is here', 'shows grace']);
  });

  it('shows the initial claims while loading', async () => {
    answerWith('/auth/refresh', unavailable);
    render(
      <AuthProvider client={createAuthClient()} initialClaims={{ user: { name: 'ada' } }}>
        <Status />
        <Name />
      </AuthProvider>,
    );
    expect(screen.getByText('loading')).toBeTruthy();
    expect(screen.getByText('ada')).toBeTruthy();
  });
});

describe('a form in <SignedIn>', () => {
  it('is kept when a refresh says for the first time who the user is, and when they sign in again (C-7)', async () => {
    const answer = (more: object) => () =>
      Response.json({ access_token: `opaque-${Math.random()}`, expires_in: 300, ...more });
    answerWith('/auth/refresh', answer({}));
    const client = createAuthClient();
    const left: unknown[] = [];
    render(
      <AuthProvider client={client} onUserLeft={(claims) => left.push(claims)}>
        <SignedIn fallback="nobody">
          <input aria-label="draft" />
        </SignedIn>
      </AuthProvider>,
    );
    const input = (await screen.findByLabelText('draft')) as HTMLInputElement;
    input.value = 'half a letter';
    answerWith('/auth/refresh', answer({ user: { id: 'ada' } }));
    await act(() => client.refresh());
    answerWith('/auth/refresh', () => Response.json({ error: 'invalid_grant' }, { status: 401 }));
    await act(() => client.refresh().catch(() => {}));
    expect(client.getSession().status).toBe('relogin-required');
    await act(() => client.completeSignIn({ access_token: 'opaque', expires_in: 300, user: { id: 'ada' } }));
    expect(client.getSession().status).toBe('authenticated');
    expect((screen.getByLabelText('draft') as HTMLInputElement).value).toBe('half a letter');
    expect(left).toEqual([]);
  });
});

describe('initialClaims', () => {
  it('are not shown to the next user', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    const shown: string[] = [];
    const Spy = () => {
      const name = useSession((session) => (session.claims?.user as { name?: string })?.name);
      shown.push(name ?? 'nobody');
      return null;
    };
    render(
      <AuthProvider client={client} initialClaims={{ user: { name: 'ada' } }}>
        <Spy />
        <Status />
      </AuthProvider>,
    );
    await screen.findByText('authenticated');
    await act(() => client.signIn(grace));
    // Another page has signed in, as the record tells: it is not known who.
    const [key = ''] = Object.keys(localStorage);
    localStorage.setItem(
      key,
      JSON.stringify({ ...JSON.parse(localStorage.getItem(key) ?? ''), sessionKey: 'another' }),
    );
    await act(() => document.dispatchEvent(new Event('visibilitychange')));
    await screen.findByText('authenticated');
    expect(shown.slice(shown.indexOf('grace'))).not.toContain('ada');
    expect(shown).toContain('grace');
  });
});

describe('useSession', () => {
  it('keeps the result of a selector that is new on every render', async () => {
    const results = new Set<unknown>();
    const Selecting = ({ turn }: { turn: number }) => {
      results.add(useSession((session) => ({ here: session.status !== 'unauthenticated' })));
      return <u>{turn}</u>;
    };
    answerWith('/auth/down', unavailable);
    const client = createAuthClient({ endpoints: { refresh: '/auth/down' } });
    const app = (turn: number) => (
      <AuthProvider client={client}>
        <Selecting turn={turn} />
      </AuthProvider>
    );
    const { rerender } = render(app(1));
    rerender(app(2));
    rerender(app(3));
    expect(results.size).toBe(1);
  });

  it('renders nobody for a silent refresh', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    let renders = 0;
    render(
      <AuthProvider client={client}>
        <Profiler id="app" onRender={() => renders++}>
          <Status />
          <Name />
        </Profiler>
      </AuthProvider>,
    );
    await screen.findByText('authenticated');
    const before = renders;
    await act(() => client.refresh());
    await act(() => client.refresh());
    expect(asked()).toEqual(Array(3).fill('/auth/refresh'));
    expect(renders).toBe(before);
  });

  it('renders a selecting component only when what it selects changes', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    let renders = 0;
    const Selecting = () => {
      const { here } = useSession((session) => ({ here: session.status !== 'unauthenticated' }));
      renders++;
      return <s>{String(here)}</s>;
    };
    render(
      <AuthProvider client={client}>
        <Selecting />
        <Status />
      </AuthProvider>,
    );
    await screen.findByText('authenticated');
    expect(renders).toBe(1);
    await act(() => client.signOut());
    expect(screen.getByText('false')).toBeTruthy();
    expect(renders).toBe(2);
  });

  it('goes on if what is selected throws when it is looked at', async () => {
    authority.signIn('ada');
    const parseClaims = () => ({
      get name() {
        throw new Error('my bug');
      },
    });
    const hooks = createAuthHooks<AuthClient<unknown>>();
    const client = createAuthClient({ parseClaims });
    const Selecting = () => <u>{typeof hooks.useSession(({ claims }) => claims)}</u>;
    render(
      <hooks.AuthProvider client={client}>
        <Selecting />
      </hooks.AuthProvider>,
    );
    await screen.findByText('object');
    await act(() => client.refresh());
    expect(screen.getByText('object')).toBeTruthy();
  });

  it('says what is missing without a provider', () => {
    const silent = console.error;
    console.error = () => {};
    onTestFinished(() => {
      console.error = silent;
    });
    expect(() => render(<Status />)).toThrow(/no <AuthProvider> above.*two copies/);
  });
});

describe('SignedIn', () => {
  const App = () => (
    <SignedIn loading="one moment" fallback="please sign in">
      <input aria-label="draft" />
      <Status />
    </SignedIn>
  );

  const inActivity = (client: AuthClient, mode: 'visible' | 'hidden') => (
    <AuthProvider client={client}>
      <Activity mode={mode}>
        <App />
      </Activity>
    </AuthProvider>
  );

  it('shows what belongs to each status', async () => {
    const client = createAuthClient();
    render(
      <AuthProvider client={client}>
        <App />
      </AuthProvider>,
    );
    expect(screen.getByText('one moment')).toBeTruthy();
    expect(await screen.findByText('please sign in')).toBeTruthy();
    await act(() => client.signIn(ada));
    expect(screen.getByText('authenticated')).toBeTruthy();
  });

  it('keeps its children mounted through a forced re-login of the same user', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    render(
      <AuthProvider client={client}>
        <App />
      </AuthProvider>,
    );
    const draft = (await screen.findByLabelText('draft')) as HTMLInputElement;
    draft.value = 'half a letter';
    await authority.revoke('ada');
    await act(() => client.refresh().catch(() => {}));
    expect(screen.getByText('relogin-required')).toBeTruthy();
    await act(() => client.signIn(ada));
    expect((screen.getByLabelText('draft') as HTMLInputElement).value).toBe('half a letter');
  });

  it('mounts its children anew for another user', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    render(
      <AuthProvider client={client}>
        <App />
      </AuthProvider>,
    );
    const draft = (await screen.findByLabelText('draft')) as HTMLInputElement;
    draft.value = 'half a letter';
    await act(() => client.signIn(grace));
    expect((screen.getByLabelText('draft') as HTMLInputElement).value).toBe('');
  });

  it('mounts its children anew for a user who came while it was hidden', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    const { rerender } = render(inActivity(client, 'visible'));
    const draft = (await screen.findByLabelText('draft')) as HTMLInputElement;
    draft.value = 'draft of ada';
    rerender(inActivity(client, 'hidden'));
    await act(() => client.signIn(grace));
    rerender(inActivity(client, 'visible'));
    expect((screen.getByLabelText('draft') as HTMLInputElement).value).toBe('');
  });

  it('keeps its children mounted while it is hidden and the user stays', async () => {
    authority.signIn('ada');
    const client = createAuthClient();
    const { rerender } = render(inActivity(client, 'visible'));
    const draft = (await screen.findByLabelText('draft')) as HTMLInputElement;
    draft.value = 'draft of ada';
    rerender(inActivity(client, 'hidden'));
    await act(() => client.refresh());
    rerender(inActivity(client, 'visible'));
    expect((screen.getByLabelText('draft') as HTMLInputElement).value).toBe('draft of ada');
  });
});

describe('createAuthHooks', () => {
  it('nests clients without mixing them', async () => {
    authority.signIn('ada');
    answerWith('/auth/down', unavailable);
    const inner = createAuthHooks();
    const innerClient = createAuthClient({ sessionName: 'inner', endpoints: { refresh: '/auth/down' } });
    const InnerStatus = () => <em>{inner.useSession().status}</em>;
    render(
      <AuthProvider client={createAuthClient()}>
        <inner.AuthProvider client={innerClient}>
          <Status />
          <InnerStatus />
        </inner.AuthProvider>
      </AuthProvider>,
    );
    expect((await screen.findByText('authenticated')).tagName).toBe('P');
    expect(screen.getByText('loading').tagName).toBe('EM');
  });
});
