import { describe, expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { delay } from '../harness/faults.ts';
import type { Outcome } from '../harness/in-page.ts';
import { signInByRedirect } from '../harness/sign-in-by-redirect.ts';
import type { Tab } from '../harness/tab.ts';
import { test, type World } from '../harness/world.ts';
import { say } from './several.ts';

const strict = { user: 'ann', graceMs: 0 } as const;

/** Makes call after call, a few at a time, to an address that names who the page shows, or that nobody is shown. */
const callAsShown = ({ page }: Tab) =>
  page.evaluate(() => {
    const call = async () => {
      const { claims } = window.auth.getSession();
      const name = (claims?.user as { readonly name?: string } | undefined)?.name ?? 'nobody';
      await window.outcomeOf(() => window.auth.authFetch(`/api/as-${name}`, { cache: 'no-store' }));
      setTimeout(call, 5);
    };
    for (let begun = 0; begun < 3; begun++) void call();
  });

const bothOf = async (world: World, client: object = {}) => {
  const other = await world.another();
  await other.start(client);
  await other.known('authenticated');
  return other;
};

describe.concurrent('another user who signs in in one tab', () => {
  test.for(['share', 'turns', 'off'] as const)(
    'is shown in the other, and no call of the one goes out in the name of the other (README-8) (tabs: %s)',
    async (tabs, { open }) => {
      const world = await open({ ...strict, client: { tabs } });
      const { server } = world;
      const other = await bothOf(world, { tabs });
      await callAsShown(other);
      await eventually(() => expect(server.log.of('/api/as-ann').length).toBeGreaterThan(5));
      const before = server.log.refreshes().length;
      expect(await world.signIn('bob')).toMatchObject({ status: 200 });
      await eventually(async () =>
        expect(await other.session()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'bob' } } }),
      );
      await eventually(() => expect(server.log.of('/api/as-bob').length).toBeGreaterThan(5));
      say(`change of user, ${tabs}`, { refreshes: server.log.refreshes().length - before });
      expect(new Set(server.log.of('/api/as-ann').map(({ user }) => user))).toEqual(new Set(['id-ann']));
      expect(new Set(server.log.of('/api/as-bob').map(({ user }) => user))).toEqual(new Set(['id-bob']));
      expect((await other.told()).filter((line) => /^left|^shown/.test(line)).slice(-3)).toEqual([
        'left ann',
        'shown unauthenticated user-changed',
        'shown authenticated bob',
      ]);
      // A call that is refused as the session before ends asks for one as well.
      expect(server.log.refreshes().length - before).toBeLessThanOrEqual(tabs === 'share' ? 1 : 2);
      expect(await other.call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
    },
  );
});

/** Ann's session is revoked, and a call of hers waits in the second tab. */
const holdACall = async (world: World) => {
  const other = await bothOf(world, { relogin: 'hold' });
  await world.server.authority.endUserSessions('id-ann');
  const outcome: Promise<Outcome> = other.call('/api/held', { method: 'POST', body: 'from ann' });
  await other.known('relogin-required');
  await eventually(async () => expect(await other.session()).toMatchObject({ heldCalls: 1 }));
  const sent = world.server.log.of('/api/held').length;
  const shown = (await other.told()).length;
  return {
    other,
    outcome,
    sentSince: () => world.server.log.of('/api/held').slice(sent),
    shownSince: async () => (await other.told()).slice(shown).filter((line) => line.startsWith('shown')),
  };
};

describe.concurrent('a call that one tab holds for its user', () => {
  test('is sent once when that user signs in in another, and until then nothing else is shown', async ({ open }) => {
    const world = await open(strict);
    const { other, outcome, sentSince, shownSince } = await holdACall(world);
    await delay(300)();
    expect(await shownSince()).toEqual([]);
    expect(await other.session()).toMatchObject({ status: 'relogin-required', claims: { user: { name: 'ann' } } });
    expect(await world.signIn('ann')).toMatchObject({ status: 200 });
    expect(await outcome).toMatchObject({ status: 200, body: { user: 'id-ann', method: 'POST', size: 8 } });
    expect(await shownSince()).toEqual(['shown authenticated ann']);
    await delay(300)();
    expect(sentSince()).toHaveLength(1);
  });

  test('is sent once when that user signs in in another that shares no token, too', async ({ open }) => {
    const world = await open({ ...strict, client: { tabs: 'turns' } });
    const { outcome, sentSince, shownSince } = await holdACall(world);
    expect(await world.signIn('ann')).toMatchObject({ status: 200 });
    expect(await outcome).toMatchObject({ status: 200, body: { user: 'id-ann' } });
    expect(await shownSince()).toEqual(['shown authenticated ann']);
    expect(sentSince()).toHaveLength(1);
  });

  test.for(['share', 'turns'] as const)(
    'is not sent when somebody else signs in in another (tabs: %s)',
    async (tabs, { open }) => {
      const world = await open({ ...strict, client: { tabs } });
      const { other, outcome, sentSince } = await holdACall(world);
      expect(await world.signIn('bob')).toMatchObject({ status: 200 });
      expect(await outcome).toMatchObject({ error: 'UserChangedError', code: 'user_changed' });
      expect(await other.known('authenticated')).toMatchObject({ claims: { user: { name: 'bob' } } });
      await delay(300)();
      expect(sentSince()).toEqual([]);
    },
  );

  test('is rejected when the user signs out in another', async ({ open }) => {
    const world = await open(strict);
    const { other, outcome, sentSince } = await holdACall(world);
    await world.signOut();
    expect(await outcome).toMatchObject({ error: 'UnauthenticatedError' });
    expect(await other.session()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    expect(sentSince()).toEqual([]);
  });
});

describe('a user who signs in by a redirect of the server while another is signed in', () => {
  test('is shown by the page that the redirect leads to, and by the others', async ({ open }) => {
    const world = await open(strict);
    await signInByRedirect(world.server);
    const landed = await world.another('/callback');
    await landed.start();
    expect(await landed.known('authenticated')).toMatchObject({ claims: { user: { name: 'bob' } } });
    await eventually(async () => expect(await world.session()).toMatchObject({ claims: { user: { name: 'bob' } } }));
  });
});
