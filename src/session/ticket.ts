/** Names a refresh: in the effect that asks for it, and in every event that says what came of it. */
export interface RefreshTicket {
  /** The identity version of the state when the refresh began. */
  readonly identityVersion: number;
  /** The number of the refresh in this page, from 1. */
  readonly attempt: number;
}

/** The part of the state that decides on tickets. */
interface Now {
  readonly identityVersion: number;
  readonly refresh: { readonly attempt: number; readonly answered: number };
}

/**
 * Whether what comes of a refresh still counts:
 * - `outdated`: somebody has signed in or out since;
 * - `answered`: another refresh has brought tokens since this one began;
 * - `replaced`: it was presumed lost, and another one has begun since;
 * - `current`: it is the newest, and no refresh has brought tokens since it began.
 */
export function judgeTicket(
  { identityVersion, refresh }: Now,
  ticket: RefreshTicket,
): 'outdated' | 'answered' | 'replaced' | 'current' {
  if (ticket.identityVersion !== identityVersion) return 'outdated';
  if (ticket.attempt <= refresh.answered) return 'answered';
  return ticket.attempt === refresh.attempt ? 'current' : 'replaced';
}
