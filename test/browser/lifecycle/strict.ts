import { expect } from 'vitest';
import type { WorldOf, WorldOptions } from '../harness/create-world.ts';
import type { DrivenPage } from '../harness/driven-page.ts';

/** Strict to the millisecond and to the letter: no token is good past its end, no refresh token past its use. */
export const strict: WorldOptions = { user: 'ann', graceMs: 0, clockToleranceMs: 0 };

/** The least time that a token serves: its life without the longest lead time. */
export const leastPeriodMs = (tokenLifeMs: number): number => tokenLifeMs * (1 - 0.2 * 1.1);

export const ok = { status: 200, body: { user: 'id-ann' } };

/** The session is still refreshed, and nothing ever looked like a theft. */
export const expectSessionAlive = async <P extends DrivenPage>({ server, refresh, call }: WorldOf<P>) => {
  expect(await refresh()).toMatchObject({ status: 200 });
  expect(await call('/api/echo')).toMatchObject(ok);
  expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
};
