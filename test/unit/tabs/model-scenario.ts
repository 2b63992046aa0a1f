import type { AuthClientOptions } from '../../../src/client/options.ts';
import type { Claims } from '../client/world.ts';

/** What a tab's user does, in this order, at any time. */
export type Deed = 'start' | 'call' | 'sign-out' | 'sign-in ann' | 'sign-in bob';

/**
 * What can go wrong. `slow`: timers fire before what is on its way arrives. `leave`: for the back/forward cache. `clear`: the
 * app clears storage. `hang`: a refresh, or its answer, is on its way for longer than anybody waits, or for ever. `online`: the
 * browser says that the network is back, while something hangs.
 */
export type Disturbance = 'kill' | 'freeze' | 'leave' | 'slow' | 'lose' | 'clear' | 'hang' | 'online';

export interface Scenario {
  /** One list per tab. */
  readonly deeds: readonly (readonly Deed[])[];
  /**
   * `expiry`: all are signed in, hidden, and have a dead token. `restored`: none is started, the cookie is there; and where
   * `isCleared`, no record is.
   */
  readonly from: 'expiry' | 'restored' | 'signed-in';
  readonly isCleared?: boolean;
  /** For `restored`: the page before was left, and not killed, so that it has said that it was alone. */
  readonly wasLeft?: boolean;
  readonly disturbances?: readonly Disturbance[];
  /** How many of them. */
  readonly budget?: number;
  /** Whether requests take their time, too. */
  readonly transit?: boolean;
  readonly client?: AuthClientOptions<Claims>;
  readonly storage?: 'shared' | 'stale';
  readonly keepsListening?: boolean;
  readonly namesSession?: boolean;
  /** How the server tells a repetition from a theft. Default: by keys alone. */
  readonly tolerance?: Tolerance;
}

/** What a server allows a refresh that is sent twice: it knows its key, or gives it a time of grace, or neither. */
export type Tolerance = 'keys' | 'grace' | 'neither';

export interface Call {
  readonly tab: string;
  readonly madeAt: number;
  /** Who was shown when it was made. */
  readonly by: unknown;
  settledAt?: number;
  outcome?: unknown;
  user?: unknown;
  /** A token was on its way to the tab already. */
  readonly isLate: boolean;
}

/** A hash of a text, and of all before it. */
export const mix = (before: number, text: string): number => {
  let high = 0xdeadbeef ^ before;
  let low = 0x41c6ce57 ^ (before / 2 ** 21);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
};
