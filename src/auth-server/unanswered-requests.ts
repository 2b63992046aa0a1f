/**
 * How many refreshes of a page may be without an answer at the same time. Over HTTP/1.1 a page has six
 * connections to a host, and each request that hangs keeps one.
 */
const MAX_UNANSWERED = 4;

/**
 * Keeps requests that hang from taking every connection to the auth server: one more than `maxUnanswered`
 * ends the oldest.
 *
 * Ending a refresh may cost the cookie that it sets (Firefox). It is done only when nothing better is left:
 * the newer ones bear the same idempotency key, so whichever of them is answered sets that cookie.
 */
export function createUnansweredRequests() {
  const oldestFirst: AbortController[] = [];
  return {
    /** Runs one request, which its signal may end. */
    run: async <T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> => {
      const controller = new AbortController();
      oldestFirst.push(controller);
      if (oldestFirst.length > MAX_UNANSWERED) oldestFirst.shift()?.abort();
      try {
        return await request(controller.signal);
      } finally {
        const at = oldestFirst.indexOf(controller);
        if (at >= 0) oldestFirst.splice(at, 1);
      }
    },
  };
}
