import { expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { answering } from '../harness/faults.ts';
import { test } from '../harness/world.ts';
import { expectSessionAlive } from '../lifecycle/strict.ts';
import { say, tabsOf } from './several.ts';

/*
 * The second tab repeats the exchange of the first one, with its key, and succeeds. The key stays in the record all the same,
 * so that the next refresh bears it, too: the server answers it as a repetition, without a rotation, and with the same `seq`,
 * and no sibling takes what it brings.
 */
test('a refresh after one that failed in one tab and was repeated by another is handed over as any other', async ({
  open,
}) => {
  const world = await open({ tls: true, graceMs: 0, client: false });
  const { server } = world;
  const [first, second, third] = await tabsOf(world, 3, { hidden: true });
  if (second === undefined || third === undefined) throw new Error('There are not three tabs.');
  const before = server.log.refreshes().length;
  const adopted = async () => (await third.told()).filter((line) => line === 'event received-from-tab').length;
  const adoptedBefore = await adopted();
  server.api.refuseTokensSoFar();
  server.faults.next('/auth/refresh', answering(503));
  const call = first.call('/api/echo');
  await eventually(() => expect(server.log.refreshes()[before]?.status).toBe(503));
  expect(await second.refresh()).toMatchObject({ status: 200 });
  expect(await call).toMatchObject({ status: 200 });
  await eventually(async () => expect(await adopted()).toBe(adoptedBefore + 1));

  expect(await second.refresh()).toMatchObject({ status: 200 });
  const keys = server.log.refreshes().map(({ key }) => key?.slice(0, 4));
  say('keys and events', { keys: keys.slice(before), events: server.events.map(({ type }) => type) });
  await eventually(async () => expect(await adopted()).toBe(adoptedBefore + 2), { timeout: 3000 });
  await expectSessionAlive(world);
});
