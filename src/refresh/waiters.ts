import type { Instant } from '../session/expiry.ts';

/** Judges a wait: nothing while it goes on; once it is over, what gives the result or throws. */
export type Judge<T> = () => (() => T) | undefined;

interface Waiter {
  readonly askedAt: Instant;
  readonly wantsToken: boolean;
  /** Settles the wait if it is over, and says whether it is. */
  settle(): boolean;
}

/** Everybody who waits for something of the session. All waits are bounded by the same time, so the oldest ends first. */
export interface Waiters {
  /** Resolves when the wait is over; rejects at once with the reason of `signal` when that is aborted. */
  wait<T>(askedAt: Instant, wantsToken: boolean, judge: Judge<T>, signal?: AbortSignal | null): Promise<T>;
  /** Judges every wait anew. */
  settle(): void;
  oldestAt(): Instant | undefined;
  /** Whether anybody waits for a token. */
  isTokenWanted(): boolean;
}

/** `onChange` is called when the first or the oldest one begins to wait, and when one gives up. */
export const createWaiters = (onChange: () => void): Waiters => {
  const waiting = new Set<Waiter>();
  let tokensWanted = 0;
  /** The oldest wait when somebody asked for it last. A call that waits again does so since it was made. */
  let oldest: Instant | undefined;
  const isOlder = ({ monotonicAt }: Instant) => oldest === undefined || monotonicAt < oldest.monotonicAt;
  const leave = (waiter: Waiter) => {
    if (waiting.delete(waiter) && waiter.wantsToken) tokensWanted--;
  };
  return {
    wait: <T>(askedAt: Instant, wantsToken: boolean, judge: Judge<T>, signal?: AbortSignal | null) =>
      new Promise<T>((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const aborted = () => {
          leave(waiter);
          reject(signal?.reason);
          onChange();
        };
        const waiter: Waiter = {
          askedAt,
          wantsToken,
          settle: () => {
            const result = judge();
            if (result === undefined) return false;
            signal?.removeEventListener('abort', aborted);
            try {
              resolve(result());
            } catch (error) {
              reject(error);
            }
            return true;
          },
        };
        if (waiter.settle()) return;
        signal?.addEventListener('abort', aborted, { once: true });
        waiting.add(waiter);
        if (wantsToken) tokensWanted++;
        if (waiting.size === 1 || tokensWanted === 1 || isOlder(askedAt)) onChange();
      }),
    settle: () => {
      for (const waiter of waiting) if (waiter.settle()) leave(waiter);
    },
    oldestAt: () => {
      oldest = undefined;
      for (const { askedAt } of waiting) if (isOlder(askedAt)) oldest = askedAt;
      return oldest;
    },
    isTokenWanted: () => tokensWanted > 0,
  };
};
