import { decideRefresh, type RotationPolicy } from '../../../../src/server/rotation/decide-refresh.ts';
import { type SessionRecord, startSession } from '../../../../src/server/rotation/session-record.ts';
import { DAY, MINUTE, SECOND } from '../fixture.ts';

const PERIOD_MS = 4 * MINUTE;
const JITTER_MS = 6 * SECOND;

interface Happening {
  readonly at: number;
  run(): void;
}

/**
 * A day of two pages of different origins that share one cookie and no lock. Both start at once, refresh every four
 * minutes with the client's jitter and a key of their own, and each answer takes up to `slowestMs`. Gives how the session
 * ends.
 */
export function dayOfTwoOrigins(policy: RotationPolicy, slowestMs: number, seed: number): SessionRecord['state'] {
  const random = mulberry32(seed);
  const queue: Happening[] = [];
  let now = 0;
  let jar = 1;
  let keys = 0;
  let session = startSession('s', 'ann', 0, { ...policy, absoluteTimeoutMs: 90 * DAY });

  function after(ms: number, run: () => void): void {
    queue.push({ at: now + ms, run });
    queue.sort((one, other) => one.at - other.at);
  }

  function refresh(): void {
    keys += 1;
    const presented = { generation: jar, keyHash: `k${keys}` };
    after((random() * slowestMs) / 2, () => {
      const decision = decideRefresh(session, presented, now, policy);
      if ('session' in decision) session = decision.session;
      const { generation } = session;
      after((random() * slowestMs) / 2, () => {
        jar = generation;
        after(PERIOD_MS + (2 * random() - 1) * JITTER_MS, refresh);
      });
    });
  }

  refresh();
  refresh();
  while (now < DAY && session.state === 'active') {
    const next = queue.shift();
    if (next === undefined) break;
    now = next.at;
    next.run();
  }
  return session.state;
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
