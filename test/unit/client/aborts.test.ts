import { describe, expect, it } from 'vitest';
import { refused } from './fake-server.ts';
import { atExpiry, createWorld, outcome, signedInWorld, tally, times, watched } from './world.ts';

describe('a caller’s abort', () => {
  it('RT-13 rejects that caller at once, is never sent, and the other 9 succeed', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(400));
    const abort = new AbortController();
    const calls = times(10, (n) => outcome(client.authFetch(`/api/${n}`, n === 0 ? { signal: abort.signal } : {})));
    await platform.advance(200);
    abort.abort('changed my mind');
    expect(await calls[0]).toBe('changed my mind');
    await platform.advance(1000);
    expect(tally(await Promise.all(calls.slice(1)))).toEqual({ 200: 9 });
    expect([server.count('/auth/refresh'), server.count('/api/0'), server.calls().length]).toEqual([1, 0, 9]);
    expect(server.asked('/auth/refresh')[0]?.request.signal.aborted).toBe(false);
  });

  it('BB-15 rejects with the reason that the signal gives', async () => {
    const { client } = await atExpiry();
    const abort = new AbortController();
    const call = client.authFetch('/api', { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is heard from the signal of a Request, too', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(1000));
    const abort = new AbortController();
    const call = outcome(client.authFetch(new Request('https://app.example/api', { signal: abort.signal })));
    await platform.advance(100);
    abort.abort('gone');
    expect(await call).toBe('gone');
    await platform.advance(2000);
    expect(server.calls()).toHaveLength(0);
  });

  it('is heard from the signal of `init` where that takes the place of a Request’s', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(1000));
    const [own, given] = [new AbortController(), new AbortController()];
    const request = new Request('https://app.example/api', { signal: own.signal });
    const call = watched(client.authFetch(request, { signal: given.signal }));
    own.abort();
    await platform.advance(100);
    expect(call.settled).toBe(false);
    given.abort();
    await platform.advance(100);
    expect(call.settled).toBe(true);
  });

  it.each([
    ['with a valid token', signedInWorld],
    ['with a token to wait for', atExpiry],
  ])('before the call is made sends nothing: %s', async (_, make) => {
    const { client, platform, server } = await (make as typeof atExpiry)();
    const call = outcome(client.authFetch('/api', { signal: AbortSignal.abort('too late') }));
    await platform.advance(1000);
    expect(await call).toBe('too late');
    expect(server.calls()).toHaveLength(0);
    expect(server.count('/auth/refresh')).toBe(0);
  });

  it('after a 401 rejects at once and sends no replay', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/api', refused);
    server.next('/auth/refresh', server.late(1000));
    const abort = new AbortController();
    const call = outcome(client.authFetch('/api', { signal: abort.signal }));
    await platform.advance(100);
    abort.abort('enough');
    expect(await call).toBe('enough');
    await platform.advance(2000);
    expect(server.calls()).toHaveLength(1);
  });

  it('reaches a call that is under way', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/api', server.late(1000));
    const abort = new AbortController();
    const call = outcome(client.authFetch('/api', { signal: abort.signal }));
    await platform.advance(100);
    abort.abort('stop');
    expect(await call).toBe('stop');
  });

  it('of all who wait leaves the refresh under way to be committed', async () => {
    const { client, platform, server } = await atExpiry();
    server.next('/auth/refresh', server.late(1000));
    const abort = new AbortController();
    const calls = times(3, () => outcome(client.authFetch('/api', { signal: abort.signal })));
    await platform.advance(100);
    abort.abort('all of them');
    await Promise.all(calls);
    await platform.advance(1000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it('before the start takes the call away for good', async () => {
    const { client, platform, server } = createWorld();
    server.enter('ann');
    const abort = new AbortController();
    const call = outcome(client.authFetch('/api', { signal: abort.signal }));
    abort.abort('early');
    client.start();
    await platform.advance(1000);
    expect([await call, server.calls().length]).toEqual(['early', 0]);
  });

  it('BB-15 leaves no listener on a signal that outlives its calls', async () => {
    const { client, platform, server } = await atExpiry();
    const { signal } = new AbortController();
    let listening = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listening++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listening--;
      removeEventListener.apply(signal, args);
    };
    server.next('/auth/refresh', server.late(100));
    const tokens = times(20, () => client.getAccessToken({ signal }));
    expect(listening).toBe(20);
    await platform.advance(200);
    await Promise.all(tokens);
    expect(listening).toBe(0);
  });
});
