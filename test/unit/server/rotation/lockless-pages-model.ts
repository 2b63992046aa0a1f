import {
  decideRefresh,
  type ReuseReason,
  type RotationPolicy,
} from '../../../../src/server/rotation/decide-refresh.ts';
import { decideUse } from '../../../../src/server/rotation/decide-use.ts';
import { startSession } from '../../../../src/server/rotation/session-record.ts';
import { staggeredLifetimeMs } from '../../../../src/server/rotation/staggered-lifetime.ts';
import { leadTimeMs } from '../../../../src/session/time.ts';
import { DAY, MINUTE } from '../fixture.ts';

/** Pages of several origins that share one cookie and no lock. */
export interface LocklessPages {
  readonly count: number;
  /** How long an answer takes at most, request and response together. */
  readonly slowestMs: number;
  /** Whether replays are answered with a shorter lifetime, as the authority does. */
  readonly isStaggered: boolean;
  /** How long their device is awake and then asleep, by turns. */
  readonly sleep?: { readonly awakeMs: number; readonly asleepMs: number };
}

interface Happening {
  readonly at: number;
  run(): void;
}

/** How a day ends. */
interface Outcome {
  /** What has ended the session; `undefined` if it goes on. */
  readonly endedBy: ReuseReason | undefined;
  /** The longest row of generations with a replay. */
  readonly longestRow: number;
}

const LIFETIME_MS = 5 * MINUTE;
const LEAD = { maxLeadMs: MINUTE, leadShare: 0.2, maxGuardMs: 0 };

/**
 * A day of pages that start at once. Each refreshes when the client would, with its jitter and a key of its own, or at once
 * when its device wakes later than that; and it uses what it is given.
 */
export function dayOfLocklessPages(policy: RotationPolicy, pages: LocklessPages, seed: number): Outcome {
  const { count, slowestMs, isStaggered, sleep } = pages;
  const random = mulberry32(seed);
  const queue: Happening[] = [];
  let now = 0;
  let jar = 1;
  let keys = 0;
  let longestRow = 0;
  let endedBy: ReuseReason | undefined;
  let session = startSession('s', 'ann', 0, { ...policy, absoluteTimeoutMs: 90 * DAY });

  function at(time: number, run: () => void): void {
    const later = queue.findIndex((happening) => happening.at > time);
    queue.splice(later === -1 ? queue.length : later, 0, { at: time, run });
  }

  function whenAwake(time: number): number {
    if (sleep === undefined) return time;
    const intoTurn = time % (sleep.awakeMs + sleep.asleepMs);
    return intoTurn < sleep.awakeMs ? time : time - intoTurn + sleep.awakeMs + sleep.asleepMs;
  }

  function refresh(): void {
    const sentAt = now;
    keys += 1;
    const presented = { generation: jar, keyHash: `k${keys}` };
    at(now + (random() * slowestMs) / 2, () => {
      const decision = decideRefresh(session, presented, now, policy);
      if ('session' in decision) session = decision.session;
      if (decision.action === 'reuse') endedBy = decision.reason;
      const isShortened = isStaggered && decision.action === 'replay';
      const lifetimeMs = isShortened ? staggeredLifetimeMs(LIFETIME_MS, random()) : LIFETIME_MS;
      if (decision.action === 'replay') longestRow = Math.max(longestRow, session.replaysInARow);
      const { generation } = session;
      at(now + (random() * slowestMs) / 2, () => {
        jar = generation;
        const use = decideUse(session, generation, now);
        if (use.action === 'accept') session = use.session;
        at(whenAwake(sentAt + lifetimeMs - leadTimeMs(lifetimeMs, random(), LEAD)), refresh);
      });
    });
  }

  for (let page = 0; page < count; page += 1) refresh();
  while (now < DAY && endedBy === undefined) {
    const next = queue.shift();
    if (next === undefined) break;
    now = next.at;
    next.run();
  }
  return { endedBy, longestRow };
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
