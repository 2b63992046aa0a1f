import { describe, expect, it } from 'vitest';
import { replayStreams } from '../../../src/requests/replay/replay-streams.ts';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { heldCalls, hold, lockedOut, post } from './held-scenes.ts';
import { credentials, outcome, signedInWorld, tally, times, watched } from './world.ts';

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

  it('is rejected after its `timeoutMs`, each by its own time', async () => {
    const world = await lockedOut({ relogin: holdCalls({ timeoutMs: 60_000, byDefault: false }) });
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
    await expect(second).rejects.toMatchObject({ code: 'unauthenticated', reason: 'revoked', held: 'timed-out' });
    expect(heldCalls(world)).toBe(0);
  });

  it('is not sent after a night: a sleep counts as time', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', post('yesterday')));
    world.platform.sleep(8 * 3_600_000);
    world.platform.happen('resumed');
    expect(await call).toBe('UnauthenticatedError');
  });

  it('is not sent after a night by the sign-in that is the first to hear of it', async () => {
    const world = await lockedOut();
    const call = outcome(world.client.authFetch('/api', post('yesterday')));
    world.platform.sleep(8 * 3_600_000);
    await world.client.signIn(credentials('ann'));
    expect(await call).toBe('UnauthenticatedError');
    expect(world.server.calls()).toEqual([]);
  });

  it('makes room before a write where it just asks for a token', async () => {
    const world = await lockedOut({ relogin: holdCalls({ max: 2 }) });
    const write = outcome(world.client.authFetch('/api', post('form')));
    const tokens = times(3, () => outcome(world.client.getAccessToken()));
    expect(await tokens[0]).toBe('UnauthenticatedError');
    await world.client.signIn(credentials('ann'));
    expect(await write).toBe(200);
  });

  it('is none where its caller has given it up before: nothing is told', async () => {
    const world = await lockedOut();
    expect(await outcome(world.client.authFetch('/api', { ...hold, signal: AbortSignal.abort() }))).toBe('AbortError');
    world.platform.happen('hidden');
    expect(world.events).toEqual([]);
  });

  it('that only reads makes room for others, the oldest first', async () => {
    const world = await lockedOut({ relogin: holdCalls({ max: 3, byDefault: false }) });
    const write = outcome(world.client.authFetch('/api/form', post('form')));
    const polls = times(10, (nth) => outcome(world.client.authFetch(`/api/poll/${nth}`, hold)));
    expect(tally(await Promise.all(polls.slice(0, 8)))).toEqual({ UnauthenticatedError: 8 });
    expect(heldCalls(world)).toBe(3);
    await world.client.signIn(credentials('ann'));
    expect([await write, await polls[8], await polls[9]]).toEqual([200, 200, 200]);
  });

  it('that writes keeps its place: one more is rejected at once', async () => {
    const world = await lockedOut({ relogin: holdCalls({ max: 2, byDefault: false }) });
    const held = times(2, (nth) => outcome(world.client.authFetch('/api', post(String(nth)))));
    await expect(world.client.authFetch('/api', post('too many'))).rejects.toMatchObject({
      code: 'unauthenticated',
      held: 'no-room',
    });
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
    const world = await lockedOut({ relogin: holdCalls({ timeoutMs: 60_000, max: 2, byDefault: false }) });
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
    const world = await lockedOut({ relogin: holdCalls() });
    expect(await outcome(world.client.authFetch(path, { method: 'POST' }))).toBe('UnauthenticatedError');
  });

  it.each(['/auth/mfa/challenge', '/auth/'])(
    'a call below the folder of the endpoints, such as a second factor: %s (C-14)',
    async (path) => {
      const world = await lockedOut({ relogin: holdCalls() });
      expect(await outcome(world.client.authFetch(path, { method: 'POST' }))).toBe('UnauthenticatedError');
      const { client } = await lockedOut();
      const holding = client.fetchWith({ relogin: 'hold' });
      expect(await outcome(holding(path, { method: 'POST' }))).toBe('UnauthenticatedError');
    },
  );

  it('is not a call below that folder that asks for it by itself, as where the API is there as well (C-14)', async () => {
    const world = await lockedOut();
    const call = world.client.authFetch('/auth/orders', hold);
    const held = watched(call);
    await world.platform.advance(1000);
    expect(held.settled).toBe(false);
    expect(heldCalls(world)).toBe(1);
    for (const path of ['/auth/login', '/auth/refresh', '/auth/logout']) {
      expect(await outcome(world.client.authFetch(path, { ...hold, method: 'POST' }))).toBe('UnauthenticatedError');
    }
    await world.client.signIn(credentials('ann'));
    await expect(call).resolves.toBeInstanceOf(Response);
  });

  it('is nothing else: a call beside the endpoints is held (C-14)', async () => {
    const world = await lockedOut({
      relogin: holdCalls(),
      endpoints: { signIn: '/login', refresh: '/auth/refresh', signOut: '/logout' },
    });
    const held = ['/auth/mfa', '/api'].map((path) => watched(world.client.authFetch(path)));
    await world.platform.advance(1000);
    expect(held.map(({ settled }) => settled)).toEqual([false, false]);
  });

  it('is looked for without reading the addresses of the endpoints again at each call (C-40)', async () => {
    let reads = 0;
    class Counted extends URL {
      override toString(): string {
        reads++;
        return super.toString();
      }
    }
    const signIn = new Counted('https://app.example/auth/login');
    const { client } = await signedInWorld('ann', { client: { relogin: holdCalls(), endpoints: { signIn } } });
    reads = 0;
    for (const path of ['/api/1', '/auth/2', '/api/3']) await client.authFetch(path);
    const afterThree = reads;
    for (const _ of times(10, () => 0)) await client.authFetch('/api');
    expect(reads).toBe(afterThree);
  });

  it('sign-in, refresh and sign-out', async () => {
    const world = await lockedOut({ relogin: holdCalls() });
    expect(await outcome(world.client.refresh())).toBe('RefreshRejectedError');
    expect(await outcome(world.client.signIn(credentials('ann')))).toMatchObject({ status: 'authenticated' });
    expect(await world.client.signOut()).toEqual({ confirmed: true });
  });

  it('a call of nobody', async () => {
    const world = await lockedOut({ relogin: holdCalls() });
    await world.client.signOut();
    expect(await outcome(world.client.authFetch('/api'))).toBe('UnauthenticatedError');
  });

  it('a stream that is too long to be sent again: its 401 is the answer', async () => {
    const world = await signedInWorld('ann', {
      client: { relogin: holdCalls(), streams: replayStreams({ maxBytes: 2 }) },
    });
    world.server.end('revoked');
    const body = new Blob(['too long']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    expect(await outcome(world.client.authFetch('/api', init))).toBe(401);
    await world.platform.advance(1000);
    expect(heldCalls(world)).toBe(0);
  });
});
