import type { Session } from './session.ts';
import type { SessionPhase, State } from './state.ts';

/** What the app is shown of a state. */
export function sessionOf<Claims>({ session, user, failure, heldCalls }: State<Claims>): Session<Claims> {
  if (session.status === 'unauthenticated') return session;
  const claims = user?.claims as Claims;
  if (session.status === 'relogin-required') return { ...session, claims, heldCalls };
  const problem = failure && { problem: failure.problem };
  return session.status === 'loading'
    ? { status: 'loading', ...problem }
    : { status: 'authenticated', claims, ...problem };
}

/** Whether the session is between two users: it has ended for one, and the other is shown next. */
export function isBetweenUsers(session: SessionPhase): boolean {
  return session.status === 'unauthenticated' && session.reason === 'user-changed';
}

/** Whether the server has said who is signed in, or that nobody is. */
export function isSettled(session: SessionPhase): boolean {
  return session.status !== 'loading' && !isBetweenUsers(session);
}
