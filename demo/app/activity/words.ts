import type { AuthEvent } from 'silent-refresh';
import { endReasons, problemText } from '../session/reasons.ts';

/** An event as a sentence of the log, for those that are worth one. */
export const textOf = (event: AuthEvent): string | undefined => {
  switch (event.type) {
    case 'signed-in':
      return `Signed in${lasting(event.lifetimeMs)}.`;
    case 'refreshed':
      return `Token refreshed${lasting(event.lifetimeMs)}.`;
    case 'received-from-tab':
      return `Token received from another tab${lasting(event.lifetimeMs)}.`;
    case 'refresh-failed':
      return `Refresh failed: ${problemText(event.problem)}.`;
    case 'session-ended':
      return event.reason === 'anonymous' ? undefined : `${endReasons[event.reason]}${answered(event)}`;
    case 'call-replayed':
      return 'A call was refused and sent again with a new token.';
    case 'call-held':
      return 'A call is held until you have signed in again.';
    case 'held-call-ended':
      return heldCallEnds[event.outcome];
    case 'sign-out-finished':
      return event.confirmed
        ? 'The server has confirmed the sign-out.'
        : 'The server has not confirmed the sign-out yet: it will be asked again.';
    case 'sign-out-given-up':
      return `The server refuses the sign-out (${event.status}). It is not asked again.`;
    case 'refresh-started':
      return undefined;
  }
};

const notSent = 'A held call was not sent: ';

const heldCallEnds: Record<Extract<AuthEvent, { type: 'held-call-ended' }>['outcome'], string> = {
  sent: 'A held call was sent.',
  aborted: `${notSent}it was cancelled.`,
  'timed-out': `${notSent}it has waited too long.`,
  'no-room': `${notSent}too many were waiting.`,
  'user-changed': `${notSent}somebody else has signed in.`,
  'signed-out': `${notSent}you have signed out.`,
  'signed-out-elsewhere': `${notSent}you have signed out in another tab.`,
  anonymous: `${notSent}nobody is signed in.`,
  expired: `${notSent}the session has expired.`,
  'unavailable-in-frame': `${notSent}signing in is not possible inside a frame.`,
};

/** The server's answer that ended a session, where one did. */
const answered = ({ status, error }: { readonly status?: number; readonly error?: string | undefined }): string =>
  status === undefined ? '' : ` (The server answered ${[status, error].filter(Boolean).join(' ')}.)`;

const lasting = (lifetimeMs: number | undefined): string =>
  lifetimeMs === undefined ? '' : `, good for ${lifetimeMs / 1000} s`;
