import { describe, expect, it } from 'vitest';
import { status } from './fake-server.ts';
import { atExpiry, credentials, outcome, signedInWorld, tally, times, type World, watched } from './world.ts';

const hold = { auth: { relogin: 'hold' as const } };
const post = (body: BodyInit) => ({ method: 'POST', body, ...hold });

/** Ann is here, locked out. */
const lockedOut = async (client: object = {}): Promise<World> => {
  const world = await atExpiry({ client });
  world.server.end('revoked');
  await outcome(world.client.authFetch('/api/first', { auth: { relogin: 'reject' } }));
  await world.platform.advance(1000);
  expect(world.client.getSession().status).toBe('relogin-required');
  world.server.forget();
  world.sessions.length = 0;
  world.events.length = 0;
  return world;
};

const formOf = (value: string): FormData => {
  const form = new FormData();
  form.set('field', value);
  return form;
};

const heldCalls = ({ client }: World) => {
  const session = client.getSession();
  return 'heldCalls' in session ? session.heldCalls : undefined;
};

const bodies = async ({ server }: World): Promise<string[]> =>
  Promise.all(server.calls().map(({ request }) => request.clone().text()));

describe('a call of a user who has to sign in again', () => {
  it('is rejected where nothing else is asked for', async () => {
    const { client } = await lockedOut();
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
  });

  it('is held, counted, and sent once when the same user has signed in again', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', post('form')));
    await world.platform.advance(30_000);
    expect(world.server.log).toEqual([]);
    expect(heldCalls(world)).toBe(1);
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe(200);
    expect(await bodies(world)).toEqual(['form']);
    expect(world.server.count('/auth/refresh')).toBe(0);
  });

  it('is held by the client’s own option, and rejected where the call says so', async () => {
    const world = await lockedOut({ relogin: 'hold' });
    const held = watched(world.client.authFetch('/api'));
    expect(await outcome(world.client.authFetch('/api', { auth: { relogin: 'reject' } }))).toBe('UnauthenticatedError');
    expect(held.settled).toBe(false);
    expect(heldCalls(world)).toBe(1);
  });

  it('is held where `fetchWith` binds it', async () => {
    const world = await lockedOut();
    void world.client
      .fetchWith({ relogin: 'hold' })('/api')
      .catch(() => {});
    await world.platform.advance(0);
    expect(heldCalls(world)).toBe(1);
  });

  it('is held where the session ends while it waits for its token', async () => {
    const world = await atExpiry();
    world.server.next('/auth/refresh', world.server.late(2000));
    world.server.end('expired');
    const call = outcome(world.client.authFetch('/api', post('waiting')));
    await world.platform.advance(2000);
    expect(heldCalls(world)).toBe(1);
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe(200);
    expect(await bodies(world)).toEqual(['waiting']);
  });

  it('is held where its token was refused, and is sent once more', async () => {
    const world = await signedInWorld();
    world.server.end('revoked');
    const call = outcome(world.client.authFetch('/api', post('refused')));
    await world.platform.advance(100);
    expect(heldCalls(world)).toBe(1);
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe(200);
    expect(await bodies(world)).toEqual(['refused', 'refused']);
  });

  it.each<[string, BodyInit, (body: never) => void]>([
    ['URLSearchParams', new URLSearchParams({ field: 'kept' }), (body: URLSearchParams) => body.set('field', 'later')],
    ['a buffer', new TextEncoder().encode('kept'), (body: Uint8Array) => body.fill(0)],
    ['FormData', formOf('kept'), (body: FormData) => body.set('field', 'later')],
    ['Blob', new Blob(['kept']), () => {}],
  ])('is sent with the body that it was made with: %s', async (_, body, change) => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', post(body)));
    change(body as never);
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe(200);
    const [sent] = await bodies(world);
    expect(sent).toContain('kept');
  });

  it('is sent in the order of holding', async () => {
    const world = await lockedOut();
    const calls = times(20, (nth) => outcome(world.client.authFetch('/api', post(String(nth)))));
    await world.client.signIn(credentials('ann'));
    expect(tally(await Promise.all(calls))).toEqual({ 200: 20 });
    expect(await bodies(world)).toEqual(times(20, String));
  });

  it('waits for a token as any call does once its user is back', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', hold));
    await world.platform.advance(60_000);
    world.server.next('/auth/login', async (asked) => {
      const tokens = (await (await world.server.usual(asked)).json()) as object;
      return Response.json({ ...tokens, expires_in: 0.001 });
    });
    world.server.next('/auth/refresh', world.server.late(5000));
    await world.client.signIn(credentials('ann'));
    await world.platform.advance(5000);
    expect(await call).toBe(200);
  });

  it('stays where a sign-in fails', async () => {
    const world = await lockedOut();
    const call = watched(world.client.authFetch('/api', hold));
    expect(await outcome(world.client.signIn({ user: 'ann', password: 'wrong' }))).toBe('SignInRejectedError');
    world.server.next('/auth/login', status(503));
    expect(await outcome(world.client.signIn(credentials('ann')))).toBe('SignInUnavailableError');
    expect(call.settled).toBe(false);
    expect(heldCalls(world)).toBe(1);
  });

  it('is sent where a refresh finds the session alive', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', hold));
    world.server.enter('ann');
    await world.client.refresh();
    expect(await call).toBe(200);
  });
});

describe('a held call', () => {
  it('is never sent for somebody else', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', post('of ann')));
    await world.client.signIn(credentials('bob'));
    expect(await call).toBe('UserChangedError');
    await world.platform.advance(60_000);
    expect(world.server.calls()).toEqual([]);
  });

  it('is never sent where nobody can tell who signed in', async () => {
    const world = await lockedOut({ userId: () => undefined });
    const call = outcome(world.client.authFetch('/api', post('of somebody')));
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe('UserChangedError');
    expect(world.server.calls()).toEqual([]);
  });

  it('is rejected by a sign-out', async () => {
    const world = await lockedOut();
    const call = world.client.authFetch('/api', hold);
    void world.client.signOut();
    await expect(call).rejects.toMatchObject({ code: 'unauthenticated', reason: 'signed-out' });
    await world.client.signIn(credentials('ann'));
    expect(world.server.calls()).toEqual([]);
  });

  it('leaves the queue at once when it is aborted, with the caller’s reason', async () => {
    const world = await lockedOut();
    const abort = new AbortController();
    const call = world.client.authFetch('/api', { ...hold, signal: abort.signal });
    const other = outcome(world.client.authFetch('/api', hold));
    const reason = new Error('navigated away');
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(heldCalls(world)).toBe(1);
    await world.client.signIn(credentials('ann'));
    expect(await other).toBe(200);
    expect(world.server.calls()).toHaveLength(1);
  });

  it('is rejected after `holdTimeoutMs`, each by its own time', async () => {
    const world = await lockedOut({ holdTimeoutMs: 60_000 });
    const first = watched(world.client.authFetch('/api', hold));
    await world.platform.advance(30_000);
    const second = world.client.authFetch('/api', hold);
    const watchedSecond = watched(second);
    await world.platform.advance(29_999);
    expect(first.settled).toBe(false);
    await world.platform.advance(1);
    expect(first.settled).toBe(true);
    expect(heldCalls(world)).toBe(1);
    await world.platform.advance(29_999);
    expect(watchedSecond.settled).toBe(false);
    await world.platform.advance(1);
    await expect(second).rejects.toMatchObject({ code: 'unauthenticated', reason: 'revoked' });
    expect(heldCalls(world)).toBe(0);
  });

  it('is not sent after a night: a sleep counts as time', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', post('yesterday')));
    world.platform.sleep(8 * 3_600_000);
    world.platform.happen('resumed');
    expect(await call).toBe('UnauthenticatedError');
  });

  it('that only reads makes room for others, the oldest first', async () => {
    const world = await lockedOut({ maxHeldCalls: 3 });
    const write = outcome(world.client.authFetch('/api/form', post('form')));
    const polls = times(10, (nth) => outcome(world.client.authFetch(`/api/poll/${nth}`, hold)));
    expect(tally(await Promise.all(polls.slice(0, 8)))).toEqual({ UnauthenticatedError: 8 });
    expect(heldCalls(world)).toBe(3);
    await world.client.signIn(credentials('ann'));
    expect([await write, await polls[8], await polls[9]]).toEqual([200, 200, 200]);
  });

  it('that writes keeps its place: one more is rejected at once', async () => {
    const world = await lockedOut({ maxHeldCalls: 2 });
    const held = times(2, (nth) => outcome(world.client.authFetch('/api', post(String(nth)))));
    expect(await outcome(world.client.authFetch('/api', post('too many')))).toBe('UnauthenticatedError');
    expect(await outcome(world.client.authFetch('/api', hold))).toBe('UnauthenticatedError');
    await world.client.signIn(credentials('ann'));
    expect(await Promise.all(held)).toEqual([200, 200]);
  });

  it('stays through a stop and a start', async () => {
    const world = await lockedOut();
    const stop = world.client.start();
    const call = outcome(world.client.authFetch('/api', hold));
    stop();
    await world.platform.advance(1000);
    world.client.start();
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe(200);
  });

  it('is told of, and its end', async () => {
    const world = await lockedOut({ holdTimeoutMs: 60_000, maxHeldCalls: 2 });
    const abort = new AbortController();
    for (const init of [hold, { ...hold, signal: abort.signal }, post('form')])
      world.client.authFetch('/api', init).catch(() => {});
    abort.abort();
    await world.platform.advance(60_000);
    world.client.authFetch('/api', hold).catch(() => {});
    await world.client.signIn(credentials('ann'));
    const told = world.events.filter(({ type }) => type === 'call-held' || type === 'held-call-ended');
    expect(told.map((event) => ('outcome' in event ? event.outcome : 'held'))).toEqual([
      'held',
      'held',
      'held',
      'no-room',
      'aborted',
      'timed-out',
      'held',
      'sent',
    ]);
  });
});

describe('what is never held', () => {
  it.each(['/auth/login', '/auth/refresh', '/auth/logout?all=1'])('a call to an endpoint: %s', async (path) => {
    const world = await lockedOut({ relogin: 'hold' });
    expect(await outcome(world.client.authFetch(path, { method: 'POST' }))).toBe('UnauthenticatedError');
  });

  it('sign-in, refresh and sign-out', async () => {
    const world = await lockedOut({ relogin: 'hold' });
    expect(await outcome(world.client.refresh())).toBe('RefreshRejectedError');
    expect(await outcome(world.client.signIn(credentials('ann')))).toMatchObject({ status: 'authenticated' });
    expect(await world.client.signOut()).toEqual({ confirmed: true });
  });

  it('a call of nobody', async () => {
    const world = await lockedOut({ relogin: 'hold' });
    await world.client.signOut();
    expect(await outcome(world.client.authFetch('/api'))).toBe('UnauthenticatedError');
  });

  it('a stream that is too long to be sent again: its 401 is the answer', async () => {
    const world = await signedInWorld('ann', { client: { relogin: 'hold', streamReplayBytes: 2 } });
    world.server.end('revoked');
    const body = new Blob(['too long']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    expect(await outcome(world.client.authFetch('/api', init))).toBe(401);
    await world.platform.advance(1000);
    expect(heldCalls(world)).toBe(0);
  });
});

describe('a token that somebody asks for', () => {
  it('is waited for where that is asked for, and comes with the sign-in', async () => {
    const world = await lockedOut();
    const token = world.client.getAccessToken({ relogin: 'hold' });
    const rejected = outcome(world.client.getAccessToken());
    expect(await rejected).toBe('UnauthenticatedError');
    expect(heldCalls(world)).toBe(1);
    await world.client.signIn(credentials('ann'));
    expect(world.server.ownerOf(await token)).toBe('ann');
  });
});

describe('the form of a user who was signed out while writing', () => {
  it('arrives exactly once, with a poll every second beside it', async () => {
    const world = await lockedOut();
    const form = outcome(world.client.authFetch('/api/form', post('long form')));
    for (let second = 0; second < 300; second++) {
      world.client.authFetch('/api/poll', hold).catch(() => {});
      await world.platform.advance(1000);
    }
    expect(heldCalls(world)).toBe(50);
    await world.client.signIn(credentials('ann'));
    expect(await form).toBe(200);
    await world.platform.advance(1000);
    expect(world.server.count('/api/form')).toBe(1);
    expect(world.server.count('/api/poll')).toBe(49);
  });
});
