import { expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';
import type { Seen } from '../harness/log.ts';
import type { TestServer } from '../harness/server.ts';
import { expectSessionAlive } from './strict.ts';
import type { OwnWorld } from './test.ts';

/** Counts from now on. */
export const countFrom = (server: TestServer) => {
  const refreshes = server.log.refreshes().length;
  const calls = server.log.api().length;
  return {
    refreshes: () => server.log.refreshes().slice(refreshes),
    calls: () => server.log.api().slice(calls),
  };
};

/**
 * Lets every token of the page come to its end, for the server too, which rounds up to whole seconds; counts from then on.
 * Tokens to come live long, so that each refresh has one reason.
 */
export const untilExpired = async ({ server }: OwnWorld) => {
  await delay(3100)();
  server.tokenLifeMs = 60_000;
  return countFrom(server);
};

export const expectOneRefreshAndNo401 = (counted: ReturnType<typeof countFrom>) => {
  expect(counted.refreshes().map(({ status }) => status)).toEqual([200]);
  expect(counted.calls().map(({ status, expired }) => [status, expired])).toEqual([[200, false]]);
};

/**
 * Waits until a refresh is committed that came by itself, and keeps its answer back: to give it, or to lose it. What is lost
 * is lost twice, since Chromium itself sends a request once more whose connection was cut.
 */
export const inMidRefresh = async ({ server }: OwnWorld, drop: boolean) => {
  const answer = gate();
  let isCommitted = false;
  server.faults.next('/auth/refresh', {
    drop,
    before: async () => {
      server.tokenLifeMs = 60_000;
    },
    after: () => {
      isCommitted = true;
      return answer.pass();
    },
  });
  if (drop) server.faults.next('/auth/refresh', { drop });
  await eventually(() => expect(isCommitted).toBe(true));
  const earlier = server.log.refreshes().length - 1;
  return { release: answer.open, refreshes: () => server.log.refreshes().slice(earlier) };
};

export const expectRepeatedAndKept = async (world: OwnWorld, refreshes: readonly Seen[]) => {
  expect(refreshes.length).toBeGreaterThan(2);
  expect(new Set(refreshes.map(({ key }) => key)).size).toBe(1);
  await expectSessionAlive(world);
};

/** Freezes the page for as long as `meanwhile` takes, and makes sure that it was frozen. */
export const freezeWhile = async <Result>(
  { page, told }: OwnWorld,
  meanwhile: () => Promise<Result>,
): Promise<Result> => {
  await page.evaluate(() => {
    for (const type of ['freeze', 'resume']) document.addEventListener(type, () => window.told.push(type));
  });
  await page.hide();
  await page.freeze();
  const result = await meanwhile();
  await page.thaw();
  await eventually(async () => {
    const lines = await told();
    expect(lines.slice(lines.indexOf('freeze')).slice(0, 2)).toEqual(['freeze', 'resume']);
  });
  return result;
};
