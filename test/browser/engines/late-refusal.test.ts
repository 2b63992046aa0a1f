import { expect } from 'vitest';
import { inEngines, test, type World } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';

/** Ann's refresh is under way, and the server is going to refuse it. */
const refuseSlowly = async ({ server, page }: World) => {
  const refusal = gate();
  server.faults.next('/auth/refresh', { before: refusal.pass });
  const before = server.log.refreshes().length;
  await page.evaluate(() => void window.auth.refresh().catch(() => {}));
  await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
  await server.authority.endUserSessions('id-ann');
  const refused = server.log.refreshes().at(-1);
  return async () => {
    refusal.open();
    await eventually(() => expect(refused?.status).toBe(401));
    // Time for the answer to arrive.
    await delay(500)();
  };
};

const expectSignedIn = async ({ call, refresh, reload, start, known }: Omit<World, 'server'>, name: string) => {
  const ok = { status: 200, body: { user: `id-${name}` } };
  expect(await known('authenticated')).toMatchObject({ claims: { user: { name } } });
  expect(await call('/api/echo')).toMatchObject(ok);
  expect(await refresh()).toMatchObject({ status: 200 });
  await reload();
  await start();
  expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name } } });
  expect(await call('/api/echo')).toMatchObject(ok);
};

inEngines('a late 401 of a refresh', (engine) => {
  test.for(['ann', 'bob'])(
    'does not end the sign-in of %s that happened in the page meanwhile',
    async (name, { open }) => {
      const world = await open(engine, { user: 'ann' });
      const refuse = await refuseSlowly(world);
      expect(await world.signIn(name)).toMatchObject({ status: 200 });
      await refuse();
      expect(await world.session()).toMatchObject({ status: 'authenticated' });
      await expectSignedIn(world, name);
    },
  );

  test('does not end a sign-in that happened in another tab meanwhile', async ({ open }) => {
    const world = await open(engine, { user: 'ann' });
    const refuse = await refuseSlowly(world);
    const other = await world.another();
    await other.start();
    await other.known();
    expect(await other.signIn('bob')).toMatchObject({ status: 200 });
    await refuse();
    expect(await other.session()).toMatchObject({ status: 'authenticated' });
    // This tab has heard of it by the record, and asks who it is.
    await expectSignedIn(world, 'bob');
    await expectSignedIn({ ...world, ...other }, 'bob');
  });

  test('to a page that is gone does not end a sign-in that happened in the next one', async ({ open }) => {
    const world = await open(engine, { user: 'ann' });
    const refuse = await refuseSlowly(world);
    await world.reload();
    await world.start();
    await world.known('unauthenticated');
    expect(await world.signIn('bob')).toMatchObject({ status: 200 });
    await refuse();
    await expectSignedIn(world, 'bob');
  });
});
