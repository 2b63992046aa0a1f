import { describe, expect, it } from 'vitest';
import { status } from './fake-server.ts';
import { jwtOf, tokenAnswer } from './token-answers.ts';
import {
  credentials,
  outcome,
  reloaded,
  signedInWorld,
  signedOutWorld,
  type World,
  type WorldOptions,
} from './world.ts';

/** What a page shows, and who leaves, in order. */
const noted = ({ client }: World): string[] => {
  const order: string[] = [];
  client.subscribe((session) => {
    const user = session.claims?.user as { id?: string } | undefined;
    order.push(`shows ${user?.id ?? session.claims?.sub ?? ('reason' in session ? session.reason : session.status)}`);
  });
  client.onUserLeft((claims) => void order.push(`left ${claims?.sub}`));
  client.onUserChanged((claims) => void order.push(`changed to ${claims?.sub}`));
  return order;
};

/** Ann was signed in on a page that is closed now; `happens` meanwhile, and a page is opened. */
const nextPage = async (happens: (world: World) => void, options: WorldOptions = {}) => {
  const world = await signedInWorld('ann', options);
  happens(world);
  const next = reloaded(world, options);
  const order = noted(next);
  return { ...next, order };
};

const opened = async (happens: (world: World) => void, options: WorldOptions = {}) => {
  const page = await nextPage(happens, options);
  page.client.start();
  await page.platform.advance(1000);
  return page;
};

describe('the user of the page before', () => {
  it('has left where the server says that nobody is signed in, before that is shown (C-10)', async () => {
    const { order } = await opened(({ server }) => server.end('expired'));
    expect(order).toEqual(['left undefined', 'shows expired', 'changed to undefined']);
  });

  it('has left where the server says that somebody else is signed in, before they are shown (C-10)', async () => {
    const { order } = await opened(({ server }) => void server.enter('bob'));
    expect(order).toEqual(['left undefined', 'shows bob', 'changed to bob']);
  });

  it('has left where the same session has another user: the hash tells (C-10)', async () => {
    const session = (sub: string) => () => tokenAnswer({ access_token: jwtOf({ sub }), sid: 's' });
    const { order } = await opened(({ server }) => server.always('/auth/refresh', session('bob')), {
      server: { namesSession: true },
    });
    expect(order).toEqual(['left undefined', 'shows bob', 'changed to bob']);
  });

  it('has left where it is the same person, in another organisation (C-10)', async () => {
    const { order } = await opened(({ server }) =>
      server.always('/auth/refresh', () => tokenAnswer({ access_token: jwtOf({ sub: 'ann', org_id: 'apex' }) })),
    );
    expect(order).toEqual(['left undefined', 'shows ann', 'changed to ann']);
  });

  it('has left where another session is found, and no user is named (C-10)', async () => {
    const options = { server: { form: 'opaque' }, client: { userId: () => undefined } } as const;
    const { order } = await opened(({ server }) => void server.enter('bob'), options);
    expect(order[0]).toBe('left undefined');
  });

  it('has left where somebody else signs in before the first answer (C-10)', async () => {
    const page = await nextPage(({ server }) => server.next('/auth/refresh', server.late(30_000)));
    page.client.start();
    const signedIn = page.client.signIn(credentials('bob'));
    await page.platform.advance(4000);
    await signedIn;
    expect(page.order).toEqual(['left undefined', 'shows bob', 'changed to bob']);
  });

  it('has left where they sign out before the first answer (C-10)', async () => {
    const page = await nextPage(({ server }) => server.next('/auth/refresh', server.late(30_000)));
    page.client.start();
    await page.platform.advance(100);
    void page.client.signOut();
    await page.platform.advance(100);
    expect(page.order).toEqual(['left undefined', 'shows signed-out', 'changed to undefined']);
  });

  it('is still there where the server says so: nobody is told anything (C-10)', async () => {
    const { order } = await opened(() => {});
    expect(order).toEqual(['shows ann']);
  });

  it('is still there where the same user has signed in anew meanwhile (C-10)', async () => {
    const { order } = await opened(({ server }) => void server.enter('ann'));
    expect(order).toEqual(['shows ann']);
  });

  it('is still there as far as anybody knows, where neither user nor session is named (C-10)', async () => {
    const options = { server: { form: 'opaque', namesSession: false }, client: { userId: () => undefined } } as const;
    const { order } = await opened(() => {}, options);
    expect(order).toEqual(['shows ann']);
  });

  it('is still there while the server cannot say (C-10)', async () => {
    const { order } = await opened(({ server }) => server.always('/auth/refresh', status(503)));
    expect(order.filter((entry) => !entry.startsWith('shows'))).toEqual([]);
  });

  it('has left once: the page after that is not told again (C-10)', async () => {
    const page = await opened(({ server }) => server.end('expired'));
    const after = reloaded(page);
    const order = noted(after);
    after.client.start();
    await after.platform.advance(1000);
    expect(order).toEqual(['shows anonymous']);
  });

  it('is nobody where they have signed out (C-10)', async () => {
    const world = await signedInWorld();
    await world.client.signOut();
    const after = reloaded(world);
    const order = noted(after);
    after.client.start();
    await after.platform.advance(1000);
    expect(order).toEqual(['shows anonymous']);
  });
});

describe('`onUserChanged`', () => {
  it('tells of the new user once they are shown', async () => {
    const world = await signedInWorld('ann');
    const order = noted(world);
    world.server.enter('bob');
    const refreshed = outcome(world.client.refresh());
    await world.platform.advance(1000);
    await refreshed;
    expect(order).toEqual(['left ann', 'shows user-changed', 'shows bob', 'changed to bob']);
  });

  it('tells of a sign-in where nobody was, and of a sign-out', async () => {
    const world = await signedOutWorld();
    const order = noted(world);
    await world.client.signIn(credentials('ann'));
    await world.client.signOut();
    expect(order).toEqual(['shows ann', 'changed to ann', 'left ann', 'shows signed-out', 'changed to undefined']);
  });

  it('tells nothing of the first user whom a page finds, nor of the same one who signs in again', async () => {
    const world = await signedInWorld('ann');
    const order = noted(world);
    world.server.end('expired');
    await outcome(world.client.refresh());
    await world.client.signIn(credentials('ann'));
    expect(order).toEqual(['shows ann', 'shows ann']);
  });

  it('tells that nobody is there where a listener signs out while the user changes', async () => {
    const world = await signedInWorld('ann');
    const order = noted(world);
    world.client.subscribe((session) => {
      if ('reason' in session && session.reason === 'user-changed') void world.client.signOut();
    });
    world.server.enter('bob');
    const refreshed = outcome(world.client.refresh());
    await world.platform.advance(1000);
    await refreshed;
    expect(order).toEqual(['left ann', 'shows user-changed', 'shows signed-out', 'changed to undefined']);
  });
});

describe('`ready()`', () => {
  it('asked by a listener of `onUserLeft` answers with the new user, not with the passing `user-changed` (C-65)', async () => {
    const { client, platform, server } = await signedInWorld('ann');
    const answers: Promise<unknown>[] = [];
    client.onUserLeft(() => void answers.push(outcome(client.ready())));
    client.subscribe(() => void answers.push(outcome(client.ready())));
    server.enter('bob');
    const refreshed = outcome(client.refresh());
    await platform.advance(1000);
    await refreshed;
    const bob = client.getSession();
    expect(bob.claims?.sub).toBe('bob');
    expect(await Promise.all(answers)).toEqual([bob, bob, bob]);
  });
});
