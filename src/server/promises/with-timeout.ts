// Timers do not count further.
const MAX_MS = 2 ** 31 - 1;

/** The answer, or a rejection if it takes longer than that. What was asked is not taken back: it may still be done. */
export function withTimeout<Answer>(timeoutMs: number, who: string, asked: Promise<Answer>): Promise<Answer> {
  const signal = AbortSignal.timeout(Math.min(Math.ceil(timeoutMs), MAX_MS));
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`${who} took longer than ${timeoutMs} ms to answer.`));
    signal.addEventListener('abort', giveUp);
    Promise.resolve(asked)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp));
  });
}
