import { sourceOf } from './accept-tokens.ts';
import { hasEarlierUserLeft, isNewToRecord } from './earlier-page.ts';
import type { AuthEvent, Effect, SessionEvent } from './events.ts';
import { isSameClaims } from './same-claims.ts';
import { isBetweenUsers, sessionOf } from './snapshot.ts';
import type { State } from './state.ts';

/**
 * What the store has to do after a transition, in order: it follows from what the event has changed. The end of a session is
 * recorded before any listener runs; a new session after listeners have heard who has left, because apps clear storage then.
 */
export function* effectsOf<Claims>(
  before: State<Claims>,
  after: State<Claims>,
  event: SessionEvent<Claims>,
): Generator<Effect<Claims>> {
  const { session, refresh, user } = after;
  const hasEnded = session.status === 'unauthenticated' && session !== before.session;
  const tokens = 'tokenSet' in event && { ...event, source: sourceOf(before, event) };
  const accepted = after.tokenNumber > before.tokenNumber && tokens;
  const hasLeft = accepted
    ? hasEarlierUserLeft(before, accepted.source, accepted.tokenSet.user)
    : hasEnded && hadUser(before, event);

  if (event.type === 'signed-out' && event.isElsewhere !== true)
    yield { type: 'record', session: 'new', isSignedIn: false };
  // The same session: another tab may have somebody's work in it, and will hear of the end from the server.
  if (event.type === 'refresh-rejected' && hasEnded) yield { type: 'record', session: 'same', isSignedIn: false };

  if (hasLeft) yield { type: 'user-left', claims: hasEnded ? before.user?.claims : undefined };

  if (accepted && accepted.source.by !== 'received-from-tab') {
    const isNew = isNewToRecord(before, accepted.source, accepted.tokenSet.user);
    yield { type: 'record', session: isNew ? 'new' : 'same', isSignedIn: true };
  }

  if (refresh.lost > before.refresh.lost) yield { type: 'presumed-lost' };

  const shown = sessionOf(after);
  if (!isSameClaims(sessionOf(before), shown)) yield { type: 'show', session: Object.freeze(shown) };

  const isNewcomer = accepted && before.session.status === 'unauthenticated';
  const isLast = hasEnded && isBetweenUsers(before.session);
  if ((hasLeft || isNewcomer || isLast) && !isBetweenUsers(session))
    yield { type: 'user-changed', claims: user?.claims };

  for (const told of eventsOf(before, after, event)) yield { type: 'tell', event: told };

  if (refresh.attempt > before.refresh.attempt)
    yield { type: 'refresh', attempt: refresh.attempt, identityVersion: refresh.identityVersion };

  if (hasEnded && tokens) {
    const { source, tokenSet, jitter } = tokens;
    const { identityVersion } = after;
    yield { type: 'continue', event: { type: 'user-switched', identityVersion, source, tokenSet, jitter } };
  }
}

/** Whether somebody was signed in, as far as this page or the record knew. */
const hadUser = ({ user, earlier }: State<unknown>, event: SessionEvent<unknown>): boolean =>
  user !== undefined || earlier?.user !== undefined || (event.type === 'started' && event.earlierUser !== undefined);

/** What listeners of `onEvent` are told. */
function* eventsOf<Claims>(
  before: State<Claims>,
  after: State<Claims>,
  event: SessionEvent<Claims>,
): Generator<AuthEvent> {
  const { session, failure } = after;
  if (event.type === 'refresh-sent') yield { type: 'refresh-started' };
  if ('tokenSet' in event && after.tokenNumber > before.tokenNumber)
    yield { type: sourceOf(before, event).by, lifetimeMs: event.tokenSet.lifetimeMs };
  const hasEnded = session !== before.session && before.session.status !== 'unauthenticated';
  if (hasEnded && 'reason' in session) {
    const { reason } = session;
    yield event.type === 'refresh-rejected'
      ? { type: 'session-ended', reason, status: event.status, error: event.error }
      : { type: 'session-ended', reason };
  }
  if (failure !== undefined && failure.problem !== before.failure?.problem)
    yield { type: 'refresh-failed', problem: failure.problem };
}
