import { describe, expect, it } from 'vitest';
import { refused, status } from './fake-server.ts';
import { atExpiry, createWorld, credentials, outcome, signedInWorld, times } from './world.ts';

describe('a call of one user', () => {
  it('RT-18 is not replayed as another: a POST sent as A and refused after B has signed in', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    const gate = server.gate(refused);
    server.next('/api', gate.answer);
    const call = outcome(client.authFetch('/api', { method: 'POST', body: 'of ann' }));
    await client.signIn(credentials('bob'));
    gate.open();
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(server.calls().map(({ token }) => server.ownerOf(token))).toEqual(['ann']);
  });

  it('is not sent as another: waiting for a refresh whose answer is B’s', async () => {
    const { client, platform, server } = await atExpiry();
    server.enter('bob');
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(server.calls()).toHaveLength(0);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
  });

  it('is not sent as another: waiting when B signs in', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(500));
    const calls = times(5, () => outcome(client.authFetch('/api')));
    const token = outcome(client.getAccessToken());
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(5000);
    await signIn;
    // The refresh under way was still ann's and came first: her calls were hers.
    expect(await Promise.all(calls)).toEqual(times(5, () => 200));
    expect(server.ownerOf((await token) as string)).toBe('ann');
    expect(server.calls().every((asked) => server.ownerOf(asked.token) === 'ann')).toBe(true);
  });

  it('is not sent as another: waiting for an answer that never comes when B signs in', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(30_000));
    const call = outcome(client.authFetch('/api'));
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(5000);
    await signIn;
    expect(await call).toBe('UserChangedError');
    await platform.advance(30_000);
    expect(client.getSession().claims?.sub).toBe('bob');
    expect(server.calls()).toHaveLength(0);
  });

  it('is sent when the same user signs in again while it waits', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(30_000));
    const call = outcome(client.authFetch('/api'));
    const signIn = client.signIn(credentials('ann'));
    await platform.advance(5000);
    await signIn;
    expect(await call).toBe(200);
  });

  it('takes nobody for the same user where the server does not say who it is', async () => {
    const { client, platform, server } = await signedInWorld('ann', {
      server: { form: 'opaque', namesSession: false },
      client: { userId: () => undefined },
    });
    const gate = server.gate(refused);
    server.next('/api', gate.answer);
    const call = outcome(client.authFetch('/api'));
    await client.signIn(credentials('ann'));
    gate.open();
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
  });

  it('that was made before anybody was known is not sent in the name of who then signs in', async () => {
    const { client, platform, server } = createWorld();
    server.next('/auth/refresh', server.late(20_000));
    client.start();
    const call = outcome(client.authFetch('/api'));
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(4000);
    await signIn;
    expect(await call).toBe('UserChangedError');
    expect(server.calls()).toHaveLength(0);
  });
});

describe('a late answer', () => {
  it('RT-18 of a refresh of A changes nothing once B has signed in', async () => {
    const { client, platform, server, sessions } = await signedInWorld('ann');
    server.next('/auth/refresh', server.late(20_000));
    const refreshed = outcome(client.refresh());
    await platform.advance(0);
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(4000);
    const session = await signIn;
    sessions.length = 0;
    await platform.advance(20_000);
    expect(client.getSession()).toBe(session);
    expect(sessions).toEqual([]);
    expect(await refreshed).toBe('UserChangedError');
  });

  it('saying that A’s session is over does not end B’s', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    server.next('/auth/refresh', server.late(20_000, status(401, { error: 'invalid_grant' })));
    const refreshed = outcome(client.refresh());
    await platform.advance(0);
    const signIn = client.signIn(credentials('bob'));
    await platform.advance(4000);
    await signIn;
    await platform.advance(20_000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
    await refreshed;
  });
});

describe('a change of user', () => {
  it('passes through `user-changed`, and tells who left before anything shows the new user', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    const order: string[] = [];
    client.subscribe((session) => {
      order.push(`shows ${session.claims?.sub ?? ('reason' in session ? session.reason : session.status)}`);
    });
    client.onUserLeft((claims) => {
      order.push(`left ${claims?.sub}`);
      expect(client.getSession().claims?.sub).not.toBe('bob');
    });
    server.enter('bob');
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    expect(order).toEqual(['left ann', 'shows user-changed', 'shows bob']);
    expect(await refreshed).toBe('UserChangedError');
  });

  it('by sign-in passes through `user-changed`, too', async () => {
    const { client, left, sessions } = await signedInWorld('ann');
    await client.signIn(credentials('bob'));
    expect(left.map((claims) => claims?.sub)).toEqual(['ann']);
    expect(sessions.map((session) => ('reason' in session ? session.reason : session.claims?.sub))).toEqual([
      'user-changed',
      'bob',
    ]);
  });

  it('is none where the same user signs in again', async () => {
    const { client, left, sessions } = await signedInWorld('ann');
    const before = client.getSession();
    expect(await client.signIn(credentials('ann'))).toBe(before);
    expect([left, sessions]).toEqual([[], []]);
  });

  it('is told with the claims of who left in `relogin-required`, when another signs in', async () => {
    const { client, server, left } = await signedInWorld('ann');
    server.end('revoked');
    await outcome(client.refresh());
    await client.signIn(credentials('bob'));
    expect(left.map((claims) => claims?.sub)).toEqual(['ann']);
  });

  it('is seen by the names of the sessions where no user is named', async () => {
    const { client, platform, server, left } = await signedInWorld('ann', { server: { form: 'opaque' } });
    server.enter('bob');
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    expect(left).toHaveLength(1);
    expect(await refreshed).toBe('UserChangedError');
  });
});

describe('a session', () => {
  it('keeps its identity over silent refreshes: nothing is shown', async () => {
    const { client, platform, server, sessions } = await signedInWorld();
    const before = client.getSession();
    await platform.advance(3_600_000);
    expect(server.count('/auth/refresh')).toBeGreaterThan(10);
    expect(client.getSession()).toBe(before);
    expect(sessions).toEqual([]);
  });

  it('is frozen', async () => {
    const { client } = await signedInWorld();
    expect(Object.isFrozen(client.getSession())).toBe(true);
    expect(Object.isFrozen(client.getSession().claims)).toBe(true);
  });

  it('shows claims that have changed', async () => {
    const { client, server, sessions } = await signedInWorld('ann', {
      client: {
        parseClaims: (_, { user }) => user as { role?: string },
        userId: (_, { user }) => (user as { id: string }).id,
      },
    });
    server.next('/auth/refresh', () =>
      Response.json({ access_token: 'x', expires_in: 60, user: { id: 'ann', role: 'admin' } }),
    );
    await client.refresh();
    expect(sessions).toEqual([{ status: 'authenticated', claims: { id: 'ann', role: 'admin' } }]);
  });

  it('goes on where its claims throw when they are looked at', async () => {
    const parseClaims = () => ({
      get name() {
        throw new Error('my bug');
      },
    });
    // What looks for secrets would look at them, too.
    const { client, platform, server } = await signedInWorld('ann', { client: { parseClaims }, audited: false });
    const refreshed = client.refresh();
    await platform.advance(1000);
    expect((await refreshed).status).toBe('authenticated');
    server.revokeTokens();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(1000);
    expect(await call).toBe(200);
  });

  it('keeps the members of an answer that a refresh leaves out', async () => {
    const { client, server, sessions } = await signedInWorld('ann', {
      server: { form: 'opaque' },
      client: { userId: (_, { user }) => (user as { id: string }).id },
    });
    const sid = server.session?.sid;
    server.next('/auth/refresh', () => Response.json({ access_token: 'opaque-secret-x', expires_in: 60, sid }));
    await client.refresh();
    expect(client.getSession().claims).toEqual({ user: { id: 'ann', name: 'Name of ann' } });
    expect(sessions).toEqual([]);
  });
});

describe('a call', () => {
  it('whose opaque token turns out to be another user’s, by the answer’s `user`, is not sent', async () => {
    const { client, platform, server } = await signedInWorld('ann', {
      server: { form: 'opaque', namesSession: false },
    });
    await platform.advance(1);
    server.enter('bob');
    const refresh = outcome(client.refresh());
    await platform.advance(2000);
    expect(await refresh).toBe('UserChangedError');
  });
});
