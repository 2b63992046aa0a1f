import type { CallOwner, Demand } from '../../session/demand.ts';
import type { Refusal } from '../../session/refresh-loop-guard.ts';
import type { AccessToken } from '../../session/state.ts';
import type { Destination } from '../origins.ts';

/** Who needs a token, with everything that the wait for it depends on. */
export interface Caller<Result = unknown> {
  readonly demand: Demand;
  /** Absent if it is no call. */
  readonly method?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
  /** Where it goes. Absent if it is no call. */
  readonly to?: Destination;
  /**
   * It asks to be held, in its own options: then it is held unless it goes to an endpoint, also in the
   * endpoints' folder.
   */
  readonly asksToBeHeld?: boolean;
  /** It is sent without a token if nobody is signed in. */
  readonly mayGoWithoutToken?: boolean;
  /** Called when it has to wait. */
  onWait?(): void;
  /**
   * Called with a token to be used at once; `undefined` if it is sent without one, or if asking for a newer
   * one did not help.
   */
  onToken?(token: AccessToken | undefined): Result | Promise<Result>;
  /** Called when it is held: the caller will not get the response that it has. */
  readonly onHeld?: () => void;
  /** It is being held, or was before it waited for a token. */
  wasHeld?: boolean;
}

/** Where calls get their tokens from. */
export interface CallTokens {
  /** The demand of a call made now. */
  demandNow(holds: boolean): Demand;
  /** Whether it is not known that somebody is signed in. */
  isUserUnknown(): boolean;
  /** The owner of a token that was just taken: a call may have been made before anybody was known. */
  owner(): CallOwner;
  /** The demand for a newer token than `refused`, which was sent for `owner` and was refused by `by.endpoint`. */
  demandNewer(
    refused: AccessToken,
    owner: CallOwner,
    by: Pick<Refusal, 'endpoint' | 'isGuess'>,
    holds: boolean,
  ): Demand;
  /**
   * Hands the caller a token of the user who made the call, and of nobody else: at once if there is one, or
   * when there is. Returns what the caller's `onToken` returns. Throws, or the promise rejects, if there is
   * none in time.
   */
  take<Result>(caller: Caller<Result>): Result | Promise<Result>;
}
