import type { AuthEvent, EndReason } from 'silent-refresh';

export type MarkKind =
  | 'call-ok'
  | 'call-replayed'
  | 'call-failed'
  | 'call-held'
  | 'held-sent'
  | 'held-given-up'
  | 'refresh-ok'
  | 'refresh-failed'
  | 'received'
  | 'signed-in'
  | 'session-ended'
  | 'signed-out-elsewhere'
  | 'user-changed'
  | 'sign-out-unconfirmed';

/** What a mark says, in a legend. */
export const meanings: Record<MarkKind, string> = {
  'call-ok': 'call answered',
  'call-replayed': 'call replayed',
  'call-failed': 'call failed',
  'call-held': 'call held',
  'held-sent': 'held call sent',
  'held-given-up': 'held call not sent',
  'refresh-ok': 'refreshed',
  'refresh-failed': 'refresh failed',
  received: 'received',
  'signed-in': 'signed in',
  'session-ended': 'session ended',
  'signed-out-elsewhere': 'signed out in another tab',
  'user-changed': 'user changed',
  'sign-out-unconfirmed': 'sign-out not confirmed',
};

/** The kinds that a tab tells the other tabs: what becomes of the session, and not each of its calls. */
export const sharedKinds: readonly MarkKind[] = [
  'refresh-ok',
  'refresh-failed',
  'received',
  'signed-in',
  'session-ended',
  'signed-out-elsewhere',
  'user-changed',
  'sign-out-unconfirmed',
];

/** The mark of an event, for those that have one. */
export const markOf = (event: AuthEvent): MarkKind | undefined => {
  switch (event.type) {
    case 'refreshed':
      return 'refresh-ok';
    case 'refresh-failed':
    case 'call-replayed':
    case 'call-held':
    case 'signed-in':
      return event.type;
    case 'received-from-tab':
      return 'received';
    case 'held-call-ended':
      return event.outcome === 'sent' ? 'held-sent' : 'held-given-up';
    case 'session-ended':
      return markOfEnd(event.reason);
    case 'sign-out-finished':
      return event.confirmed ? undefined : 'sign-out-unconfirmed';
    case 'sign-out-given-up':
    case 'refresh-started':
      return undefined;
  }
};

const markOfEnd = (reason: EndReason): MarkKind | undefined => {
  if (reason === 'anonymous') return undefined;
  return reason === 'signed-out-elsewhere' || reason === 'user-changed' ? reason : 'session-ended';
};
