import { decideRefresh, type RotationPolicy } from '../../../../src/server/rotation/decide-refresh.ts';
import { decideUse } from '../../../../src/server/rotation/decide-use.ts';
import { type SessionRecord, startSession } from '../../../../src/server/rotation/session-record.ts';
import { DAY, MINUTE } from '../fixture.ts';

/** A session that a browser and a thief who has copied its refresh token share. */
export interface Theft {
  now: number;
  session: SessionRecord;
  /** The generations that the browser was given. */
  readonly owned: number[];
  /** The generations that the thief holds. */
  readonly stolen: Set<number>;
  /** The browser refreshes, with a key of its own each time, and uses what it is given if `uses`. */
  refresh(uses: boolean): void;
  /** The thief presents one of his tokens, with or without a key of his own. */
  present(generation: number, keyHash?: string): void;
  /** The thief uses an access token of his. */
  use(generation: number): void;
}

/** Begins when the thief has copied the first token. */
export function createTheft(policy: RotationPolicy): Theft {
  let keys = 0;

  function serve(generation: number, keyHash: string | undefined): number | undefined {
    const decision = decideRefresh(theft.session, { generation, keyHash }, theft.now, policy);
    if ('session' in decision) theft.session = decision.session;
    const isAnswered = 'session' in decision && decision.action !== 'reuse';
    return isAnswered ? theft.session.generation : undefined;
  }

  function callApi(generation: number): void {
    const decision = decideUse(theft.session, generation, theft.now);
    if ('session' in decision) theft.session = decision.session;
  }

  const theft: Theft = {
    now: 0,
    session: startSession('s', 'ann', 0, { ...policy, absoluteTimeoutMs: 90 * DAY }),
    owned: [1],
    stolen: new Set([1]),
    refresh(uses) {
      keys += 1;
      const answered = serve(theft.owned.at(-1) ?? 1, `owner ${keys}`);
      if (answered === undefined) return;
      theft.owned.push(answered);
      if (uses) callApi(answered);
    },
    present(generation, keyHash) {
      const answered = serve(generation, keyHash);
      if (answered !== undefined) theft.stolen.add(answered);
    },
    use: callApi,
  };
  return theft;
}

/** How many of the generations that the browser was given the thief has come to hold beside the one that he copied. */
export function followed({ owned, stolen }: Theft): number {
  return owned.slice(1).filter((generation) => stolen.has(generation)).length;
}

/** The newest generation that both hold. */
export function newestShared({ owned, stolen }: Theft): number {
  return owned.findLast((generation) => stolen.has(generation)) ?? 1;
}

const REFRESH_MS = 4 * MINUTE;

/**
 * An hour of a browser that refreshes every four minutes, and of a thief who polls with the newest generation that both
 * hold: the one that gives the successor away within the grace, and costs nothing as long as nobody uses it.
 */
export function runHour(policy: RotationPolicy, pollMs: number, keyed: boolean): Theft {
  const theft = createTheft(policy);
  let nextPollAt = pollMs;
  for (let refreshAt = REFRESH_MS; refreshAt <= 60 * MINUTE; refreshAt += REFRESH_MS) {
    for (; nextPollAt < refreshAt; nextPollAt += pollMs) {
      theft.now = nextPollAt;
      theft.present(newestShared(theft), keyed ? `thief ${Math.floor(theft.now / MINUTE)}` : undefined);
    }
    theft.now = refreshAt;
    theft.refresh(true);
  }
  for (; nextPollAt < 60 * MINUTE + REFRESH_MS; nextPollAt += pollMs) {
    theft.now = nextPollAt;
    theft.present(newestShared(theft), keyed ? 'last' : undefined);
  }
  return theft;
}
