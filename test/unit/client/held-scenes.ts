import { expect } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { atExpiry, forget, outcome, type World } from './world.ts';

/** A client that holds the calls that ask for it. */
export const holding = { relogin: holdCalls({ byDefault: false }) };

/** What has a call held. */
export const hold = { auth: { relogin: 'hold' as const } };
export const post = (body: BodyInit) => ({ method: 'POST', body, ...hold });

/** Ann is here, locked out. */
export const lockedOut = async (client: object = {}): Promise<World> => {
  const world = await atExpiry({ client: { ...holding, ...client } });
  world.server.end('revoked');
  await outcome(world.client.authFetch('/api/first', { auth: { relogin: 'reject' } }));
  await world.platform.advance(1000);
  expect(world.client.getSession().status).toBe('relogin-required');
  forget(world);
  return world;
};

/** How many are held, as shown. */
export const heldCalls = ({ client }: World) => {
  const session = client.getSession();
  return 'heldCalls' in session ? session.heldCalls : undefined;
};

/** The bodies of the calls that were sent. */
export const bodies = async ({ server }: World): Promise<string[]> =>
  Promise.all(server.calls().map(({ request }) => request.clone().text()));
