import { expect } from 'vitest';
import type { World } from '../harness/engines/world.ts';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';

export const leavings = ['a reload', 'a navigation', 'the removal of the frame that refreshes'] as const;
export type Leaving = (typeof leavings)[number];

export interface Times {
  /** How long the refresh takes at least. */
  readonly refreshMs: number;
  /** How far into it the page or frame that asked for it is left. */
  readonly leaveMs: number;
}

export interface Departure extends Times {
  readonly leaving: Leaving;
  readonly lost: 'before' | 'after';
}

/**
 * Has the server busy with a refresh, and leaves what asked for it. A client is at work in the page
 * afterwards. The late answer is given when its time has come and it is allowed, so that on a slow machine it is late, too.
 */
export const leaveInRefresh = async (world: World, { refreshMs, leaveMs, leaving, lost }: Departure) => {
  const { server } = world;
  const allowed = gate();
  server.faults.next('/auth/refresh', { [lost]: () => Promise.all([delay(refreshMs)(), allowed.pass()]) });
  const before = server.log.refreshes().length;
  const isFrame = leaving === 'the removal of the frame that refreshes';
  await (isFrame ? refreshInFrame(world) : refresh(world));
  await eventually(() => expect(server.log.refreshes()).toHaveLength(before + 1));
  const asked = server.log.refreshes().at(-1);
  await delay(leaveMs)();
  if (isFrame) await removeFrame(world);
  else {
    await (leaving === 'a reload' ? world.reload() : world.page.goto(`${server.origin}/next`));
    await world.start();
  }
  expect(asked?.status).toBe(0);
  return { allow: allowed.open, isAnswered: () => asked?.status !== 0 };
};

const refresh = ({ page }: World) => page.evaluate(() => void window.auth.refresh().catch(() => {}));

const refreshInFrame = ({ page }: World) =>
  page.evaluate(async () => {
    const frame = document.createElement('iframe');
    frame.src = '/frame';
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    // It begins with a refresh, since it knows nothing yet, and asks nobody else.
    frame.contentWindow?.begin({ tabs: 'off' });
  });

const removeFrame = ({ page }: World) => page.evaluate(() => document.querySelector('iframe')?.remove());
