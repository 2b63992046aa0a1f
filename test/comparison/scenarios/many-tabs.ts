import type { Page } from 'playwright';
import type { Reuse } from '../server/families.ts';
import type { Subject } from '../subjects.ts';
import { type Bench, burst, dueAt, isSignedIn, ROUNDING_MS, signIn, sleep, sleepUntil, withWorld } from './world.ts';

export interface Storm {
  readonly refreshes: number;
  readonly calls: number;
  readonly failed: number;
  /** The statuses and the names of the errors of calls that failed. */
  readonly reasons: readonly string[];
  /** How many of the sessions were lost, of how many: by a server that takes a repeated refresh for theft, or in the page. */
  readonly lost: number;
  readonly sessions: number;
}

interface StormOptions {
  readonly tabs: number;
  readonly calls: number;
  readonly reuse: Reuse;
  /** What becomes of the access token: it is due to be replaced, or the API refuses it before its time. */
  readonly token: 'due' | 'refused';
}

/** So many tabs make so many calls each, at the moment when the access token has to be replaced. */
export async function manyTabs(bench: Bench, subject: Subject, options: StormOptions, patience = 1): Promise<Storm> {
  const { tabs, calls, reuse, token } = options;
  const dueInMs = token === 'due' ? patience * (6_000 + 1_500 * tabs) : 3_600_000;
  const storm = await withWorld(bench, subject, { reuse, dueInMs }, async (world) => {
    const { page, server, context } = world;
    const others: Page[] = [];
    // One after the other: tabs that all refresh as they open are another matter.
    while (others.length < tabs - 1) {
      const other = await context.newPage();
      others.push(other);
      await other.goto(`${server.origin}/`);
      await signIn(other);
    }
    const pages = [page, ...others];
    const before = server.refreshes.length;
    if (token === 'refused') server.families.refuseAccessTokensSoFar();
    else if (dueAt(world) < Date.now() + 500) return undefined;
    else await sleepUntil(dueAt(world) + ROUNDING_MS);
    const outcomes = (await Promise.all(pages.map((each) => burst(each, calls)))).flat();
    await sleep(4_000);
    const refreshes = server.refreshes.length - before;
    const failed = outcomes.filter((outcome) => outcome !== 200).map(String);
    const families = server.families.all;
    const revoked = families.filter(({ revoked }) => revoked).length;
    const signedOut = (await Promise.all(pages.map(isSignedIn))).filter((is) => !is).length;
    return {
      refreshes,
      calls: tabs * calls,
      failed: failed.length,
      reasons: [...new Set(failed)],
      lost: Math.max(revoked, Math.min(signedOut, families.length)),
      sessions: families.length,
    };
  });
  // The tabs were not all there in time, as on a busy machine.
  return storm ?? manyTabs(bench, subject, options, patience * 2);
}
