import { describe, expect, it } from 'vitest';
import { createActivity } from '../../../demo/app/activity/activity.ts';
import { outcomeOfError } from '../../../demo/app/report/outcome.ts';
import { type AuthEvent, UnauthenticatedError, UserChangedError } from '../../../src/index.ts';

/** What the demo makes of some events. */
function pictureOf(...events: readonly AuthEvent[]) {
  let tell = (_event: AuthEvent): void => undefined;
  const activity = createActivity({
    onEvent(listener) {
      tell = listener;
      return () => undefined;
    },
  });
  for (const event of events) tell(event);
  const { marks, entries, ...rest } = activity.picture();
  return { kinds: marks.map(({ kind, count }) => [kind, count]), texts: entries.map(({ text }) => text), ...rest };
}

describe('the activity of the demo', () => {
  it.each([
    [
      'session-ended',
      { reason: 'revoked', status: 401, error: 'invalid_grant' },
      'ended on the server. (The server answered 401 invalid_grant.)',
    ],
    ['session-ended', { reason: 'expired', status: 204 }, 'has expired. (The server answered 204.)'],
    ['signed-out-elsewhere', { reason: 'signed-out-elsewhere' }, 'You have signed out in another tab.'],
    ['user-changed', { reason: 'user-changed' }, 'Somebody else has signed in.'],
  ] as const)('tells why a session has ended, and by which answer: %s, %j', (kind, end, text) => {
    const { kinds, texts } = pictureOf({ type: 'session-ended', ...end });
    expect(kinds).toEqual([[kind, 1]]);
    expect(texts).toEqual([expect.stringContaining(text)]);
  });

  it('says nothing of a visitor who was never signed in', () => {
    expect(pictureOf({ type: 'session-ended', reason: 'anonymous', status: 204 })).toEqual({ kinds: [], texts: [] });
  });

  it('tells the ends of held calls apart', () => {
    const outcomes = ['sent', 'aborted', 'timed-out', 'no-room', 'user-changed', 'signed-out'] as const;
    const { kinds, texts } = pictureOf(...outcomes.map((outcome) => ({ type: 'held-call-ended', outcome }) as const));
    expect(new Set(texts).size).toBe(outcomes.length);
    expect(kinds).toEqual([['held-sent', 1], ...outcomes.slice(1).map(() => ['held-given-up', 1])]);
  });

  it('counts what happens at nearly the same time as one', () => {
    const { kinds, texts } = pictureOf(...Array.from({ length: 5 }, () => ({ type: 'call-held' }) as const));
    expect([kinds, texts]).toEqual([[['call-held', 5]], [expect.stringContaining('held until')]]);
  });

  it('goes on showing a refresh under way while calls are held and sent', () => {
    const meanwhile = [{ type: 'call-held' }, { type: 'held-call-ended', outcome: 'sent' }] as const;
    expect(pictureOf({ type: 'refresh-started' }, ...meanwhile).refreshStartedAt).toEqual(expect.any(Number));
    expect(pictureOf({ type: 'refresh-started' }, { type: 'refreshed', lifetimeMs: 5000 }).refreshStartedAt).toBe(
      undefined,
    );
  });

  it('tells a token that came from another tab from one that was refreshed', () => {
    const { kinds, texts, token, refreshStartedAt } = pictureOf(
      { type: 'refresh-started' },
      { type: 'received-from-tab', lifetimeMs: 5000 },
    );
    expect([kinds, texts]).toEqual([[['received', 1]], ['Token received from another tab, good for 5 s.']]);
    expect(token).toEqual({ obtainedAt: expect.any(Number), lifetimeMs: 5000, isFromOtherTab: true });
    expect(refreshStartedAt).toBe(undefined);
  });

  it('marks a sign-out that the server has not confirmed', () => {
    const { kinds, texts } = pictureOf(
      { type: 'sign-out-finished', confirmed: false },
      { type: 'sign-out-finished', confirmed: true },
    );
    expect(kinds).toEqual([['sign-out-unconfirmed', 1]]);
    expect(texts).toEqual([expect.stringContaining('has confirmed'), expect.stringContaining('not confirmed')]);
  });
});

describe('what the demo tells of a report that was held', () => {
  it.each([
    [new UserChangedError(), 'somebody else has signed in. Its text is gone.'],
    [new UnauthenticatedError('signed-out'), 'because of the sign-out. Its text is gone.'],
    [new UnauthenticatedError('signed-out-elsewhere'), 'because of the sign-out. Its text is gone.'],
    [new UnauthenticatedError('revoked', 'timed-out'), 'waited too long for you to sign in. Your text is still here.'],
    [new UnauthenticatedError('revoked', 'no-room'), 'too many calls are waiting for you to sign in.'],
  ])('says why it was not sent: %s', (error, text) => {
    expect(outcomeOfError(error)).toEqual({ kind: 'unsent', text: expect.stringContaining(text) });
  });

  it('does not claim to know whether it has arrived when no answer came', () => {
    expect(outcomeOfError(undefined)).toEqual({
      kind: 'unknown',
      text: expect.stringContaining('not known whether'),
    });
  });
});
