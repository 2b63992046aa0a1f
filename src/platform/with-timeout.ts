import type { Clock } from './platform.ts';

/**
 * Runs work that is aborted after `ms`. Then it rejects with the signal's reason, even if the work ignores
 * the signal, as a function of the app may.
 */
export async function abortAfter<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const { signal } = abort;
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.setTimer(() => {
      abort.abort();
      reject(signal.reason);
    }, ms);
  });
  try {
    return await Promise.race([work(signal), late]);
  } finally {
    cancel();
  }
}

/** Waits until work has settled, but for at most `ms`. Never rejects. */
export function withTimeout(clock: Clock, work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(resolve, ms);
    const over = () => {
      cancel();
      resolve();
    };
    work.then(over, over);
  });
}
