/** Names a refresh: in the effect that asks for it, and in every event that says what came of it. */
export interface RefreshTicket {
  /** The identity version of the state when the refresh began. */
  readonly identityVersion: number;
  /** The number of the refresh in this page, from 1. */
  readonly attempt: number;
}
