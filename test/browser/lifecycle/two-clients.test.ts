import { describe, expect } from 'vitest';
import type { AuthClient } from '../../../src/index.ts';
import { delay } from '../harness/faults.ts';
import type { Outcome } from '../harness/in-page.ts';
import { test, type World } from '../harness/world.ts';
import { expectSessionAlive, leastPeriodMs, strict } from './strict.ts';

declare global {
  interface Window {
    clients: AuthClient[];
  }
}

/** The status of a request that is still under way. */
const stillAsked = 0;
const tokenLifeMs = 2000;
const periodMs = leastPeriodMs(tokenLifeMs);

/** Two clients for one endpoint, started in one task. */
const startTwo = ({ page }: World, tabs: 'share' | 'off') =>
  page.evaluate((mode) => {
    window.clients = [1, 2].map(() => window.SilentRefresh.createAuthClient({ tabs: mode }));
    for (const client of window.clients) client.start();
    window.auth = window.clients[0] as AuthClient;
  }, tabs);

/** Lets both clients make one call after the other, three at a time, and says how the calls ended. */
const poll = ({ page }: World, forMs: number) =>
  page.evaluate(async (ms) => {
    const outcomes: Outcome[] = [];
    const until = performance.now() + ms;
    const drive = async (client: AuthClient) => {
      while (performance.now() < until) {
        outcomes.push(await window.outcomeOf(() => client.authFetch('/api/echo', { cache: 'no-store' })));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await Promise.all([...window.clients, ...window.clients, ...window.clients].map(drive));
    return outcomes;
  }, forMs);

describe.concurrent('two clients for one endpoint in a page', () => {
  test.for(['before', 'after'] as const)(
    'that share nothing else share a key where they refresh at once, and keep the session (the server is slow %s its commit)',
    async (when, { open }) => {
      const world = await open({ ...strict, tokenLifeMs });
      const { server } = world;
      await world.reload();
      const before = server.log.refreshes().length;
      server.faults.next('/auth/refresh', { [when]: delay(150) }, 100);
      await startTwo(world, 'off');
      const outcomes = await poll(world, 6000);
      expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
      const asked = server.log.refreshes().slice(before);
      expect(new Set(asked.slice(0, 2).map(({ key }) => key)).size).toBe(1);
      // A 409 tells the second of two that its answer has been given, and used: it asks anew, and is out of step then.
      expect(asked.map(({ status }) => status).filter((status) => ![stillAsked, 200, 409].includes(status))).toEqual(
        [],
      );
      const spanMs = (asked.at(-1)?.at ?? 0) - (asked[0]?.at ?? 0);
      expect(spanMs).toBeGreaterThan(2 * periodMs);
      const refreshed = asked.filter(({ status }) => status === 200);
      expect(refreshed.length).toBeLessThanOrEqual(2 * (Math.ceil(spanMs / periodMs) + 1));
      await expectSessionAlive(world);
    },
  );

  test('need one refresh for both, each time', async ({ open }) => {
    const world = await open({ ...strict, tokenLifeMs });
    await world.reload();
    const before = world.server.log.refreshes().length;
    await startTwo(world, 'share');
    const outcomes = await poll(world, 6000);
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    const asked = world.server.log.refreshes().slice(before);
    const spanMs = (asked.at(-1)?.at ?? 0) - (asked[0]?.at ?? 0);
    expect(spanMs).toBeGreaterThan(2 * periodMs);
    expect(asked.length).toBeLessThanOrEqual(Math.ceil(spanMs / periodMs) + 1);
    await expectSessionAlive(world);
  });
});
