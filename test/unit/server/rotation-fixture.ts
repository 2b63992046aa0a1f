import type { Presented } from '../../../src/server/exchanges.ts';
import { type FamilyRecord, startFamily } from '../../../src/server/family.ts';
import { decideRefresh, type RotationPolicy } from '../../../src/server/rotation.ts';
import { DAY, MINUTE, SECOND } from './fixture.ts';

export const POLICY: RotationPolicy & { absoluteTimeoutMs: number } = {
  idleTimeoutMs: 14 * DAY,
  absoluteTimeoutMs: 90 * DAY,
  graceMs: 10 * SECOND,
  retryWindowMs: MINUTE,
  recoveryMs: DAY,
};
export const STRICT: RotationPolicy = { ...POLICY, graceMs: 0, retryWindowMs: 0, recoveryMs: 0 };

export const fresh: FamilyRecord = startFamily('s', 'ann', 0, POLICY);

/** The family after a refresh that was answered with tokens. */
export function rotated(family: FamilyRecord, presented: Presented, now: number): FamilyRecord {
  const decision = decideRefresh(family, presented, now, POLICY);
  if (!('family' in decision)) throw new Error(decision.action);
  return decision.family;
}

export const second: FamilyRecord = rotated(fresh, { generation: 1, keyHash: 'k1' }, 0);
export const confirmed: FamilyRecord = { ...second, confirmed: true };
