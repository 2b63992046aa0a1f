import { describe, expect, it } from 'vitest';
import type { Demand } from '../../../src/session/demand.ts';
import { at, MINUTE, refreshed, rejected, SECOND, signedIn, signedOutElsewhere } from './events.ts';
import { createLockedOut, createRefreshing, createSignedIn, createSignedOut, type Play, policy } from './play.ts';

describe('a call that is to be held', () => {
  const holds = { holds: true };
  /** Locked out since 251 s. */
  const lockedAt = 251 * SECOND;
  const isHeld = (play: Play, demand: Demand, ms: number, wallBy = 0) =>
    play.judge(demand, at(ms, wallBy)).is === 'held';

  it.each([
    { name: 'holds', facts: holds, is: 'held' },
    { name: 'holds, after a 401', facts: { holds: true, newerThan: 1 }, is: 'held' },
    { name: 'holds, and wants a token that lives long', facts: { holds: true, minValidityMs: MINUTE }, is: 'held' },
    { name: 'does not', facts: { holds: false }, is: 'ended' },
    { name: 'says nothing', facts: {}, is: 'ended' },
    { name: 'wants a refresh', facts: { fresh: true }, is: 'wait' },
  ])('of a user who is locked out, that $name: $is', ({ facts, is }) => {
    const play = createLockedOut();
    expect(play.judge(play.demandAt(260 * SECOND, facts), 260 * SECOND).is).toBe(is);
  });

  it('is held from the moment its user is locked out, whatever it waited before', () => {
    const play = createRefreshing();
    const demand = play.demandAt(245 * SECOND, { holds: true, newerThan: 1 });
    play.send(rejected(2), lockedAt);
    expect(play.judge(demand, lockedAt)).toEqual({ is: 'held', inMs: policy.holdTimeoutMs });
  });

  it('is held from its own beginning where it is made by somebody locked out', () => {
    const play = createLockedOut();
    const demand = play.demandAt(300 * SECOND, holds);
    expect(play.judge(demand, 310 * SECOND)).toEqual({
      is: 'held',
      inMs: policy.holdTimeoutMs - 10 * SECOND,
    });
  });

  it.each([
    { name: 'a moment before its time', ms: policy.holdTimeoutMs - 1, wallBy: 0, held: true },
    { name: 'at its time', ms: policy.holdTimeoutMs, wallBy: 0, held: false },
    { name: 'at its time, the wall clock set back', ms: policy.holdTimeoutMs, wallBy: -60 * MINUTE, held: false },
    { name: 'after a sleep, a moment before its time', ms: 1, wallBy: policy.holdTimeoutMs - 2, held: true },
    { name: 'after a sleep, at its time', ms: 1, wallBy: policy.holdTimeoutMs - 1, held: false },
  ])('$name is held: $held', ({ ms, wallBy, held }) => {
    const play = createLockedOut();
    const demand = play.demandAt(300 * SECOND, holds);
    expect(isHeld(play, demand, 300 * SECOND + ms, wallBy)).toBe(held);
  });

  it('waits for a token, as long as any call, once its user is let in', () => {
    const play = createLockedOut();
    const demand = play.demandAt(260 * SECOND, holds);
    const letIn = 500 * SECOND;
    play.send(signedIn({ lifetimeMs: 1, askedMs: letIn - SECOND }), letIn);
    expect(play.judge(demand, letIn)).toEqual({ is: 'wait', inMs: policy.refreshTimeoutMs });
    expect(play.judge(demand, letIn + policy.refreshTimeoutMs).is).toBe('unavailable');
  });

  it.each([
    { before: 'ann', after: 'ann', is: 'token' },
    { before: 'ann', after: 'bob', is: 'other-user' },
    { before: 'ann', after: undefined, is: 'other-user' },
    { before: undefined, after: 'ann', is: 'other-user' },
    { before: undefined, after: undefined, is: 'other-user' },
  ])('of $before, when $after signs in: $is', ({ before, after, is }) => {
    const play = createSignedIn({ id: before });
    play.send('tick', 250 * SECOND);
    play.send(rejected(2), lockedAt);
    const demand = play.demandAt(260 * SECOND, holds);
    expect(play.judge(demand, 260 * SECOND).is).toBe('held');
    play.send(signedIn({ id: after, askedMs: 270 * SECOND }), 271 * SECOND);
    expect(play.judge(demand, 271 * SECOND).is).toBe(is);
  });

  it('of somebody unknown gets the token of the same session, where a refresh finds it alive', () => {
    const play = createSignedIn({ id: undefined });
    play.send('tick', 250 * SECOND);
    play.send(rejected(2), lockedAt);
    const demand = play.demandAt(260 * SECOND, holds);
    play.send({ type: 'demand', isTokenDemanded: true, heldCalls: 1 }, 260 * SECOND);
    play.send(refreshed(3, { id: undefined, askedMs: 260 * SECOND }), 261 * SECOND);
    expect(play.judge(demand, 261 * SECOND).is).toBe('token');
  });

  it.each([{ type: 'signed-out' }, signedOutElsewhere] as const)('is told of the end by %j', (event) => {
    const play = createLockedOut();
    const demand = play.demandAt(260 * SECOND, holds);
    play.send(event, 270 * SECOND);
    expect(play.judge(demand, 270 * SECOND).is).toBe('ended');
  });

  it('is not held where nobody is signed in', () => {
    const play = createSignedOut();
    expect(play.judge(play.demandAt(SECOND, holds), SECOND).is).toBe('ended');
  });

  it('of somebody else than who is locked out is not held', () => {
    const play = createLockedOut();
    expect(
      play.judge(play.demandAt(260 * SECOND, { ...holds, identityVersion: -1, user: { id: 'bob' } }), 260 * SECOND).is,
    ).toBe('ended');
  });
});
