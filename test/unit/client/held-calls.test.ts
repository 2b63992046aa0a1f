import { describe, expect, it } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { status } from './fake-server.ts';
import { bodies, heldCalls, hold, holding, lockedOut, post } from './held-scenes.ts';
import { atExpiry, createWorld, credentials, outcome, signedInWorld, tally, times, watched } from './world.ts';

const formOf = (value: string): FormData => {
  const form = new FormData();
  form.set('field', value);
  return form;
};

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
    const world = await lockedOut({ relogin: holdCalls() });
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
    const world = await atExpiry({ client: holding });
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
    const world = await signedInWorld('ann', { client: holding });
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

describe('a call made while nobody was known yet', () => {
  /** Ann is here, and nobody knows it yet; her session ends while the call is under way. */
  const refusedAtStart = async (init?: object) => {
    const world = createWorld({ client: holding });
    const { client, platform, server } = world;
    server.enter('ann');
    client.start();
    const call = outcome(client.authFetch('/api', init));
    server.next('/api', async (asked) => {
      server.end('revoked');
      await new Promise<void>((resolve) => platform.clock.setTimer(resolve, 1000));
      return server.usual(asked);
    });
    await platform.advance(500);
    return { ...world, call };
  };

  it('is held for the user whose token it was sent with', async () => {
    const { client, platform, server, call } = await refusedAtStart(hold);
    await platform.advance(5000);
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 1 });
    await client.signIn(credentials('ann'));
    expect(await call).toBe(200);
    expect(server.calls()).toHaveLength(2);
  });

  it('is replayed for the same user who has signed in meanwhile', async () => {
    const { client, platform, call } = await refusedAtStart();
    await client.signIn(credentials('ann'));
    await platform.advance(5000);
    expect(await call).toBe(200);
  });

  it('is not replayed for another user who has signed in meanwhile', async () => {
    const { client, platform, server, call } = await refusedAtStart();
    await client.signIn(credentials('bob'));
    await platform.advance(5000);
    expect(await call).toBe('UserChangedError');
    expect(server.calls()).toHaveLength(1);
  });
});

describe('an answer that a held call has got', () => {
  it('is let go of at once: it can be the caller’s no more', async () => {
    const world = await signedInWorld('ann', { client: holding });
    let cancelled = false;
    const cancel = () => {
      cancelled = true;
    };
    const headers = { 'WWW-Authenticate': 'Bearer' };
    world.server.next('/api', () => new Response(new ReadableStream({ cancel }), { status: 401, headers }));
    world.server.end('revoked');
    const call = outcome(world.client.authFetch('/api', hold));
    await world.platform.advance(1000);
    expect(heldCalls(world)).toBe(1);
    expect(cancelled).toBe(true);
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe(200);
  });

  it('does not let others overtake: one with `keepalive` keeps its place', async () => {
    const world = await signedInWorld('ann', { client: holding });
    world.server.end('revoked');
    const first = outcome(world.client.authFetch('/api', { ...post('first'), keepalive: true }));
    await world.platform.advance(1000);
    const second = outcome(world.client.authFetch('/api', post('second')));
    await world.platform.advance(1000);
    world.server.forget();
    await world.client.signIn(credentials('ann'));
    expect(await Promise.all([first, second])).toEqual([200, 200]);
    expect(await bodies(world)).toEqual(['first', 'second']);
  });
});
