import { describe, expect, it } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { refused } from './fake-server.ts';
import { jwtOf, tokenAnswer } from './token-answers.ts';
import { createWorld, credentials, forget, outcome, type WorldOptions } from './world.ts';

const ok = () => Response.json({});

/** A client whose server answers refreshes with `first`, and then with whatever it is told. */
const found = async (first: () => Response, options: WorldOptions = {}) => {
  const world = createWorld(options);
  let answer = first;
  world.server.always('/auth/refresh', () => answer());
  world.server.always('/api', ok);
  world.client.start();
  await world.platform.advance(1000);
  expect(world.client.getSession().status).toBe('authenticated');
  forget(world);
  return {
    ...world,
    answersWith: (next: () => Response) => {
      answer = next;
    },
    /** A POST that its token was refused for, and that waits for a newer one. */
    waiting: async () => {
      const gate = world.server.gate(refused);
      world.server.next('/api', gate.answer);
      const call = outcome(world.client.authFetch('/api', { method: 'POST', body: 'of ann' }));
      await world.platform.advance(0);
      return { call, refuse: gate.open };
    },
  };
};

const ann = (more: Readonly<Record<string, unknown>> = {}) => ({ access_token: jwtOf({ sub: 'ann', ...more }) });

describe('the same person in another organisation', () => {
  const names = ['org_id', 'tid', 'tenant_id'];

  it.each(names)('is somebody else to a POST that waits while they sign in there (C-5), by `%s`', async (name) => {
    const { client, platform, server, left, waiting } = await found(() => tokenAnswer(ann({ [name]: 'acme' })));
    const { call, refuse } = await waiting();
    await client.completeSignIn({ ...ann({ [name]: 'apex' }), expires_in: 300 });
    refuse();
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(server.calls()).toHaveLength(1);
    expect(left).toEqual([{ sub: 'ann', [name]: 'acme' }]);
  });

  it.each([
    ['another organisation', { org_id: 'acme' }, { org_id: 'apex' }],
    ['an organisation, where there was none', {}, { org_id: 'apex' }],
    ['none, where there was one', { org_id: 'acme' }, {}],
  ])('is somebody else where a refresh of the session brings %s (C-5)', async (_, before, after) => {
    const { client, platform, left, events, answersWith, waiting } = await found(() =>
      tokenAnswer({ ...ann(before), sid: '1' }),
    );
    const { call, refuse } = await waiting();
    answersWith(() => tokenAnswer({ ...ann(after), sid: '1' }));
    refuse();
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(left).toEqual([{ sub: 'ann', ...before }]);
    expect(events).toContainEqual({ type: 'session-ended', reason: 'user-changed' });
    expect(client.getSession().claims).toEqual({ sub: 'ann', ...after });
  });

  it('is the same person to an app whose `userId` says so (C-5)', async () => {
    const { client, left } = await found(() => tokenAnswer(ann({ org_id: 'acme' })), {
      client: { userId: (raw) => raw.sub as string },
    });
    await client.completeSignIn({ ...ann({ org_id: 'apex' }), expires_in: 300 });
    expect(left).toEqual([]);
  });
});

describe('users whose ids are integers that JSON rounds', () => {
  it('are not taken for one another (C-6)', async () => {
    const first = ',"user":{"id":1234567890123456789}';
    const { client, platform, server, waiting } = await found(() => tokenAnswer({}, first));
    const { call, refuse } = await waiting();
    server.next('/auth/login', () => tokenAnswer({}, ',"user":{"id":1234567890123456790}'));
    await client.signIn(credentials('another'));
    refuse();
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(server.calls()).toHaveLength(1);
  });

  it('go on from refresh to refresh, as users whom nobody names do (C-6)', async () => {
    const text = ',"user":{"id":1234567890123456789}';
    const { client, platform, left } = await found(() => tokenAnswer({}, text));
    const call = outcome(client.refresh());
    await platform.advance(1000);
    expect(await call).toMatchObject({ status: 'authenticated' });
    expect(left).toEqual([]);
  });
});

describe('a user who is named for the first time by a refresh', () => {
  const sessions = [{ sid: '1' }, {}];

  it.each(sessions)(
    'is the user who was there: calls that wait are sent, and nothing is told (C-7), %o',
    async (sid) => {
      const { client, platform, left, sessions, answersWith, waiting } = await found(() => tokenAnswer(sid));
      const { call, refuse } = await waiting();
      answersWith(() => tokenAnswer({ ...sid, user: { id: 'ann' } }));
      refuse();
      await platform.advance(1000);
      expect(await call).toBe(200);
      expect(left).toEqual([]);
      expect(sessions.map(({ status }) => status)).toEqual(['authenticated']);
      expect(client.getSession().claims).toEqual({ user: { id: 'ann' } });
    },
  );

  it('stays that user where a later answer leaves it out again, as during a roll-out (C-7)', async () => {
    const { client, platform, left, answersWith } = await found(() => tokenAnswer({}));
    for (const more of [ann(), {}, ann(), {}]) {
      answersWith(() => tokenAnswer(more));
      const refreshed = outcome(client.refresh());
      await platform.advance(1000);
      expect(await refreshed).toMatchObject({ status: 'authenticated' });
    }
    expect(left).toEqual([]);
    answersWith(() => tokenAnswer({ access_token: jwtOf({ sub: 'bob' }) }));
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    expect(await refreshed).toBe('UserChangedError');
  });

  it('has the calls made before sent, when they sign in again after a forced end (C-7)', async () => {
    const { client, platform, server, answersWith, waiting } = await found(() => tokenAnswer({}), {
      client: { relogin: holdCalls() },
    });
    const { call, refuse } = await waiting();
    answersWith(() => tokenAnswer({ user: { id: 'ann' } }));
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    await refreshed;
    answersWith(() => Response.json({ error: 'invalid_grant' }, { status: 401 }));
    const ended = outcome(client.refresh());
    await platform.advance(1000);
    await ended;
    refuse();
    await platform.advance(1000);
    expect(client.getSession()).toMatchObject({ status: 'relogin-required', heldCalls: 1 });
    server.next('/auth/login', () => tokenAnswer({ user: { id: 'ann' } }));
    await client.signIn(credentials('ann'));
    await platform.advance(1000);
    expect(await call).toBe(200);
  });

  it('is nobody’s equal where another session is named with it', async () => {
    const { platform, left, answersWith, waiting } = await found(() => tokenAnswer({ sid: '1' }));
    const { call, refuse } = await waiting();
    answersWith(() => tokenAnswer({ sid: '2', user: { id: 'ann' } }));
    refuse();
    await platform.advance(1000);
    expect(await call).toBe('UserChangedError');
    expect(left).toHaveLength(1);
  });
});

describe('claims', () => {
  it('of which only what changes with each token has changed show nothing (C-29)', async () => {
    let nth = 0;
    const entra = () => tokenAnswer(ann({ tid: 'acme', uti: `u${++nth}`, rh: `r${nth}`, aio: `a${nth}` }));
    const { client, platform, sessions } = await found(entra);
    const before = client.getSession();
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    expect(await refreshed).toBe(before);
    expect([sessions, client.getSession()]).toEqual([[], before]);
  });
});
