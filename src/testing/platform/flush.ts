/**
 * Resolves in a task of its own, when everything that waits for a promise alone has gone on. Fake timers don't stop it: where
 * `setImmediate` is faked or missing, the end of a real computation is such a task, too.
 */
export function nextTask(): Promise<unknown> {
  const isReal = typeof setImmediate === 'function' && !('clock' in setImmediate);
  if (isReal) return new Promise<void>((resolve) => setImmediate(resolve));
  return crypto.subtle.digest('SHA-1', new Uint8Array());
}

/** Lets everything go on that waits for promises alone, in several steps. */
export async function flush(): Promise<void> {
  for (let task = 0; task < 5; task++) await nextTask();
}
