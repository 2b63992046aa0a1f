import { describe, expect, it, vi } from 'vitest';
import { never } from './fake-server.ts';
import { createWorld, credentials, outcome, reloaded, signedInWorld, type World } from './world.ts';

/** Another page of the same origin signs out, or in; this one cannot see it (yet). */
const elsewhere = async (world: World, what: (page: World) => Promise<unknown>) => {
  const page = reloaded(world);
  page.client.start();
  await page.platform.advance(1000);
  const done = what(page);
  await page.platform.advance(1000);
  await done;
  world.server.attach(world.platform.clock);
};

const signedOutElsewhere = (world: World) => elsewhere(world, ({ client }) => client.signOut());
const bobElsewhere = (world: World) => elsewhere(world, ({ client }) => client.signIn(credentials('bob')));

describe('LIF-2 a page that comes back from the back/forward cache', () => {
  it('drops token and claims synchronously where somebody has signed out meanwhile', async () => {
    const world = await signedInWorld();
    await signedOutElsewhere(world);
    world.server.forget();
    world.platform.happen('restored');
    expect(world.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    expect(world.left.map((claims) => claims?.sub)).toEqual(['ann']);
    expect(await outcome(world.client.authFetch('/api'))).toBe('UnauthenticatedError');
    await world.platform.advance(60_000);
    expect(world.server.log).toHaveLength(0);
  });

  it('shows nothing of its user, synchronously, where somebody has signed in meanwhile', async () => {
    const world = await signedInWorld();
    await bobElsewhere(world);
    world.platform.happen('restored');
    expect(world.client.getSession()).toEqual({ status: 'loading' });
    await world.platform.advance(1000);
    expect(world.left.map((claims) => claims?.sub)).toEqual(['ann']);
    expect(world.client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'bob' } });
  });

  it('sends no call of before in the name of who has signed in meanwhile', async () => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    await bobElsewhere(world);
    server.next('/auth/refresh', server.late(400));
    server.revokeTokens();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(10);
    platform.happen('restored');
    await platform.advance(5000);
    expect(await call).toBe('UserChangedError');
    expect(server.calls().filter(({ token }) => server.ownerOf(token) === 'bob')).toEqual([]);
  });

  // Chromium's order: a page in its cache is frozen as well, and resumed first.
  it('shows nothing of its user where it is resumed before it is restored', async () => {
    const world = await signedInWorld();
    for (const event of ['left', 'hidden', 'frozen'] as const) world.platform.happen(event);
    await bobElsewhere(world);
    for (const event of ['resumed', 'visible', 'restored'] as const) {
      world.platform.happen(event);
      expect(world.client.getSession(), event).toEqual({ status: 'loading' });
    }
    await world.platform.advance(1000);
    expect(world.client.getSession().claims?.sub).toBe('bob');
  });

  it('shows nothing of its user where the app looked at its session as it was left', async () => {
    const world = await signedInWorld();
    world.platform.happen('left');
    expect(world.client.getSession().status).toBe('authenticated');
    await bobElsewhere(world);
    world.platform.happen('restored');
    expect(world.client.getSession()).toEqual({ status: 'loading' });
  });

  it('sends no call of a user who has signed out, though the app made one as it was left', async () => {
    const world = await signedInWorld();
    world.platform.happen('left');
    expect(await outcome(world.client.authFetch('/api'))).toBe(200);
    await signedOutElsewhere(world);
    expect(await outcome(world.client.authFetch('/api'))).toBe('UnauthenticatedError');
  });

  it('goes on as before where nothing has changed', async () => {
    const { client, platform, server, sessions } = await signedInWorld();
    platform.happen('restored');
    await platform.advance(1000);
    expect([server.log.length, sessions.length]).toEqual([0, 0]);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
  });

  it('asks the server where the record is gone: absent means unknown', async () => {
    const { client, platform, server } = await signedInWorld();
    platform.stored.clear();
    platform.happen('restored');
    expect(client.getSession().status).toBe('loading');
    await platform.advance(1000);
    expect([client.getSession().claims?.sub, server.count('/auth/refresh')]).toEqual(['ann', 1]);
  });

  it('LIF-3 starts over where a refresh under way will never settle', async () => {
    const { client, platform, server } = await signedInWorld();
    server.next('/auth/refresh', never);
    server.revokeTokens();
    const call = outcome(client.authFetch('/api'));
    await platform.advance(2000);
    platform.happen('restored');
    await platform.advance(4000);
    expect(await call).toBe(200);
  });

  it('LIF-4 drops the answer of a refresh that somebody’s sign-out has overtaken', async () => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    server.next('/auth/refresh', server.late(5000));
    const refreshed = outcome(client.refresh());
    await platform.advance(100);
    await signedOutElsewhere(world);
    await platform.advance(10_000);
    expect(client.getSession().status).toBe('unauthenticated');
    expect(await refreshed).toBe('RefreshRejectedError');
  });
});

describe('a page that is looked at again', () => {
  it('drops its session where somebody has signed out elsewhere', async () => {
    const world = await signedInWorld();
    world.platform.happen('hidden');
    await signedOutElsewhere(world);
    world.platform.happen('visible');
    expect(world.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    expect(world.left).toHaveLength(1);
  });

  it('asks who it is where somebody has signed in elsewhere, and sends nothing meanwhile', async () => {
    const world = await signedInWorld();
    world.platform.happen('hidden');
    await bobElsewhere(world);
    world.platform.happen('visible');
    const call = outcome(world.client.authFetch('/api'));
    expect(world.server.calls()).toEqual([]);
    await world.platform.advance(1000);
    expect(world.client.getSession().claims?.sub).toBe('bob');
    expect(await call).toBe('UserChangedError');
    expect(world.server.calls()).toEqual([]);
  });

  it('finds the sign-in elsewhere though nobody was signed in here', async () => {
    const world = createWorld();
    world.client.start();
    await world.platform.advance(1000);
    await bobElsewhere(world);
    world.platform.happen('visible');
    await world.platform.advance(1000);
    expect(world.client.getSession().claims?.sub).toBe('bob');
  });

  it('shows the same user’s session as before, and tells nobody that they left', async () => {
    const world = await signedInWorld();
    await elsewhere(world, ({ client }) => client.signIn(credentials('ann')));
    world.platform.happen('visible');
    await world.platform.advance(1000);
    expect(world.client.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: 'ann' } });
    expect(world.left).toEqual([]);
  });
});

describe('the record', () => {
  it('holds no secret and little else', async () => {
    const { platform, client } = await signedInWorld();
    const [[key, value] = []] = [...platform.stored];
    expect(key).toBe('silent-refresh:https://app.example/auth/refresh');
    expect(JSON.parse(value ?? '')).toEqual({
      v: 1,
      sessionKey: expect.any(String),
      expiresAt: expect.any(Number),
      sid: expect.any(String),
      user: expect.stringMatching(/^[0-9a-z]{1,7}$/),
    });
    expect(value).not.toContain('ann');
    await client.signOut();
    expect(JSON.parse(platform.stored.get(key ?? '') ?? '')).toEqual({ v: 1, sessionKey: expect.any(String) });
  });

  it('bears the `sessionName` that the options give', async () => {
    const { platform } = await signedInWorld('ann', { client: { sessionName: 'mine' } });
    expect([...platform.stored.keys()]).toEqual(['silent-refresh:mine']);
  });

  it('has another name where the query of the refresh endpoint is another one, and the query is not in it (C-4)', async () => {
    const names: string[] = [];
    for (const refresh of ['/auth/refresh', '/auth/refresh?org=acme', '/auth/refresh?org=apex']) {
      const { platform } = await signedInWorld('ann', { client: { endpoints: { refresh } } });
      names.push(...platform.stored.keys());
    }
    expect(new Set(names).size).toBe(3);
    expect(names.join()).not.toMatch(/org|acme|apex/);
  });

  it('is named after absolute endpoints on a page whose origin is `null` (C-4)', async () => {
    const names: string[] = [];
    for (const host of ['one', 'two']) {
      const refresh = `https://${host}.example/auth/refresh`;
      const world = createWorld({ client: { endpoints: { refresh } } });
      world.platform.address = 'file:///app/index.html';
      world.server.always(refresh, () => Response.json({ access_token: 'opaque-secret', expires_in: 60 }));
      world.client.start();
      await world.platform.advance(1000);
      expect(world.client.getSession().status).toBe('authenticated');
      names.push(...world.platform.stored.keys());
    }
    expect(names).toEqual([
      'silent-refresh:https://one.example/auth/refresh',
      'silent-refresh:https://two.example/auth/refresh',
    ]);
  });

  it('is named after an endpoint that no address can be made of, and after no other (C-4)', async () => {
    const world = createWorld({ client: { endpoints: { refresh: 'https://' } } });
    world.platform.stored.set('silent-refresh:default', '{"v":1,"sessionKey":"x","expiresAt":9e15}');
    world.client.start();
    await world.platform.advance(1000);
    expect(world.client.getSession()).toMatchObject({ status: 'loading', problem: { kind: 'network' } });
  });

  it.each([
    '',
    'null',
    '[]',
    '{"v":2,"sessionKey":"x"}',
    '{"v":1}',
    '{"v":1,"sessionKey":"x","pendingKey":7,"signOut":"y","expiresAt":9e15}',
    '{',
  ])('costs a refresh at most when it was tampered with: %s', async (text) => {
    const world = await signedInWorld();
    const [key] = world.platform.stored.keys();
    world.platform.stored.set(key ?? '', text);
    world.platform.happen('restored');
    await world.platform.advance(2000);
    expect(world.client.getSession().claims?.sub).toBe('ann');
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(2000);
    expect(next.client.getSession().claims?.sub).toBe('ann');
  });

  it('is a help, not a need: nothing can be stored', async () => {
    const stored = new Map<string, string>();
    stored.set = () => stored;
    const { client, platform, server } = createWorld({ stored });
    server.enter('ann');
    client.start();
    await platform.advance(1000);
    for (const event of ['hidden', 'visible', 'restored', 'online'] as const) platform.happen(event);
    await platform.advance(1000);
    expect(await outcome(client.authFetch('/api'))).toBe(200);
    await client.signOut();
    expect(client.getSession().status).toBe('unauthenticated');
    await client.signIn(credentials('bob'));
    expect(client.getSession().claims?.sub).toBe('bob');
  });
});

describe('a page that slept', () => {
  it.each(['left', 'frozen'] as const)(
    'and was %s knows of a sign-out before its own event is heard',
    async (sleeps) => {
      const world = await signedInWorld();
      world.platform.happen(sleeps);
      await signedOutElsewhere(world);
      expect(await outcome(world.client.authFetch('/api'))).toBe('UnauthenticatedError');
      expect(world.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
      expect(world.server.calls()).toEqual([]);
    },
  );

  it('and was left shows nobody of before until it is known who it is', async () => {
    const world = await signedInWorld();
    world.platform.happen('left');
    await bobElsewhere(world);
    const call = outcome(world.client.authFetch('/api'));
    expect(world.client.getSession()).toEqual({ status: 'loading' });
    await world.platform.advance(1000);
    expect([await call, world.server.calls()]).toEqual(['UserChangedError', []]);
  });

  it('and was left is asked by `ready()` who it is, and does not answer with the user of before (C-12)', async () => {
    const world = await signedInWorld();
    world.platform.happen('left');
    await bobElsewhere(world);
    const ready = world.client.ready();
    await world.platform.advance(1000);
    expect((await ready).claims?.sub).toBe('bob');
  });

  it.each(['left', 'frozen'] as const)(
    'and was %s is not woken by a look at its session: no listener runs in it (C-12)',
    async (sleeps) => {
      const world = await signedInWorld();
      const before = world.client.getSession();
      world.platform.happen(sleeps);
      await bobElsewhere(world);
      expect(world.client.getSession()).toBe(before);
      expect([world.sessions, world.events]).toEqual([[], []]);
    },
  );

  it('goes on as it was where nothing has happened meanwhile', async () => {
    const world = await signedInWorld();
    const before = world.client.getSession();
    world.platform.happen('left');
    expect(world.client.getSession()).toBe(before);
    expect(await outcome(world.client.authFetch('/api'))).toBe(200);
    expect(world.server.count('/auth/refresh')).toBe(0);
  });
});

describe('a sign-out in a page that has not heard of who has signed in elsewhere', () => {
  it('ends its own session alone', async () => {
    const world = await signedInWorld();
    const { client, platform, server } = world;
    const ann = server.session?.sid;
    await bobElsewhere(world);
    server.forget();
    expect(await client.signOut()).toEqual({ confirmed: true });
    expect(await server.log[0]?.request.clone().json()).toEqual({ sid: ann });
    expect(client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out' });
    expect(server.session?.user).toBe('bob');
    const next = reloaded(world);
    next.client.start();
    await next.platform.advance(1000);
    expect(next.client.getSession().claims?.sub).toBe('bob');
    expect([...platform.stored.keys()].join()).not.toContain('sign-out');
  });

  it('tells the server nothing where its session has no name: that would hit who is there', async () => {
    const world = await signedInWorld('ann', { server: { namesSession: false } });
    await bobElsewhere(world);
    world.server.forget();
    expect(await world.client.signOut()).toEqual({ confirmed: false });
    expect(world.server.count('/auth/logout')).toBe(0);
    expect(world.server.session?.user).toBe('bob');
    expect(world.client.getSession().status).toBe('unauthenticated');
  });
});

describe('a page that is told that another one has stored something', () => {
  it.each([['theme'], ['silent-refresh:other'], ['silent-refresh:https://app.example/auth/refresh:pending-key']])(
    'reads nothing where that is not its record: %s (C-44)',
    async (key) => {
      const { platform } = await signedInWorld();
      const read = vi.spyOn(platform.storage, 'read');
      platform.happen('stored', key);
      expect(read).not.toHaveBeenCalled();
    },
  );

  it.each(['', ':renewed', ':sign-out', undefined])(
    'compares its record where that is part of it, or all: %s (C-44)',
    async (end) => {
      const world = await signedInWorld();
      await signedOutElsewhere(world);
      world.platform.happen(
        'stored',
        end === undefined ? end : `silent-refresh:https://app.example/auth/refresh${end}`,
      );
      expect(world.client.getSession()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    },
  );
});
