import { describe, expect, it } from 'vitest';
import { heldOutcomeOf, outcomeOf, tooLate } from '../../../../src/requests/waiting/call-outcome.ts';
import type { Caller } from '../../../../src/requests/waiting/caller.ts';
import type { Outcome } from '../../../../src/session/demand.ts';
import type { SessionPhase, State } from '../../../../src/session/state.ts';

const token = { value: 'secret' } as Extract<Outcome, { is: 'token' }>['token'];
const signedOut: SessionPhase = { status: 'unauthenticated', reason: 'signed-out' };
const relogin: SessionPhase = { status: 'relogin-required', reason: 'revoked' };
const stateOf = (session: SessionPhase, failure?: Partial<State<unknown>['failure']>) =>
  ({ session, failure }) as State<unknown>;
const callerOf = (mayGoWithoutToken = false, fresh = false): Caller => ({
  demand: {
    identityVersion: 1,
    user: undefined,
    askedAt: { wallAt: 0, monotonicAt: 0 },
    attempt: 0,
    holds: false,
    fresh,
  },
  mayGoWithoutToken,
});

describe('a call whose wait is over', () => {
  it('is sent with the token that was found', () => {
    expect(outcomeOf({ is: 'token', token }, callerOf(), stateOf(relogin), true)).toBe(token);
  });

  it.each<{ what: string; found: Outcome; session: SessionPhase }>([
    { what: 'a newer token is not to be had now', found: { is: 'cooling-down', inMs: 1 }, session: relogin },
    { what: 'it may, and nobody is signed in', found: { is: 'ended' }, session: signedOut },
  ])('is sent without one if $what', ({ found, session }) => {
    expect(outcomeOf(found, callerOf(true), stateOf(session), true)).toBeUndefined();
  });

  it.each<{ what: string; found: Outcome; session: SessionPhase; caller?: Caller; name: string; fields?: object }>([
    {
      what: 'the session has ended',
      found: { is: 'ended' },
      session: signedOut,
      name: 'UnauthenticatedError',
      fields: { reason: 'signed-out', held: undefined },
    },
    {
      what: 'a user has to sign in again, though it may go without a token',
      found: { is: 'ended' },
      session: relogin,
      caller: callerOf(true),
      name: 'UnauthenticatedError',
      fields: { reason: 'revoked' },
    },
    {
      what: 'the session has ended while it asked for a refresh',
      found: { is: 'ended' },
      session: signedOut,
      caller: callerOf(false, true),
      name: 'RefreshRejectedError',
    },
    {
      what: 'another user is about to be shown',
      found: { is: 'ended' },
      session: { status: 'unauthenticated', reason: 'user-changed' },
      name: 'UserChangedError',
    },
    {
      what: 'it was held for a session that is loading',
      found: { is: 'ended' },
      session: { status: 'loading' },
      name: 'UnauthenticatedError',
      fields: { reason: 'anonymous' },
    },
    { what: 'another user has signed in', found: { is: 'other-user' }, session: relogin, name: 'UserChangedError' },
    {
      what: 'there was no token in time',
      found: { is: 'unavailable' },
      session: { status: 'authenticated' },
      name: 'RefreshUnavailableError',
    },
    {
      what: 'it has waited long enough',
      found: { is: 'wait', inMs: 1 },
      session: { status: 'authenticated' },
      name: 'RefreshUnavailableError',
    },
  ])('is rejected with $name if $what', ({ found, session, caller = callerOf(), name, fields = {} }) => {
    expect(() => outcomeOf(found, caller, stateOf(session), true)).toThrow(
      expect.objectContaining({ name, ...fields }),
    );
  });

  it.each([
    { held: 'no-room', told: 'no-room' },
    { held: 'timed-out', told: 'timed-out' },
    { held: 'aborted', told: undefined },
    { held: 'revoked', told: undefined },
  ] as const)('and was held ($held) says so in its error: $told', ({ held, told }) => {
    expect(() => outcomeOf({ is: 'ended' }, callerOf(), stateOf(relogin), true, held as 'no-room')).toThrow(
      expect.objectContaining({ name: 'UnauthenticatedError', held: told }),
    );
  });
});

describe('a call that was held', () => {
  it.each<{ forced?: 'aborted' | 'no-room'; found: Outcome; session: SessionPhase; outcome: string }>([
    { forced: 'aborted', found: { is: 'token', token }, session: relogin, outcome: 'aborted' },
    { forced: 'no-room', found: { is: 'ended' }, session: relogin, outcome: 'no-room' },
    { found: { is: 'token', token }, session: { status: 'authenticated' }, outcome: 'sent' },
    { found: { is: 'other-user' }, session: { status: 'authenticated' }, outcome: 'user-changed' },
    { found: { is: 'other-user' }, session: signedOut, outcome: 'user-changed' },
    { found: { is: 'ended' }, session: signedOut, outcome: 'signed-out' },
    { found: { is: 'ended' }, session: relogin, outcome: 'timed-out' },
  ])('ends as $outcome', ({ forced, found, session, outcome }) => {
    expect(heldOutcomeOf(forced, found, session)).toBe(outcome);
  });
});

describe('the error of who has waited too long', () => {
  it('is misuse if the client was not started', () => {
    expect(tooLate(stateOf({ status: 'loading' }), false)).toBeInstanceOf(TypeError);
  });

  it.each([
    { kind: 'redirected', says: true },
    { kind: 'network', says: false },
  ] as const)(
    'says when it is worth trying again, and that the endpoint redirects: $says ($kind)',
    ({ kind, says }) => {
      const error = tooLate(stateOf({ status: 'authenticated' }, { problem: { kind, retryAt: 7 } as never }), true);
      expect(error).toMatchObject({ name: 'RefreshUnavailableError', retryAt: 7 });
      expect(error.message.includes('redirect')).toBe(says);
    },
  );

  it('says nothing of redirects before a refresh has failed', () => {
    expect(tooLate(stateOf({ status: 'loading' }), true).message).not.toContain('redirect');
  });
});
