import { describe, expect, it } from 'vitest';
import { refreshed, rejected, SECOND } from './events.ts';
import { createRefreshing, policy } from './play.ts';

describe('a late result (BUG 3: a success older than the definitive no)', () => {
  it('of a refresh older than the one that was refused does not bring the session back', () => {
    const play = createRefreshing();
    play.send('tick', 250 * SECOND + policy.presumedLostMs);
    play.send(rejected(3, 'reused'), 311 * SECOND);
    play.send(refreshed(2, { value: 'late' }), 312 * SECOND);
    expect(play.session().status).toBe('relogin-required');
    expect(play.state().token).toBeUndefined();
  });
});
