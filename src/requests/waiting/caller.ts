import type { CallOwner, Demand } from '../../session/demand.ts';
import type { Refusal } from '../../session/refresh-loop-guard.ts';
import type { AccessToken } from '../../session/state.ts';
import type { Destination } from '../origins.ts';

/** Who needs a token: all that the wait for it depends on. */
export interface Caller {
  readonly demand: Demand;
  /** Absent: it may be anything. */
  readonly method?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
  /** Where it goes; absent for what is no call. */
  readonly to?: Destination;
  /** It asks by itself to be held, so it is kept back by the endpoints alone, not by their folder. */
  readonly asksToBeHeld?: boolean;
  /** It goes out without a token where nobody is signed in. */
  readonly goesBare?: boolean;
  /** It is held: the answer that it has got cannot be the caller's any more. */
  readonly onHeld?: () => void;
  /** It is held, or was. */
  wasHeld?: boolean;
}

/** Where calls get their tokens from. */
export interface CallTokens {
  /** What a call made now needs. */
  need(holds: boolean): Demand;
  /** Nobody is known to be signed in. */
  isNobodyKnown(): boolean;
  /** Whose token one is that was just taken: a call may have been made before anybody was known. */
  owner(): CallOwner;
  /** A token newer than `refused`, which was sent for `owner`, and which `by.endpoint` did not take. */
  needNewer(refused: AccessToken, owner: CallOwner, by: Pick<Refusal, 'endpoint' | 'isGuess'>, holds: boolean): Demand;
  /**
   * Takes a token: of the user who made the call, and of nobody else; `undefined` for a call that is sent without one, and where
   * asking for a newer one has proved useless. A promise is one to wait for before taking again, so that what is taken is true
   * at the moment it is sent. Throws, or rejects, where there is none to be had.
   */
  take(caller: Caller): AccessToken | undefined | Promise<unknown>;
}
