import { sourceOf } from './accept-tokens.ts';
import { hasEarlierUserLeft, isNewToRecord } from './earlier-page.ts';
import type { AuthEvent, Effect, SessionEvent } from './events.ts';
import { isSameClaims } from './same-claims.ts';
import { isBetweenUsers, sessionOf } from './snapshot.ts';
import type { State } from './state.ts';

/**
 * What the store has to do after a transition, in order: it follows from what the event has changed. The end
 * of a session is recorded before any listener runs; a new session after listeners have heard who has left,
 * because apps clear storage then.
 */
export function* effectsOf<Claims>(
  before: State<Claims>,
  after: State<Claims>,
  event: SessionEvent<Claims>,
): Generator<Effect<Claims>> {
  const { session, refresh, user } = after;
  const { type } = event;
  const hasEnded = session.status === 'unauthenticated' && session !== before.session;
  const tokens = 'tokenSet' in event ? { ...event, source: sourceOf(before, event) } : undefined;
  const accepted = after.tokenNumber > before.tokenNumber ? tokens : undefined;
  const hasLeft = accepted
    ? hasEarlierUserLeft(before, accepted.source, accepted.tokenSet.user)
    : hasEnded && hadUser(before, event);

  if (type === 'signed-out' && !event.isElsewhere) yield { type: 'record', session: 'new', isSignedIn: false };
  // The same session: another tab may have somebody's work in it, and will hear of the end from the server.
  if (type === 'refresh-rejected' && hasEnded && before.isRecorded)
    yield { type: 'record', session: 'same', isSignedIn: false };

  if (hasLeft) yield { type: 'user-left', claims: hasEnded ? before.user?.claims : undefined };

  if (accepted && accepted.source.by !== 'received-from-tab') {
    const isNew = isNewToRecord(before, accepted.source, accepted.tokenSet.user);
    yield { type: 'record', session: isNew ? 'new' : 'same', isSignedIn: true };
  }

  if (refresh.lost > before.refresh.lost) yield { type: 'presumed-lost' };

  const shown = sessionOf(after);
  if (!isSameClaims(sessionOf(before), shown)) yield { type: 'show', session: Object.freeze(shown) };

  const isFirst = accepted && before.session.status === 'unauthenticated';
  const isLast = hasEnded && isBetweenUsers(before.session);
  if ((hasLeft || isFirst || isLast) && !isBetweenUsers(session)) yield { type: 'user-changed', claims: user?.claims };

  if (type === 'refresh-sent') yield tell({ type: 'refresh-started' });
  if (accepted) yield tell({ type: accepted.source.by, lifetimeMs: accepted.tokenSet.lifetimeMs });
  if ('reason' in session && session !== before.session && before.session.status !== 'unauthenticated') {
    const response = type === 'refresh-rejected' && { status: event.status, error: event.error };
    // To a page that never showed the user, the session is `expired`, whatever the server said: that is for logs.
    const reason = type === 'refresh-rejected' && session.reason === 'expired' ? event.reason : session.reason;
    yield tell({ type: 'session-ended', reason, ...response });
  }
  const problem = after.failure?.problem;
  if (problem && problem !== before.failure?.problem) yield tell({ type: 'refresh-failed', problem });

  if (refresh.attempt > before.refresh.attempt)
    yield { type: 'refresh', attempt: refresh.attempt, identityVersion: refresh.identityVersion };

  // The next user, once everybody has heard that this one has left.
  if (tokens && hasEnded) {
    const { identityVersion } = after;
    yield { type: 'continue', event: { ...tokens, type: 'user-switched', identityVersion } };
  }
}

function tell(event: AuthEvent): Effect<never> {
  return { type: 'tell', event };
}

/** Whether somebody was signed in, as far as this page or the record knew. */
function hadUser({ user, earlier }: State<unknown>, event: SessionEvent<unknown>): boolean {
  return (user ?? earlier?.user ?? (event.type === 'started' ? event.earlier?.user : undefined)) !== undefined;
}
