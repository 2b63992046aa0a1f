import { decideRefresh, type RotationPolicy } from '../../../../src/server/rotation/decide-refresh.ts';
import type { Presented } from '../../../../src/server/rotation/keyed-refreshes.ts';
import { type SessionRecord, startSession } from '../../../../src/server/rotation/session-record.ts';
import { DAY, MINUTE, SECOND } from '../fixture.ts';

export const POLICY: RotationPolicy & { absoluteTimeoutMs: number } = {
  idleTimeoutMs: 14 * DAY,
  absoluteTimeoutMs: 90 * DAY,
  graceMs: 10 * SECOND,
  retryWindowMs: MINUTE,
  recoveryMs: DAY,
  shortSession: { idleTimeoutMs: 2 * 60 * MINUTE },
  maxReplaysInARow: 5,
};
export const STRICT: RotationPolicy = { ...POLICY, graceMs: 0, retryWindowMs: 0, recoveryMs: 0 };

export const fresh: SessionRecord = startSession('s', 'ann', 0, POLICY);

/** The session after a refresh that was answered with tokens. */
export function rotated(session: SessionRecord, presented: Presented, now: number): SessionRecord {
  const decision = decideRefresh(session, presented, now, POLICY);
  if (!('session' in decision)) throw new Error(decision.action);
  return decision.session;
}

export const second: SessionRecord = rotated(fresh, { generation: 1, keyHash: 'k1' }, 0);
export const confirmed: SessionRecord = { ...second, confirmed: true };
