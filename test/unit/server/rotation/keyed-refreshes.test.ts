import { describe, expect, it } from 'vitest';
import { decideRefresh } from '../../../../src/server/rotation/decide-refresh.ts';
import { MINUTE, SECOND } from '../fixture.ts';
import { confirmed, fresh, POLICY, rotated, second } from './rotation-fixture.ts';

describe('an keyedRefresh that comes again', () => {
  it('RT-6 calls a late copy of an keyedRefresh a duplicate however many generations it is behind', () => {
    let session = confirmed;
    for (const n of [2, 3, 4]) {
      session = { ...rotated(session, { generation: n, keyHash: `k${n}` }, n * SECOND), confirmed: true };
    }
    for (const [generation, keyHash] of [
      [1, 'k1'],
      [2, 'k1'],
      [2, 'k2'],
      [3, 'k3'],
    ] as const) {
      expect(decideRefresh(session, { generation, keyHash }, MINUTE - 1, POLICY)).toEqual({ action: 'duplicate' });
    }
  });

  it.each([
    ['the key of another keyedRefresh', { generation: 1, keyHash: 'k3' }, 5 * SECOND],
    ['an unknown key', { generation: 1, keyHash: 'k9' }, 5 * SECOND],
    ['no key', { generation: 1 }, 5 * SECOND],
    ['the key after the retry window', { generation: 1, keyHash: 'k1' }, MINUTE],
  ])('RT-6 takes the grandparent for reuse with %s', (_what, presented, now) => {
    let session = rotated(second, { generation: 2 }, 2 * SECOND);
    session = rotated(session, { generation: 3, keyHash: 'k3' }, 3 * SECOND);
    expect(decideRefresh(session, presented, now, POLICY).action).toBe('reuse');
  });

  it('never takes one request without a key for a copy of another', () => {
    const keyless = rotated(rotated(fresh, { generation: 1 }, 0), { generation: 2 }, 1);
    expect(decideRefresh(keyless, { generation: 1 }, 2, POLICY).action).toBe('reuse');
    expect(keyless.keyedRefreshes).toEqual([]);
  });

  it('calls a late copy of an keyedRefresh that the grace answered a duplicate', () => {
    const graced = rotated(second, { generation: 1, keyHash: 'tab' }, SECOND);
    const used = { ...graced, confirmed: true };
    expect(decideRefresh(used, { generation: 1, keyHash: 'tab' }, 20 * SECOND, POLICY).action).toBe('duplicate');
    const third = rotated(used, { generation: 2, keyHash: 'k2' }, 2 * SECOND);
    expect(decideRefresh(third, { generation: 1, keyHash: 'tab' }, 3 * SECOND, POLICY).action).toBe('duplicate');
  });

  it('gives no undelivered generation up for a late copy from before it', () => {
    const third = rotated(confirmed, { generation: 2, keyHash: 'k2' }, SECOND);
    expect(decideRefresh(third, { generation: 2, keyHash: 'k1' }, 20 * SECOND, POLICY).action).toBe('duplicate');
  });

  it('remembers few keyedRefreshes, the latest, and none beyond the retry window', () => {
    let session = fresh;
    for (let n = 1; n <= 100; n += 1) session = rotated(session, { generation: n, keyHash: `k${n}` }, n * SECOND);
    expect(session.keyedRefreshes).toHaveLength(16);
    expect(session.keyedRefreshes.at(-1)).toEqual({ keyHash: 'k100', presented: 100, answered: 101, at: 100 * SECOND });
    expect(rotated(session, { generation: 101, keyHash: 'late' }, 3 * MINUTE).keyedRefreshes).toHaveLength(1);
  });

  it('remembers no more than four keys for one generation', () => {
    let session = second;
    for (let n = 1; n <= 20; n += 1) session = rotated(session, { generation: 1, keyHash: `tab${n}` }, 1);
    expect(session.keyedRefreshes).toHaveLength(4);
    expect(rotated(session, { generation: 1, keyHash: 'tab1' }, 2)).toBe(session);
  });
});
