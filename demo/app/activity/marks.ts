import type { AuthEvent } from 'silent-refresh';

export type MarkKind =
  | 'call-ok'
  | 'call-replayed'
  | 'call-failed'
  | 'call-held'
  | 'held-sent'
  | 'held-given-up'
  | 'refresh-ok'
  | 'refresh-failed'
  | 'signed-in'
  | 'session-ended'
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
  'signed-in': 'signed in',
  'session-ended': 'session ended',
  'sign-out-unconfirmed': 'sign-out not confirmed',
};

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
    case 'held-call-ended':
      return event.outcome === 'sent' ? 'held-sent' : 'held-given-up';
    case 'session-ended':
      return event.reason === 'anonymous' ? undefined : 'session-ended';
    case 'sign-out-finished':
      return event.confirmed ? undefined : 'sign-out-unconfirmed';
    case 'refresh-started':
      return undefined;
  }
};
