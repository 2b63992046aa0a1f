import { describe, expect, it } from 'vitest';
import type { AuthClient } from '../../../src/client/auth-client.ts';
import { createClient } from '../../../src/client/create-client.ts';
import { type Claims, createWorld, credentials, outcome } from '../client/world.ts';
import { flush } from '../fake-platform.ts';
import { createAuthRequest, createPages, locksThat, name, waitMs } from './lock-scene.ts';

const mute = () => locksThat(() => new Promise(() => {}));

describe('a lock manager that never answers', () => {
  it('is waited for once, and the request is told so (C-15)', async () => {
    const { page, advance, timers } = createPages();
    const request = createAuthRequest();
    const result = page('a', mute())(request.run, waitMs);
    await advance(waitMs - 1);
    expect(request.begun).toEqual([]);
    await advance(1);
    expect(request.begun).toEqual(['unlocked']);
    request.end();
    expect(await result).toBe('done');
    expect(timers()).toBe(0);
  });

  it.each([
    { what: 'the first lock', silentFrom: 1, atMs: 3000 },
    { what: 'the waiting for it', silentFrom: 2, atMs: 6000 },
  ])('and ignores the signal costs only its time, from $what on (C-15)', async ({ silentFrom, atMs }) => {
    const { page, advance } = createPages();
    let asked = 0;
    const manager = locksThat(async (_name, _wait, held) => {
      if (++asked >= silentFrom) await new Promise(() => {});
      await held(false);
    });
    const request = createAuthRequest();
    void page('a', manager)(request.run, waitMs);
    await advance(atMs - 1);
    expect(request.begun).toEqual([]);
    await advance(1);
    expect(request.begun).toEqual(['unlocked']);
  });

  it('until the waiting is over grants a lock that is released, and the request runs once (C-15)', async () => {
    const { page, advance } = createPages();
    let tokenSet: () => Promise<void> = async () => {};
    const manager = locksThat((_name, _wait, held) => {
      tokenSet = () => held(true);
      return new Promise(() => {});
    });
    const request = createAuthRequest();
    void page('a', manager)(request.run, waitMs);
    await advance(waitMs);
    const late = outcome(tokenSet());
    await flush();
    expect(await late).toBeUndefined();
    expect(request.begun).toEqual(['unlocked']);
  });

  it('is not taken for one, however short the waiting is to be, if it answers in a moment', async () => {
    const { manager, page, advance } = createPages();
    const real = manager.of('a', (run) => run());
    let passed = Promise.resolve();
    const slow = locksThat(async (key, wait, held) => {
      passed = advance(50);
      await passed;
      return real.request(key, wait, held);
    });
    const request = createAuthRequest();
    void page('a', slow)(request.run, 0);
    await passed;
    await flush();
    expect(request.begun).toEqual(['at-once']);
    expect(manager.queue(name)).toEqual(['a']);
  });

  it.each<{ what: string; act: (client: AuthClient<Claims>) => Promise<unknown>; is: unknown }>([
    { what: 'call', act: (client) => client.authFetch('/api'), is: 200 },
    { what: 'refresh()', act: (client) => client.refresh(), is: { status: 'authenticated' } },
    { what: 'sign-in', act: (client) => client.signIn(credentials('bob')), is: { status: 'authenticated' } },
    { what: 'sign-out', act: (client) => client.signOut(), is: { confirmed: true } },
  ])('keeps no $what from its request (C-15)', async ({ act, is }) => {
    const { server, platform } = createWorld();
    const client = createClient<Claims>({}, Object.assign(platform, { locks: mute() }));
    server.enter('ann');
    client.start();
    await platform.advance(10_000);
    expect(client.getSession().status).toBe('authenticated');
    server.revokeTokens();
    const done = outcome(act(client));
    await platform.advance(7000);
    expect(await Promise.race([done, flush().then(() => 'still waits')])).toEqual(
      typeof is === 'object' ? expect.objectContaining(is) : is,
    );
  });
});
