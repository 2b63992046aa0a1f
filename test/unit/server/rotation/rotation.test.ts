import { describe, expect, it } from 'vitest';
import { decideRefresh, isDead } from '../../../../src/server/rotation/decide-refresh.ts';
import type { Presented } from '../../../../src/server/rotation/keyed-refreshes.ts';
import { endRecord, type SessionRecord } from '../../../../src/server/rotation/session-record.ts';
import { DAY, MINUTE, SECOND } from '../fixture.ts';
import { confirmed, fresh, POLICY, rotated, STRICT, second } from './rotation-fixture.ts';

describe('decideRefresh', () => {
  const table: [rule: string, session: SessionRecord, presented: Presented, now: number, action: string][] = [
    ['RT-1 rotates the current generation', fresh, { generation: 1 }, 5 * MINUTE, 'rotate'],
    ['RT-1 rotates the current generation for another key', second, { generation: 2, keyHash: 'k2' }, 1, 'rotate'],
    [
      'repeats the current generation for the key that created it',
      second,
      { generation: 2, keyHash: 'k1' },
      1,
      'repeat',
    ],
    ['rotates for that key after the retry window', second, { generation: 2, keyHash: 'k1' }, MINUTE, 'rotate'],
    ['repeats for the parent with that key', second, { generation: 1, keyHash: 'k1' }, MINUTE - 1, 'repeat'],
    [
      'RT-20 calls the same key a duplicate once confirmed',
      confirmed,
      { generation: 1, keyHash: 'k1' },
      1,
      'duplicate',
    ],
    ['RT-7 replays for the parent inside the grace', second, { generation: 1 }, 9_999, 'replay'],
    ['RT-7 replays inside the grace although confirmed', confirmed, { generation: 1, keyHash: 'k2' }, 9_999, 'replay'],
    ['RT-8 recovers from the parent after the grace', second, { generation: 1 }, 10_000, 'recover'],
    ['RT-8 recovers until the bound', second, { generation: 1 }, DAY - 1, 'recover'],
    ['RT-8 recovers no longer than the bound', second, { generation: 1 }, DAY, 'reuse'],
    ['RT-9 refuses the parent once the successor was used', confirmed, { generation: 1 }, 10_000, 'reuse'],
    ['forgets the key after the retry window', confirmed, { generation: 1, keyHash: 'k1' }, MINUTE, 'reuse'],
    ['catches up with a generation that the store has lost', second, { generation: 9 }, 1, 'catch-up'],
    ['never catches up once the session has ended', endRecord(second, 'revoked'), { generation: 9 }, 1, 'reject'],
    ['RT-3 rejects when idle for too long', fresh, { generation: 1 }, 14 * DAY, 'reject'],
  ];
  it.each(table)('%s', (_rule, session, presented, now, action) => {
    expect(decideRefresh(session, presented, now, POLICY).action).toBe(action);
  });

  it('RT-6 gives no grace to the grandparent', () => {
    const third = rotated(second, { generation: 2 }, 1);
    expect(decideRefresh(third, { generation: 1 }, 2, POLICY).action).toBe('reuse');
  });

  it.each([
    ['the parent', second, { generation: 1 }],
    ['the parent with its key', second, { generation: 1, keyHash: 'k1' }],
    ['the grandparent with its key', rotated(second, { generation: 2 }, 0), { generation: 1, keyHash: 'k1' }],
  ])('takes %s for reuse in strict mode although the clock was set back', (_what, session, presented) => {
    expect(decideRefresh(session, presented, -DAY, STRICT).action).toBe('reuse');
  });

  it('makes nothing younger than new when the clock is set back', () => {
    const policy = { ...POLICY, graceMs: 1, retryWindowMs: 1, recoveryMs: 1 };
    expect(decideRefresh(second, { generation: 1 }, -DAY, policy).action).toBe('replay');
    expect(decideRefresh(second, { generation: 1 }, 1, policy).action).toBe('reuse');
  });

  it('RT-3 rejects at a time that is not a number', () => {
    expect(decideRefresh(second, { generation: 2 }, Number.NaN, POLICY)).toEqual({
      action: 'reject',
      reason: 'expired',
    });
  });

  it('has no tolerance in strict mode, not even within the same millisecond', () => {
    expect(decideRefresh(second, { generation: 1, keyHash: 'k1' }, 0, STRICT).action).toBe('reuse');
  });

  it('gives no grace when it is off, but still answers the retry of a lost response', () => {
    const policy = { ...POLICY, graceMs: 0 };
    expect(decideRefresh(second, { generation: 1, keyHash: 'k1' }, 0, policy).action).toBe('repeat');
  });

  it('RT-7 writes down the first replay in a generation, and answers more of them without a write', () => {
    const replayed = rotated(second, { generation: 1 }, 1);
    expect(replayed).toEqual({ ...second, replaysInARow: 1, replayedGeneration: 2 });
    expect(rotated(replayed, { generation: 1 }, 2)).toBe(replayed);
  });

  it('takes the repeat of the current generation as its confirmation', () => {
    expect(rotated(second, { generation: 2, keyHash: 'k1' }, 1).confirmed).toBe(true);
  });

  it('RT-8 never uses a generation number twice', () => {
    expect(rotated(second, { generation: 1 }, MINUTE)).toMatchObject({ generation: 3, parent: 1, confirmed: false });
  });

  it('RT-8 takes the undelivered generation for reuse afterwards', () => {
    const recovered = rotated(second, { generation: 1 }, MINUTE);
    expect(decideRefresh(recovered, { generation: 2 }, MINUTE + 1, POLICY).action).toBe('reuse');
  });

  it('RT-8 counts the bound from the first time the parent was spent', () => {
    const recovered = rotated(second, { generation: 1 }, DAY - 1);
    expect(decideRefresh(recovered, { generation: 1 }, DAY + 10 * SECOND, POLICY).action).toBe('reuse');
  });

  it('keeps one range for any number of undelivered generations in a row', () => {
    let session = second;
    for (let n = 1; n <= 40; n += 1) session = rotated(session, { generation: 1 }, n * MINUTE);
    expect(session.dead).toEqual([[2, 41]]);
  });

  it('remembers a bounded number of ranges, the latest ones', () => {
    let session = fresh;
    for (let n = 1; n <= 100; n += 1) {
      const lost = rotated(session, { generation: session.generation }, 2 * n * MINUTE);
      session = rotated(lost, { generation: session.generation }, (2 * n + 1) * MINUTE);
    }
    expect(session.dead).toHaveLength(32);
    expect(isDead(session, session.generation - 1)).toBe(true);
  });

  it('RT-8 takes everything before the oldest remembered range for dead', () => {
    let session = fresh;
    let undelivered = 0;
    for (let n = 1; n <= 33; n += 1) {
      const lost = rotated(session, { generation: session.generation }, 2 * n * MINUTE);
      undelivered ||= lost.generation;
      session = rotated(lost, { generation: session.generation }, (2 * n + 1) * MINUTE);
      session = rotated(session, { generation: session.generation }, (2 * n + 1) * MINUTE);
    }
    expect(isDead(session, undelivered)).toBe(true);
    expect(isDead(session, 1)).toBe(true);
    expect(isDead(session, session.generation)).toBe(false);
    expect(session.dead).toHaveLength(32);
  });

  it('RT-3 moves the idle end with each rotation', () => {
    expect(rotated(fresh, { generation: 1 }, DAY).expiresAt).toBe(15 * DAY);
  });

  it('RT-3 never moves the absolute end', () => {
    let session = fresh;
    for (let day = 10; day < 90; day += 10) session = rotated(session, { generation: session.generation }, day * DAY);
    expect(session.expiresAt).toBe(90 * DAY);
    expect(decideRefresh(session, { generation: session.generation }, 90 * DAY, POLICY)).toEqual({
      action: 'reject',
      reason: 'expired',
    });
  });

  it.each(['revoked', 'reused'] as const)('rejects every token of a session that is %s', (state) => {
    const ended = { ...second, state };
    for (const generation of [1, 2, 3]) {
      expect(decideRefresh(ended, { generation, keyHash: 'k1' }, 1, POLICY)).toEqual({
        action: 'reject',
        reason: state,
      });
    }
  });
});
