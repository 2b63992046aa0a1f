import { describe, expect, it } from 'vitest';
import { createWorld, credentials, outcome, signedInWorld, signedOutWorld } from './world.ts';

describe('a listener', () => {
  it('that throws is reported, and disturbs nobody: not the others, not the session', async () => {
    const { client, platform, server, sessions } = createWorld();
    const heard: string[] = [];
    const broken = (name: string) => () => {
      throw new Error(name);
    };
    client.subscribe(broken('session'));
    client.onEvent(broken('event'));
    client.onUserLeft(broken('left'));
    client.subscribe(({ status }) => void heard.push(status));
    server.enter('ann');
    client.start();
    await platform.advance(1000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    expect(await client.signOut()).toEqual({ confirmed: true });
    expect(heard).toEqual(['authenticated', 'unauthenticated']);
    expect(sessions).toHaveLength(2);
    expect(new Set(platform.reported.map(String))).toEqual(new Set(['Error: session', 'Error: event', 'Error: left']));
  });

  it('is not called once it was undone, not even by another of the same round', async () => {
    const { client } = await signedInWorld();
    const heard: string[] = [];
    let undo: () => void = () => {};
    client.subscribe(() => {
      heard.push('first');
      undo();
    });
    undo = client.subscribe(() => void heard.push('second'));
    client.subscribe(() => void heard.push('third'));
    await client.signOut();
    expect(heard).toEqual(['first', 'third']);
  });

  it('that unsubscribes itself is called once, and no other one is skipped', async () => {
    const { client } = await signedInWorld();
    const heard: string[] = [];
    const undo = client.subscribe(() => {
      heard.push('once');
      undo();
    });
    client.subscribe(({ status }) => void heard.push(status));
    await client.signOut();
    await client.signIn(credentials('ann'));
    expect(heard).toEqual(['once', 'unauthenticated', 'authenticated']);
  });

  it('added twice hears twice, and each undoing is for one', async () => {
    const { client } = await signedInWorld();
    let heard = 0;
    const listener = () => {
      heard++;
    };
    const [undo] = [client.subscribe(listener), client.subscribe(listener)];
    undo?.();
    undo?.();
    await client.signOut();
    expect(heard).toBe(1);
  });

  it('added in a round is not part of it', async () => {
    const { client } = await signedInWorld();
    const heard: string[] = [];
    const undo = client.subscribe(() => {
      undo();
      client.subscribe(({ status }) => void heard.push(status));
    });
    await client.signOut();
    expect(heard).toEqual([]);
  });

  it('sees the session that it is told of in `getSession`', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    const same: boolean[] = [];
    client.subscribe((session) => void same.push(session === client.getSession()));
    server.enter('bob');
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    await refreshed;
    expect(same).toEqual([true, true]);
  });
});

describe('a listener that calls the client', () => {
  it('may sign out, and that takes effect at once', async () => {
    const { client, platform, server } = await signedOutWorld();
    const calls: Promise<unknown>[] = [];
    client.subscribe((session) => {
      if (session.status !== 'authenticated') return;
      void client.signOut();
      calls.push(outcome(client.authFetch('/after')));
    });
    expect(await outcome(client.signIn(credentials('ann')))).toBe('UnauthenticatedError');
    await platform.advance(100);
    expect(await Promise.all(calls)).toEqual(['UnauthenticatedError']);
    expect(server.count('/after')).toBe(0);
  });

  it('has its calls answered', async () => {
    const { client, platform, server } = createWorld();
    const results: Promise<unknown>[] = [];
    client.subscribe(({ status }) => {
      if (status !== 'authenticated') return;
      results.push(outcome(client.authFetch('/api')), outcome(client.refresh()), outcome(client.ready()));
    });
    server.enter('ann');
    client.start();
    await platform.advance(2000);
    expect((await Promise.all(results)).map((result) => typeof result)).toEqual(['number', 'object', 'object']);
    expect(server.calls()).toHaveLength(1);
  });

  it('may sign out when somebody is signed in', async () => {
    const { client, platform, server, sessions } = await signedOutWorld();
    client.subscribe(({ status }) => {
      if (status === 'authenticated') void client.signOut();
    });
    expect(await outcome(client.signIn(credentials('ann')))).toBe('UnauthenticatedError');
    await platform.advance(1000);
    expect(sessions.map(({ status }) => status)).toEqual(['authenticated', 'unauthenticated']);
    expect(client.getSession().status).toBe('unauthenticated');
    expect(server.session).toBeUndefined();
  });

  it('may sign in when a session ends', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    client.subscribe(({ status }) => {
      if (status === 'relogin-required') void client.signIn(credentials('ann'));
    });
    server.end('revoked');
    expect(await outcome(client.authFetch('/api'))).toBe('UnauthenticatedError');
    await platform.advance(1000);
    expect(client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'ann' } });
  });

  it('from `onUserLeft` calls for nobody', async () => {
    const { client, server } = await signedInWorld('ann');
    const results: Promise<unknown>[] = [];
    client.onUserLeft(() => void results.push(outcome(client.authFetch('/api'))));
    await client.signOut();
    expect(await Promise.all(results)).toEqual(['UnauthenticatedError']);
    expect(server.calls()).toHaveLength(0);
  });

  it('from `onEvent` on every refresh makes no loop', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    client.onEvent(({ type }) => {
      if (type === 'refreshed') void outcome(client.authFetch('/api'));
    });
    await client.refresh();
    await platform.advance(60_000);
    expect([server.count('/auth/refresh'), server.calls().length]).toEqual([1, 1]);
  });
});

describe('what `onEvent` tells', () => {
  it('is the life of a session, in order', async () => {
    const { client, platform, server, events } = createWorld();
    server.enter('ann');
    client.start();
    await platform.advance(1000);
    await client.signOut();
    await client.signIn(credentials('bob'));
    server.end('reused');
    await outcome(client.refresh());
    expect(events).toEqual([
      { type: 'refresh-started' },
      { type: 'refreshed', lifetimeMs: 300_000 },
      { type: 'session-ended', reason: 'signed-out' },
      { type: 'sign-out-finished', confirmed: true },
      { type: 'signed-in', lifetimeMs: 300_000 },
      { type: 'refresh-started' },
      { type: 'session-ended', reason: 'reused', status: 401, error: 'invalid_grant' },
    ]);
  });
});
